import { createSocket } from 'node:dgram';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { readCompound, writeCompound } from '../../../src/media/rtp/rtcp.ts';
import { type MediaUnderTest, startMedia } from '../../support/media-program.ts';
import { RtpPhone, type RtpPhoneOptions } from '../../support/rtp-phone.ts';
import { fromLaw, isOnlyTone, loudness, sine, toLaw, tonesIn } from '../../support/tones.ts';

let media: MediaUnderTest;
const phones: RtpPhone[] = [];

beforeAll(async () => {
  media = await startMedia({ threads: 1 });
});

afterEach(async () => {
  for (const phone of phones.splice(0)) phone.close();
  await media.closeAll();
});

afterAll(() => media.stop());

async function openLeg(endpointId: string, options?: RtpPhoneOptions): Promise<RtpPhone> {
  const phone = await RtpPhone.open(options);
  phones.push(phone);
  const { sdp } = await media.client.order({ order: 'endpoint.openRtp', endpointId, offer: phone.sdp() });
  phone.start(sdp);
  return phone;
}

test('[M22] prompts, tones and silence are heard as one gapless piece', async () => {
  const phone = await openLeg('a');
  const whole = sine(500, 330);
  const hashes = [await media.prompt(whole.slice(0, 1_000)), await media.prompt(whole.slice(1_000))];
  await media.client.order({
    order: 'endpoint.play',
    endpointId: 'a',
    playId: 'p',
    items: [...hashes.map((hash) => ({ type: 'prompt' as const, hash })), { type: 'silence', durationMs: 60 }],
  });
  expect(await media.fact('playEnded')).toMatchObject({ endpointId: 'a', playId: 'p', reason: 'finished' });
  const heard = fromLaw(toLaw(phone.payloads(), 'PCMU'), 'PCMU');
  const expected = fromLaw(toLaw(whole, 'PCMU'), 'PCMU');
  const first = expected.findIndex((sample) => sample !== 0);
  const start = heard.findIndex((sample) => sample !== 0) - first;
  // Sample by sample from end to end: nothing is missing or doubled at the seam.
  expect(heard.slice(start, start + expected.length)).toEqual(expected);
  expect(loudness(heard.slice(start + expected.length))).toBe(0);
});

test('[M22] a missing prompt plays nothing and says so; a new play replaces the old', async () => {
  await openLeg('a');
  await media.client.order({
    order: 'endpoint.play',
    endpointId: 'a',
    playId: 'first',
    items: [{ type: 'silence', durationMs: 60_000 }],
  });
  await media.client.order({
    order: 'endpoint.play',
    endpointId: 'a',
    playId: 'second',
    items: [{ type: 'silence', durationMs: 60_000 }],
  });
  expect(await media.fact('playEnded', ({ playId }) => playId === 'first')).toMatchObject({ reason: 'replaced' });
  const items = [{ type: 'prompt' as const, hash: 'f'.repeat(64) }];
  await media.client.order({ order: 'endpoint.play', endpointId: 'a', playId: 'third', items });
  expect(await media.fact('playEnded', ({ playId }) => playId === 'third')).toMatchObject({ reason: 'missingPrompt' });
});

test('[M33] digits out are seen at the far end as events, and answered when sent', async () => {
  const phone = await openLeg('a', { eventPayloadType: 97 });
  await phone.until(() => phone.heard.length > 5);
  await media.client.order({ order: 'endpoint.sendDigits', endpointId: 'a', digits: '7#', durationMs: 80, gapMs: 60 });
  const events = phone.heard.filter(({ payloadType }) => payloadType === 97);
  const digits = new Map(events.map(({ timestamp, payload }) => [timestamp, payload[0]]));
  expect([...digits.values()]).toEqual([7, 11]);
  expect(events.filter(({ payload }) => ((payload[1] ?? 0) & 0x80) !== 0).length).toBe(6);
  const audio = await openLeg('no-events', { eventPayloadType: undefined });
  await audio.until(() => audio.heard.length > 0);
  await expect(
    media.client.order({ order: 'endpoint.sendDigits', endpointId: 'no-events', digits: '1' }),
  ).rejects.toMatchObject({ code: 'media.badOrder' });
});

