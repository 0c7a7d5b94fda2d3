import { afterAll, beforeAll, expect, test } from 'vitest';
import { getHeader } from '../../../src/sip/wire/headers.ts';
import { BY_STEP, LateSite, PARTY_HZ, PROMPT_HZ, TALK } from '../../support/late-site.ts';
import { RtpPhone } from '../../support/rtp-phone.ts';
import { SDP } from '../../support/sip-peer.ts';
import type { SipPhone } from '../../support/sip-phone.ts';
import { isOnlyTone } from '../../support/tones.ts';

let site: LateSite;

beforeAll(async () => {
  site = await LateSite.start();
}, 180_000);
afterAll(() => site.stop());

const G729 = SDP().replace('RTP/AVP 0', 'RTP/AVP 18');

/** From one packet to the next: the same source, no number left out, time in whole frames. */
function expectOneLine(packets: RtpPhone['heard']): void {
  for (const [index, { ssrc, sequence, timestamp }] of packets.entries()) {
    const before = packets[index - 1];
    if (!before) continue;
    expect(ssrc).toBe(before.ssrc);
    expect((sequence - before.sequence) & 0xffff).toBe(1);
    const passed = (timestamp - before.timestamp) >>> 0;
    expect(passed % 160).toBe(0);
    expect(passed).toBeLessThan(8_000 * 30);
  }
}

async function talking(caller: SipPhone): Promise<void> {
  await caller.dial(TALK);
  await site.joined(caller);
}

test.each(['PCMU', 'PCMA'] as const)(
  '[C70] a caller without an offer who answers with %s talks with the other',
  async (law) => {
    const record = await site.calling(async (caller) => {
      caller.invite(TALK, { lateOffer: true });
      const ok = await caller.final();
      expect(ok.body.toString()).toMatch(/m=audio \d+ RTP\/AVP 0 8 101\r\n/);
      expect(ok.body.toString()).toContain('a=sendrecv\r\n');
      caller.accept(ok);
      await site.joined(caller);
      await site.over(caller);
    }, law);
    expect(record).toMatchObject({ outcome: 'answered', endedBy: 'caller' });
    expect(record.legs[0]?.answeredAt).toBeDefined();
  },
);

test('[C72] [C70] a flow that answers by step rings without SDP, offers with the answer, and is heard after the ACK', async () => {
  await site.calling(async (caller) => {
    caller.invite(BY_STEP, { lateOffer: true });
    expect((await caller.peer.response(180)).body).toHaveLength(0);
    const ok = await caller.final();
    expect(ok.body.toString()).toContain('m=audio');
    caller.accept(ok);
    await caller.rtp.until(() => isOnlyTone(caller.rtp.audio().slice(-800), PROMPT_HZ));
    await caller.hangUp();
  });
});

test('[C72] who requires 100rel gets a reliable 180, but none without an offer', async () => {
  await site.calling(async (caller) => {
    caller.invite(BY_STEP, { headers: ['Require: 100rel'] });
    const ringing = await caller.peer.response(180);
    caller.call.learn(ringing);
    expect(getHeader(ringing, 'require')).toBe('100rel');
    caller.call.send('PRACK', { headers: [`RAck: ${getHeader(ringing, 'rseq')} 1 INVITE`] });
    await caller.peer.response(200, 'PRACK');
    const ok = await caller.final();
    caller.call.send('ACK', { cseq: 1 });
    caller.rtp.start(ok.body.toString());
    await caller.rtp.until(() => isOnlyTone(caller.rtp.audio().slice(-800), PROMPT_HZ));
    await caller.hangUp();
  });
  await site.calling(async (caller) => {
    await caller.dial(BY_STEP, { headers: ['Require: 100rel'], lateOffer: true });
    expect(caller.peer.count((message) => message.type === 'response' && message.status === 180)).toBe(0);
    await caller.rtp.until(() => isOnlyTone(caller.rtp.audio().slice(-800), PROMPT_HZ));
    await caller.hangUp();
  });
});

test.each([
  ['none', '', 'no answer in the ACK'],
  ['no codec of ours', G729, 'media.noCommonCodec'],
  ['audio refused', SDP(0), 'media.noCommonCodec'],
  ['nonsense', 'this is no session description', 'sdp.invalid'],
  ['the other address family', SDP().replaceAll('IP4 127.0.0.1', 'IP6 ::1'), 'sdp.invalid'],
])('[C71] an answer in the ACK that is of no use ends the call: %s', async (_name, answer, reason) => {
  const record = await site.calling(async (caller) => {
    caller.invite(TALK, { lateOffer: true });
    caller.accept(await caller.final(), answer);
    expect(getHeader(await caller.hungUp(), 'reason')).toContain(reason);
  });
  expect(record).toMatchObject({ outcome: 'failed', endedBy: 'system', endReason: reason, steps: [] });
});

test('[C70] [C14] an ACK that never comes ends the call by the 2xx timer', async () => {
  const record = await site.calling(async (caller) => {
    caller.invite(BY_STEP, { lateOffer: true });
    await caller.final();
    site.clock.pass(32_000);
    await caller.hungUp();
  });
  expect(record).toMatchObject({ outcome: 'failed', endedBy: 'system', endReason: 'ACK timeout' });
});

