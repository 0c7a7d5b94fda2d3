import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readWav } from '../../../src/media/recorder/wav.ts';
import type { CallRecord } from '../../../src/protocol/http.ts';
import { getHeader } from '../../../src/sip/wire/headers.ts';
import type { SipRequest } from '../../../src/sip/wire/message.ts';
import { CalledPhone } from '../../support/called-phone.ts';
import { finishedRecord } from '../../support/finished-record.ts';
import { availableAgent, logIn } from '../../support/page-line.ts';
import { answer } from '../../support/sip-peer.ts';
import { SipPhone } from '../../support/sip-phone.ts';
import { amplitudeOf, isOnlyTone } from '../../support/tones.ts';
import { transferFlow } from '../../support/transfer-flow.ts';
import { PASSWORD, startWholeApp, type WholeApp } from '../../support/whole-app.ts';

const CALLER_HZ = 700;
const PARTY_HZ = 1_100;
const RINGBACK_HZ = 425;
const TRUNK_PASSWORD = 'of the trunk';

/** One flow a number: to whom it transfers. */
const NUMBERS: Record<string, { flow: string; to: string }> = {
  '5000': { flow: 'out', to: '+49 30 100' },
  '5001': { flow: 'proxied', to: '+4989100' },
  '5002': { flow: 'nowhere', to: '+43123456' },
};
const AGENT_FLOW = transferFlow('to-amy', 'agent: amy, ring: 20s');

let site: WholeApp;
let cookie: string;
let party: CalledPhone;

beforeAll(async () => {
  party = await CalledPhone.open();
  process.env['PARLEY_SECRET_TRUNK'] = TRUNK_PASSWORD;
  process.env['PARLEY_SECRET_OLD'] = 'of last year';
  site = await startWholeApp(({ flowsDir, sipConfigDir }) => {
    for (const { flow, to } of Object.values(NUMBERS))
      writeFileSync(join(flowsDir, `${flow}.yaml`), transferFlow(flow, `number: "${to}", ring: 3s`));
    writeFileSync(join(flowsDir, 'to-amy.yaml'), AGENT_FLOW);
    const numbers = Object.entries(NUMBERS).map(([number, { flow }]) => `"${number}": ${flow}`);
    writeFileSync(
      join(sipConfigDir, 'numbers.yaml'),
      `version: 1\nnumbers: { ${numbers.join(', ')}, "5003": to-amy }\n`,
    );
    const to = `"127.0.0.1:${party.peer.port}"`;
    const trunks = `version: 1
trunks:
  local: { from: [127.0.0.0/8] }
  carrier: { to: ${to}, dial: ["+4930*"], callerId: "+49301000", auth: { user: acme, password: "{{ secret.TRUNK }}" } }
  stale: { to: ${to}, dial: ["+4989*"], auth: { user: acme, password: "{{ secret.OLD }}" } }
`;
    writeFileSync(join(sipConfigDir, 'trunks.yaml'), trunks);
  });
  cookie = await logIn(site.httpUrl, 'sam', PASSWORD);
}, 180_000);

afterAll(async () => {
  await party.close();
  await site.stop();
  delete process.env['PARLEY_SECRET_TRUNK'];
  delete process.env['PARLEY_SECRET_OLD'];
});

/** A caller who is being transferred, while the other phone does something; resolves with the record when all is over. */
async function transferred(number: string, run: (caller: SipPhone) => Promise<void>): Promise<CallRecord> {
  const caller = await SipPhone.open(site.sip.sipPort);
  try {
    caller.rtp.toneHz = CALLER_HZ;
    await caller.dial(number);
    await run(caller);
    const record = await finishedRecord(site.httpUrl, cookie, caller.sipCallId);
    await expect.poll(async () => (await site.media.program.stats()).endpoints, { timeout: 10_000 }).toBe(0);
    await expect.poll(() => site.sip.stats().dialogs, { timeout: 10_000 }).toBe(0);
    return record;
  } finally {
    await caller.close();
  }
}