test('[M34] secure digits reach the app and nobody else', async () => {
  const caller = await openLeg('caller');
  const agent = await openLeg('agent');
  caller.toneHz = 941;
  await media.client.order({ order: 'bridge.set', bridgeId: 'b', hears: { agent: ['caller'] } });
  await agent.until(() => loudness(agent.audio().slice(-160)) > 1_000);
  await media.client.order({ order: 'endpoint.setSecure', endpointId: 'caller', on: true });
  await agent.hear(200);
  await caller.press('4');
  expect(await media.fact('digit')).toMatchObject({ digit: '4' });
  expect(loudness(await agent.hear(200))).toBeLessThan(20);
  await media.client.order({ order: 'endpoint.setSecure', endpointId: 'caller', on: false });
  await agent.hear(200);
  expect(isOnlyTone(await agent.hear(200), 941)).toBe(true);
});

test('[M24] [M4] while the far side holds, nothing is sent; the line goes on afterwards', async () => {
  const phone = await openLeg('a');
  await phone.until(() => phone.heard.length > 10);
  const { sdp } = await media.client.order({
    order: 'endpoint.reoffer',
    endpointId: 'a',
    offer: phone.sdp('inactive', 2),
  });
  expect(sdp).toContain('a=inactive');
  const last = phone.heard.at(-1);
  const before = phone.heard.length;
  // As many frames of another leg as would have been sent to this one.
  const other = await openLeg('other');
  await other.until(() => other.heard.length > 15);
  expect(phone.heard.length - before).toBeLessThanOrEqual(1);
  await media.client.order({ order: 'endpoint.reoffer', endpointId: 'a', offer: phone.sdp('sendrecv', 3) });
  const count = phone.heard.length;
  await phone.until(() => phone.heard.length > count + 3);
  const next = phone.heard[count];
  expect(next?.ssrc).toBe(last?.ssrc);
  expect(((next?.timestamp ?? 0) - (last?.timestamp ?? 0)) >>> 0).toBeGreaterThanOrEqual(15 * 160);
});

test('[M7] a bad re-offer leaves the call as it was; opening again answers as before', async () => {
  const phone = await openLeg('a');
  const first = await media.client.order({ order: 'endpoint.openRtp', endpointId: 'a', offer: phone.sdp() });
  const again = await media.client.order({ order: 'endpoint.openRtp', endpointId: 'a', offer: phone.sdp() });
  expect(again).toEqual(first);
  await expect(
    media.client.order({ order: 'endpoint.reoffer', endpointId: 'a', offer: 'v=0\r\nnonsense' }),
  ).rejects.toMatchObject({ code: 'sdp.invalid' });
  const count = phone.heard.length;
  await phone.until(() => phone.heard.length > count + 5);
});

test('[M2] a leg that we call: our offer, their answer, sound both ways', async () => {
  const phone = await RtpPhone.open({ law: 'PCMA' });
  phones.push(phone);
  const { sdp } = await media.client.order({ order: 'endpoint.offerRtp', endpointId: 'out' });
  await media.client.order({ order: 'endpoint.setRemote', endpointId: 'out', answer: phone.sdp() });
  phone.start(sdp);
  await media.client.order({
    order: 'endpoint.play',
    endpointId: 'out',
    playId: 'p',
    items: [{ type: 'tone', frequenciesHz: [620], durationMs: 20_000 }],
  });
  await phone.hear(100);
  expect(isOnlyTone(await phone.hear(200), 620)).toBe(true);
  await phone.press('0');
  expect((await media.fact('digit')).digit).toBe('0');
});

test('[M8] no free ports are told, and a taken pair is passed over', async () => {
  const squatter = createSocket('udp4');
  await new Promise<void>((resolve) => squatter.bind(0, '127.0.0.1', resolve));
  const taken = squatter.address().port & ~1;
  const small = await startMedia({ rtpPorts: { min: taken, max: taken + 3 }, threads: 1 });
  const phone = await RtpPhone.open();
  phones.push(phone);
  const offer = phone.sdp();
  const { sdp } = await small.client.order({ order: 'endpoint.openRtp', endpointId: 'a', offer });
  expect(sdp).toContain(`m=audio ${taken + 2} `);
  await expect(small.client.order({ order: 'endpoint.openRtp', endpointId: 'b', offer })).rejects.toMatchObject({
    code: 'media.noPorts',
  });
  await small.stop();
  squatter.close();
});

