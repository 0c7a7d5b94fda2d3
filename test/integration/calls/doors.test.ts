import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallRecord } from '../../../src/protocol/http.ts';
import { getHeader } from '../../../src/sip/wire/headers.ts';
import { finishedRecord } from '../../support/finished-record.ts';
import { logIn } from '../../support/page-line.ts';
import { brief } from '../../support/sip-peer.ts';
import { SipPhone } from '../../support/sip-phone.ts';
import { loudness } from '../../support/tones.ts';
import { PASSWORD, startWholeApp, type WholeApp } from '../../support/whole-app.ts';

let site: WholeApp;
let cookie: string;

beforeAll(async () => {
  site = await startWholeApp();
  cookie = await logIn(site.httpUrl, 'sam', PASSWORD);
}, 180_000);
afterAll(() => site.stop());

async function withPhone(run: (phone: SipPhone) => Promise<void>): Promise<void> {
  const phone = await SipPhone.open(site.sip.sipPort);
  try {
    await run(phone);
  } finally {
    await phone.close();
  }
}

/** The record of the phone's call, once it has ended. */
function record(phone: SipPhone): Promise<CallRecord> {
  return finishedRecord(site.httpUrl, cookie, phone.sipCallId);
}

/** The status that a call to this number is answered with; an answered call is hung up. */
async function statusOf(number: string): Promise<number> {
  const phone = await SipPhone.open(site.sip.sipPort);
  phone.invite(number);
  const final = await phone.final();
  if (final.status === 200) {
    phone.accept(final);
    await phone.hangUp();
  }
  await phone.close();
  return final.status;
}

/** Lets a test change the numbers, and puts the seeded ones back. */
async function withNumbers(run: (write: (text: string) => void) => Promise<void>): Promise<void> {
  const file = join(site.sipConfigDir, 'numbers.yaml');
  const seeded = readFileSync(file, 'utf8');
  try {
    await run((text) => writeFileSync(file, text));
  } finally {
    writeFileSync(file, seeded);
    await expect.poll(() => statusOf('1000'), { timeout: 10_000, interval: 200 }).toBe(200);
    await expect.poll(() => statusOf('2000'), { timeout: 10_000, interval: 200 }).toBe(404);
  }
}

/** Nothing of any call is left in the media program and the SIP server. */
async function expectQuiet(): Promise<void> {
  await expect.poll(async () => (await site.media.program.stats()).endpoints, { timeout: 10_000 }).toBe(0);
  await expect.poll(() => site.sip.stats().dialogs, { timeout: 10_000 }).toBe(0);
}

test('[C3] [C8] an unknown number is refused with 404 and has a record', () =>
  withPhone(async (phone) => {
    phone.invite('4711');
    expect((await phone.final()).status).toBe(404);
    expect(await record(phone)).toMatchObject({
      outcome: 'rejected',
      endReason: 'number.unknown',
      calledNumber: '4711',
    });
  }));

test('[C5] offers that cannot be used are refused with 488', async () => {
  for (const body of [
    'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n',
    'this is no session description',
  ]) {
    await withPhone(async (phone) => {
      phone.invite('1000', { body, headers: ['Content-Type: application/sdp'] });
      expect((await phone.final()).status).toBe(488);
    });
  }
  await expectQuiet();
});

test('[C11] a caller who gives up before the answer is told 487, and everything is given back', () =>
  withPhone(async (phone) => {
    phone.invite('1000');
    phone.cancel('1000');
    // The answer may have been faster: then the call is there, and is hung up like any other.
    const final = await phone.final();
    if (final.status === 200) {
      phone.accept(final);
      await phone.hangUp();
    } else expect(final.status).toBe(487);
    expect(await record(phone)).toMatchObject({ endedBy: 'caller' });
    await expectQuiet();
  }));

test('[C13] a caller who hangs up in the greeting ends the call', () =>
  withPhone(async (phone) => {
    await phone.dial('1000');
    await phone.rtp.until(() => loudness(phone.rtp.audio().slice(-800)) > 1_000);
    await phone.hangUp();
    expect(await record(phone)).toMatchObject({
      outcome: 'selfService',
      endedBy: 'caller',
      endReason: 'caller hung up',
    });
    await expectQuiet();
  }));

test('[C16] hold by the carrier is answered, an offer without a common codec is not, and the call goes on', () =>
  withPhone(async (phone) => {
    await phone.dial('1000');
    const held = await phone.reinvite(phone.rtp.sdp('sendonly', 2));
    expect(held.status).toBe(200);
    expect(held.body.toString()).toContain('a=recvonly');
    const odd = phone.rtp
      .sdp('sendrecv', 3)
      .replace(/RTP\/AVP .*/, 'RTP/AVP 18')
      .replaceAll(/a=rtpmap.*\r\n/g, '');
    expect((await phone.reinvite(odd)).status).toBe(488);
    expect((await phone.reinvite(phone.rtp.sdp('sendrecv', 4))).status).toBe(200);
    phone.rtp.heard.length = 0;
    await phone.rtp.until(() => loudness(phone.rtp.audio().slice(-800)) > 1_000);
    await phone.hangUp();
  }));

test('[C16] an UPDATE with an offer is answered, one without only says that it was heard', () =>
  withPhone(async (phone) => {
    await phone.dial('1000');
    const answer = await phone.request('UPDATE', phone.rtp.sdp('sendonly', 2));
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toContain('a=recvonly');
    const sign = await phone.request('UPDATE');
    expect([sign.status, sign.body.length]).toEqual([200, 0]);
    await phone.hangUp();
  }));

test('[C17] [C18] keys by INFO count, other requests inside a call are refused plainly', () =>
  withPhone(async (phone) => {
    await phone.dial('1000');
    const info = (body: string, type: string) => phone.request('INFO', body, [`Content-Type: ${type}`]);
    expect((await info('<x/>', 'application/media_control+xml')).status).toBe(415);
    expect((await phone.request('REFER', '', ['Refer-To: <sip:1@h>'])).status).toBe(603);
    expect((await phone.request('MESSAGE', 'hi', ['Content-Type: text/plain'])).status).toBe(405);
    expect((await phone.request('OPTIONS')).status).toBe(200);
    expect((await info('Signal=2\r\nDuration=160\r\n', 'application/dtmf-relay')).status).toBe(200);
    await phone.hangUp();
    const { steps } = await record(phone);
    expect(steps.map(({ step }) => step)).toContain('openingHours');
  }));

test('[C18] outside of calls, OPTIONS is answered and the rest refused', () =>
  withPhone(async (phone) => {
    phone.invite('4711');
    await phone.final();
    const { call, peer } = phone;
    call.toTag = '';
    call.send('OPTIONS', { body: '' });
    expect(getHeader(await peer.response(200, 'OPTIONS'), 'allow')).toContain('INVITE');
    call.send('REGISTER', { body: '' });
    expect(brief(await peer.next((m) => m.type === 'response' && m.status === 405, '405'))).toContain('REGISTER');
  }));

test('[C9] [C4] numbers change while the app runs, a mistake keeps the last good version, a flow that never was is 503', () =>
  withNumbers(async (write) => {
    write('numbers:\n  "1000": welcome\n  "2000": { flow: nowhere }\n');
    await expect.poll(() => statusOf('2000'), { timeout: 10_000, interval: 200 }).toBe(503);
    write('numbers: [broken\n');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await statusOf('1000')).toBe(200);
    await withPhone(async (phone) => {
      phone.invite('2000');
      const final = await phone.final();
      expect(final.status).toBe(503);
      expect(getHeader(final, 'retry-after')).toBeDefined();
    });
  }));