async function talk(caller: SipPhone): Promise<void> {
  party.rtp.heard.length = 0;
  party.rtp.toneHz = PARTY_HZ;
  await party.called();
  party.ring();
  await caller.rtp.until(() => isOnlyTone(caller.rtp.audio().slice(-800), RINGBACK_HZ));
  await party.pickUp();
  await caller.rtp.until(() => isOnlyTone(caller.rtp.audio().slice(-800), PARTY_HZ));
  await party.rtp.until(() => isOnlyTone(party.rtp.audio().slice(-800), CALLER_HZ));
}

const exitOf = (record: CallRecord) => record.tags?.['exit'];
const partyLeg = (record: CallRecord) => record.legs.find(({ role }) => role === 'party');

test('[C43] the two hear each other and are recorded apart; the party hangs up first, and the flow goes on', async () => {
  const record = await transferred('5000', async (caller) => {
    await talk(caller);
    expect(party.invite.uri).toBe(`sip:+4930100@127.0.0.1:${party.peer.port}`);
    expect(getHeader(party.invite, 'from')).toMatch(/^<sip:\+49301000@/);
    await caller.rtp.hear(800);
    await caller.rtp.press('5');
    await party.rtp.until(() =>
      party.rtp.heard.some(({ payloadType, payload }) => payloadType === 101 && payload[0] === 5),
    );
    await party.hangUp();
    await caller.hungUp();
  });
  expect(exitOf(record)).toBe('ended');
  expect(record).toMatchObject({ outcome: 'answered', endedBy: 'party', talkedMs: expect.any(Number) });
  expect(partyLeg(record)).toMatchObject({ kind: 'carrier', number: '+4930100', endReason: 'far end hung up' });
  expect(partyLeg(record)?.sipCallId).toBe(getHeader(party.invite, 'call-id'));
  const [recording] = record.recordings;
  const day = new Date(recording?.startedAt ?? 0).toISOString().slice(0, 10).replaceAll('-', '/');
  const wav = readWav(readFileSync(join(site.media.recordingsDir, day, `${recording?.recordingId}.wav`)));
  const left = wav?.samples.filter((_, i) => i % 2 === 0) ?? [];
  const right = wav?.samples.filter((_, i) => i % 2 === 1) ?? [];
  expect(amplitudeOf(left, CALLER_HZ)).toBeGreaterThan(1_000);
  expect(amplitudeOf(left, PARTY_HZ)).toBeLessThan(100);
  expect(amplitudeOf(right, PARTY_HZ)).toBeGreaterThan(1_000);
  expect(amplitudeOf(right, CALLER_HZ)).toBeLessThan(100);
}, 60_000);

test('[C43] the caller hangs up first, and the party is hung up', async () => {
  const record = await transferred('5000', async (caller) => {
    await talk(caller);
    await Promise.all([party.hungUp(), caller.hangUp()]);
  });
  expect(record).toMatchObject({ outcome: 'answered', endedBy: 'caller' });
}, 60_000);

test.each([
  [486, 'Busy Here', 'busy', []],
  [603, 'Decline', 'busy', []],
  [480, 'Temporarily Unavailable', 'noAnswer', []],
  [404, 'Not Found', 'failed', []],
  [403, 'Forbidden', 'failed', []],
  [302, 'Moved Temporarily', 'failed', ['Contact: <sip:+882100@127.0.0.1:9>']],
])(
  '[C45] a trunk that says %i %s leads to %s',
  async (status, reason, exit, headers) => {
    const record = await transferred('5000', async (caller) => {
      await party.called();
      await party.refuse(status, reason, headers);
      await caller.hungUp();
    });
    expect(exitOf(record)).toBe(exit);
    expect(partyLeg(record)?.endReason).toBe(`${status} ${reason}`);
  },
  30_000,
);