test('[C70] [C13] a caller may hang up in place of the ACK, or give up before the answer', async () => {
  const record = await site.calling(async (caller) => {
    caller.invite(TALK, { lateOffer: true });
    await caller.final();
    await caller.hangUp();
  });
  expect(record).toMatchObject({ endedBy: 'caller', steps: [] });
  const early = await site.calling(async (caller) => {
    caller.invite(BY_STEP, { lateOffer: true });
    await caller.peer.response(180);
    caller.cancel(BY_STEP);
    expect((await caller.final()).status).toBe(487);
  });
  expect(early).toMatchObject({ outcome: 'abandoned', endedBy: 'caller' });
});

test('[C5] a body that is no offer is refused', async () => {
  await site.calling(async (caller) => {
    caller.invite(TALK, { body: 'hello', headers: ['Content-Type: text/plain'] });
    expect((await caller.final()).status).toBe(488);
  });
});

test('[C73] a re-INVITE without a body ends a hold; our stream goes on in one line', async () => {
  await site.calling(async (caller) => {
    await talking(caller);
    expect((await caller.reinvite(caller.rtp.sdp('inactive', 2))).body.toString()).toContain('a=inactive');
    const offer = (await caller.reinvite('', caller.rtp.sdp('sendrecv', 3))).body.toString();
    expect(offer).toContain('a=sendrecv\r\n');
    expect(offer).toMatch(/m=audio \d+ RTP\/AVP 0 8 101\r\n/);
    const count = caller.rtp.heard.length;
    await caller.rtp.until(() => caller.rtp.heard.length > count + 25);
    expectOneLine(caller.rtp.heard);
    await site.bothHear(caller);
    await site.over(caller);
  });
});

test('[C73] the answer in the ACK moves the audio to another port and another law, in the same line', async () => {
  const moved = await RtpPhone.open({ law: 'PCMA' });
  try {
    await site.calling(async (caller) => {
      await talking(caller);
      const offer = (await caller.reinvite('', moved.sdp())).body.toString();
      moved.toneHz = caller.rtp.toneHz;
      moved.start(offer);
      await moved.until(() => isOnlyTone(moved.audio().slice(-800), PARTY_HZ));
      caller.rtp.stop();
      expectOneLine([...caller.rtp.heard.slice(-20), ...moved.heard.slice(0, 20)]);
      expect(moved.heard[0]?.payloadType).toBe(8);
      await site.bothHear({ rtp: moved });
      await site.over(caller);
    });
  } finally {
    moved.close();
  }
});

test('[C73] the one whom we called may ask for an offer, too', async () => {
  await site.calling(async (caller) => {
    await talking(caller);
    const { party } = site;
    const offer = (await party.reinviteLate(party.rtp.sdp('sendrecv', 2))).body.toString();
    expect(offer).toMatch(/m=audio \d+ RTP\/AVP 0 8 101\r\n/);
    await site.bothHear(caller);
    expectOneLine(party.rtp.heard);
    await site.over(caller);
  });
});

test('[C73] an answer that is missing or of no use leaves the call as it was, and the record notes it', async () => {
  const record = await site.calling(async (caller) => {
    await talking(caller);
    for (const answer of ['', G729, 'nonsense']) expect((await caller.reinvite('', answer)).status).toBe(200);
    await site.bothHear(caller);
    expect((await caller.reinvite('', caller.rtp.sdp('sendrecv', 2))).status).toBe(200);
    await site.bothHear(caller);
    await site.over(caller);
  });
  const reasons = record.events
    .filter(({ what }) => what === 'new answer not usable')
    .map(({ detail }) => detail?.['reason']);
  expect(reasons).toEqual(['sdp.invalid', 'media.noCommonCodec', 'sdp.invalid']);
});

test('[C74] an offer that crosses ours gets 491, an UPDATE without one is answered, and the call goes on', async () => {
  await site.calling(async (caller) => {
    await talking(caller);
    const { call, peer } = caller;
    call.send('INVITE', { body: '' });
    await peer.response(200, 'INVITE');
    const { cseq } = call;
    expect((await caller.reinvite(caller.rtp.sdp('sendonly', 2))).status).toBe(491);
    expect((await caller.request('UPDATE', caller.rtp.sdp('sendonly', 2))).status).toBe(491);
    expect((await caller.request('UPDATE')).status).toBe(200);
    call.send('ACK', { cseq, body: caller.rtp.sdp('sendrecv', 3) });
    await site.bothHear(caller);
    await site.over(caller);
  });
});

test('[C73] [C14] a re-INVITE without a body whose ACK never comes ends the call', async () => {
  const record = await site.calling(async (caller) => {
    await talking(caller);
    caller.call.send('INVITE', { body: '' });
    await caller.peer.response(200, 'INVITE');
    site.clock.pass(32_000);
    await caller.hungUp();
    await site.party.hungUp();
  });
  expect(record).toMatchObject({ endedBy: 'system', endReason: 'ACK timeout' });
});