test('[M3] refused descriptions take no port', async () => {
  const offer = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nm=audio 4000 RTP/AVP 18\r\n';
  await expect(media.client.order({ order: 'endpoint.openRtp', endpointId: 'a', offer })).rejects.toMatchObject({
    code: 'media.noCommonCodec',
  });
  expect((await media.program.stats()).portsInUse).toBe(0);
});

test('[M10] [M11] a flood of rubbish and a hijacker change nothing and are counted', async () => {
  const caller = await openLeg('caller');
  const agent = await openLeg('agent');
  caller.toneHz = 440;
  await media.client.order({ order: 'bridge.set', bridgeId: 'b', hears: { agent: ['caller'] } });
  await agent.until(() => loudness(agent.audio().slice(-160)) > 1_000);
  const thief = await RtpPhone.open();
  phones.push(thief);
  thief.toneHz = 1_300;
  const { sdp } = await media.client.order({ order: 'endpoint.openRtp', endpointId: 'caller', offer: caller.sdp() });
  thief.start(sdp);
  for (let i = 0; i < 500; i++) {
    caller.sendRaw(Buffer.from([i & 0xff, ...Array.from({ length: i % 40 }, (_, j) => (i * j) & 0xff)]));
  }
  await agent.hear(100);
  expect(tonesIn(await agent.hear(400), [440, 1_300])).toEqual([440]);
  expect(thief.heard).toEqual([]);
  const [thread] = (await media.program.stats()).threads;
  expect(thread?.refusedSource).toBeGreaterThan(10);
  expect(Object.values(thread?.malformed ?? {}).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(300);
});

test('[M60] reports go out, and what the far end reports comes back as quality', async () => {
  const phone = await openLeg('a', { rtcpMux: true });
  await phone.until(() => phone.rtcpHeard.length > 0);
  const report = readCompound(phone.rtcpHeard[0] ?? Buffer.alloc(0));
  expect(report).toMatchObject({ ssrc: phone.heard[0]?.ssrc, blocks: [{ ssrc: phone.ssrc, cumulativeLost: 0 }] });
  const block = {
    ssrc: report?.ssrc ?? 0,
    fractionLost: 64,
    cumulativeLost: 9,
    highestSequence: 1,
    jitter: 0,
    lastSenderReport: report?.senderReportNtp ?? 0,
    delaySinceLastSenderReport: 0,
  };
  phone.sendRaw(writeCompound({ ssrc: phone.ssrc, cname: 'phone', block }));
  const quality = await media.fact('quality', ({ farLossRate }) => farLossRate !== undefined);
  expect(quality).toMatchObject({ endpointId: 'a', farLossRate: 0.25, lost: 0, lossRate: 0 });
  expect(quality.received).toBeGreaterThan(100);
  expect(quality.roundTripMs).toBeLessThan(5_000);
  expect(quality.mos).toBeGreaterThan(3);
}, 60_000);

test('[M61] a leg that falls silent is told once, and its return too', async () => {
  const phone = await openLeg('a');
  await phone.until(() => phone.heard.length > 5);
  phone.stop();
  expect((await media.fact('noAudio')).quietMs).toBeGreaterThanOrEqual(5_000);
  phone.start(phone.sdp());
  const { sdp } = await media.client.order({ order: 'endpoint.openRtp', endpointId: 'a', offer: phone.sdp() });
  phone.start(sdp);
  await media.fact('audioBack');
  expect(media.facts.filter(({ fact }) => fact === 'noAudio').length).toBe(1);
}, 30_000);

test('[M60] RTCP of a known far end is read, its BYE harms nothing', async () => {
  const before = (await media.program.stats()).threads[0]?.malformed['rtcp'] ?? 0;
  const phone = await openLeg('a');
  phone.sendRaw(writeCompound({ ssrc: phone.ssrc, cname: 'phone', goodbye: true }), 1);
  phone.sendRaw(Buffer.from([0x81, 200, 0, 99]), 1);
  const count = phone.heard.length;
  await phone.until(() => phone.heard.length > count + 5);
  expect(readCompound(writeCompound({ ssrc: 1, cname: 'x' }))?.ssrc).toBe(1);
  const [thread] = (await media.program.stats()).threads;
  expect(thread?.malformed['rtcp']).toBe(before + 1);
});