test('[C44] nobody answers: the INVITE is taken back', async () => {
  const record = await transferred('5000', async (caller) => {
    await party.called();
    party.ring();
    await party.cancelled();
    await caller.hungUp();
  });
  expect(exitOf(record)).toBe('noAnswer');
}, 30_000);

test('[C44] the caller hangs up while it rings: the INVITE is taken back', async () => {
  const record = await transferred('5000', async (caller) => {
    await party.called();
    party.ring();
    await caller.rtp.until(() => isOnlyTone(caller.rtp.audio().slice(-800), RINGBACK_HZ));
    await Promise.all([party.cancelled(), caller.hangUp()]);
  });
  expect(record).toMatchObject({ endedBy: 'caller' });
  expect(partyLeg(record)?.answeredAt).toBeUndefined();
}, 30_000);

test('[C44] an answer that crosses the CANCEL is acknowledged and hung up', async () => {
  const record = await transferred('5000', async (caller) => {
    await party.called();
    party.ring();
    await caller.rtp.until(() => isOnlyTone(caller.rtp.audio().slice(-800), RINGBACK_HZ));
    const over = caller.hangUp();
    const cancel = await party.peer.request('CANCEL');
    party.reply(200, 'OK', { body: party.rtp.sdp() });
    await party.peer.request('ACK');
    party.peer.sendText(answer(cancel, 481, 'Call/Transaction Does Not Exist'), site.sip.sipPort);
    await party.hungUp();
    await over;
  });
  expect(record).toMatchObject({ endedBy: 'caller', outcome: 'selfService' });
}, 30_000);

test('[C46] a 200 OK whose SDP cannot be read is acknowledged and hung up', async () => {
  const record = await transferred('5000', async (caller) => {
    await party.called();
    party.reply(200, 'OK', { body: 'this is no session description' });
    await party.peer.request('ACK');
    await party.hungUp();
    await caller.hungUp();
  });
  expect(exitOf(record)).toBe('failed');
  expect(partyLeg(record)?.endReason).toBe('sdp.invalid');
}, 30_000);

const CHALLENGE = 'Proxy-Authenticate: Digest realm="carrier", nonce="n0nce", algorithm=MD5';

/** What a carrier does with a password: challenges, then looks at what comes back. */
async function challenged(password: string): Promise<{ isRight: boolean; invite: SipRequest }> {
  await party.called();
  await party.refuse(407, 'Proxy Authentication Required', [CHALLENGE]);
  const invite = await party.called();
  const credentials = getHeader(invite, 'proxy-authorization') ?? '';
  const field = (name: string): string => new RegExp(`${name}="([^"]+)"`).exec(credentials)?.[1] ?? '';
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  const expected = md5(`${md5(`acme:carrier:${password}`)}:n0nce:${md5(`INVITE:${field('uri')}`)}`);
  return { isRight: field('username') === 'acme' && field('response') === expected, invite };
}

test('[C42] a trunk that asks for its password gets it as a digest', async () => {
  const record = await transferred('5000', async (caller) => {
    const { isRight } = await challenged(TRUNK_PASSWORD);
    expect(isRight).toBe(true);
    await party.pickUp();
    await caller.rtp.until(() => isOnlyTone(caller.rtp.audio().slice(-800), PARTY_HZ));
    await Promise.all([party.hungUp(), caller.hangUp()]);
  });
  expect(record.outcome).toBe('answered');
}, 30_000);

test('[C42] a wrong password is tried once, and the transfer has failed', async () => {
  const record = await transferred('5001', async (caller) => {
    const { isRight } = await challenged(TRUNK_PASSWORD);
    expect(isRight).toBe(false);
    await party.refuse(407, 'Proxy Authentication Required', [CHALLENGE]);
    await caller.hungUp();
  });
  expect(exitOf(record)).toBe('failed');
  expect(partyLeg(record)?.endReason).toContain('407');
}, 30_000);

test('[C42] a number that no trunk permits is not called', async () => {
  const heard = party.peer.heard.length;
  const record = await transferred('5002', async (caller) => {
    await caller.hungUp();
  });
  expect(exitOf(record)).toBe('failed');
  expect(party.peer.heard).toHaveLength(heard);
}, 30_000);

test('[C43] a progress with audio (183) is ringing; the party holds and moves its audio; INFO keys are passed on', async () => {
  const record = await transferred('5000', async (caller) => {
    party.rtp.heard.length = 0;
    await party.called();
    party.reply(183, 'Session Progress', { body: party.rtp.sdp() });
    await caller.rtp.until(() => isOnlyTone(caller.rtp.audio().slice(-800), RINGBACK_HZ));
    await party.pickUp();
    await caller.rtp.until(() => isOnlyTone(caller.rtp.audio().slice(-800), PARTY_HZ));
    const held = await party.request('INVITE', party.rtp.sdp('sendonly', 2));
    expect(held.status).toBe(200);
    expect(held.body.toString()).toContain('a=recvonly');
    expect(getHeader(held, 'contact')).toContain('@127.0.0.1');
    expect((await party.request('INVITE', party.rtp.sdp('sendrecv', 3))).status).toBe(200);
    expect((await party.request('INVITE', 'rubbish')).status).toBe(488);
    expect((await party.request('INFO', 'Signal=9\r\n', 'application/dtmf-relay')).status).toBe(200);
    await caller.rtp.until(() =>
      caller.rtp.heard.some(({ payloadType, payload }) => payloadType === 101 && payload[0] === 9),
    );
    expect((await party.request('REFER')).status).toBe(603);
    await party.hangUp();
    await caller.hungUp();
  });
  expect(exitOf(record)).toBe('ended');
}, 60_000);

test('[Q40] one agent is rung while the caller hears ringing; they talk, on hold the caller hears music, and the flow goes on', async () => {
  const desk = await availableAgent(site.httpUrl, 'amy', PASSWORD);
  const caller = await SipPhone.open(site.sip.sipPort);
  caller.rtp.toneHz = CALLER_HZ;
  await caller.dial('5003');
  await caller.rtp.until(() => isOnlyTone(caller.rtp.audio().slice(-800), RINGBACK_HZ));
  await desk.until(() => desk.state?.offer !== undefined);
  expect(desk.state?.offer).toMatchObject({ kind: 'transfer', callerNumber: 'alice', calledNumber: '5003' });
  const agent = site.browsers.phone('desk.');
  agent.toneHz = PARTY_HZ;
  await desk.ask({ ask: 'answer', offerId: desk.state?.offer?.offerId ?? '' });
  await caller.rtp.until(() => isOnlyTone(caller.rtp.audio().slice(-800), PARTY_HZ));
  await agent.until(() => isOnlyTone(agent.audio().slice(-800), CALLER_HZ));
  await desk.until(() => desk.state?.call?.recording === 'on');
  await desk.ask({ ask: 'hold', on: true });
  await caller.rtp.until(() => amplitudeOf(caller.rtp.audio().slice(-1_600), PARTY_HZ) < 50);
  await desk.ask({ ask: 'hold', on: false });
  await caller.rtp.until(() => isOnlyTone(caller.rtp.audio().slice(-800), PARTY_HZ));
  await desk.ask({ ask: 'hangUp' });
  await caller.hungUp();
  const record = await finishedRecord(site.httpUrl, cookie, caller.sipCallId);
  expect(record).toMatchObject({ outcome: 'answered', endedBy: 'agent', agentName: 'Amy', tags: { exit: 'ended' } });
  expect(record.queue).toBeUndefined();
  expect(record.offers).toMatchObject([{ agentName: 'Amy', outcome: 'answered' }]);
  expect(record.recordings).toHaveLength(1);
  await caller.close();
  await desk.close();
}, 60_000);
