import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { readWav, writeWavHeader } from '../../../src/media/recorder/wav.ts';
import { type MediaUnderTest, startMedia } from '../../support/media-program.ts';
import { RtpPhone } from '../../support/rtp-phone.ts';
import { isOnlyTone, loudness, tonesIn } from '../../support/tones.ts';

let media: MediaUnderTest;
const phones: RtpPhone[] = [];

beforeAll(async () => {
  media = await startMedia({ threads: 2 });
});

afterEach(async () => {
  for (const phone of phones.splice(0)) phone.close();
  await media.closeAll();
});

afterAll(() => media.stop());

async function speaker(endpointId: string, toneHz: number): Promise<RtpPhone> {
  const phone = await RtpPhone.open();
  phones.push(phone);
  phone.toneHz = toneHz;
  const { sdp } = await media.client.order({ order: 'endpoint.openRtp', endpointId, offer: phone.sdp() });
  phone.start(sdp);
  await phone.until(() => phone.heard.length > 10);
  return phone;
}

function start(recordingId: string, left: string, right: string[], channels: 1 | 2 = 2) {
  return media.client.order({ order: 'record.start', recordingId, file: `${recordingId}.wav`, left, right, channels });
}

async function channelsOf(file: string): Promise<[Int16Array, Int16Array]> {
  const wav = readWav(await readFile(join(media.recordingsDir, file)));
  const samples = wav?.samples ?? new Int16Array(0);
  if (wav?.channels === 1) return [samples, new Int16Array(0)];
  return [samples.filter((_, i) => i % 2 === 0), samples.filter((_, i) => i % 2 === 1)];
}

test('[M50] left holds the caller, right the sum of the others, and nothing else', async () => {
  const caller = await speaker('caller', 440);
  await speaker('agent', 1_000);
  await speaker('boss', 1_700);
  await speaker('stranger', 2_500);
  await start('rec-1', 'caller', ['agent', 'boss']);
  await caller.hear(1_200);
  await media.client.order({ order: 'record.stop', recordingId: 'rec-1' });
  const closed = await media.fact('recordingClosed');
  const [left, right] = await channelsOf('rec-1.wav');
  const candidates = [440, 1_000, 1_700, 2_500];
  expect(tonesIn(left, candidates)).toEqual([440]);
  expect(tonesIn(right, candidates)).toEqual([1_000, 1_700]);
  expect(isOnlyTone(left.slice(160), 440)).toBe(true);
  const file = await readFile(join(media.recordingsDir, 'rec-1.wav'));
  expect(closed).toMatchObject({
    bytes: file.length,
    sha256: createHash('sha256').update(file).digest('hex'),
    reason: 'stopped',
    durationMs: left.length / 8,
  });
  expect(closed.durationMs).toBeGreaterThanOrEqual(1_100);
});

test('[M52] a pause is silence of its own length, listed as a gap', async () => {
  const caller = await speaker('caller', 440);
  await start('rec-2', 'caller', []);
  await caller.hear(400);
  await media.client.order({ order: 'record.pause', recordingId: 'rec-2' });
  const { recordings } = await media.client.order({ order: 'inventory' });
  expect(recordings).toEqual([{ recordingId: 'rec-2', file: 'rec-2.wav', state: 'paused' }]);
  await caller.hear(400);
  await media.client.order({ order: 'record.resume', recordingId: 'rec-2' });
  await caller.hear(400);
  await media.client.order({ order: 'record.stop', recordingId: 'rec-2' });
  const { gaps } = await media.fact('recordingClosed');
  const pause = gaps.find(({ channel, reason }) => channel === 'both' && reason === 'paused');
  const [left] = await channelsOf('rec-2.wav');
  if (!pause) throw new Error('no pause was listed');
  expect(pause.toMs - pause.fromMs).toBeGreaterThanOrEqual(300);
  expect(loudness(left.slice(pause.fromMs * 8, pause.toMs * 8))).toBe(0);
  expect(isOnlyTone(left.slice(pause.fromMs * 8 - 1_600, pause.fromMs * 8), 440)).toBe(true);
  expect(isOnlyTone(left.slice(pause.toMs * 8, pause.toMs * 8 + 1_600), 440)).toBe(true);
});

test('[M51] the right side changes with a transfer', async () => {
  const caller = await speaker('caller', 440);
  await speaker('first', 1_000);
  await speaker('second', 1_700);
  await start('rec-3', 'caller', ['first']);
  await caller.hear(500);
  await media.client.order({ order: 'record.setRight', recordingId: 'rec-3', right: ['second'] });
  await caller.hear(500);
  await media.client.order({ order: 'record.stop', recordingId: 'rec-3' });
  await media.fact('recordingClosed');
  const [, right] = await channelsOf('rec-3.wav');
  const third = Math.floor(right.length / 3);
  expect(tonesIn(right.slice(0, third), [440, 1_000, 1_700])).toEqual([1_000]);
  expect(tonesIn(right.slice(-third), [440, 1_000, 1_700])).toEqual([1_700]);
});

test('[M52] [M53] what did not arrive is a gap; the left endpoint that closes ends its recording', async () => {
  const caller = await speaker('caller', 440);
  await speaker('agent', 1_000);
  await start('mail', 'caller', [], 1);
  await start('talk', 'caller', ['agent']);
  await caller.hear(300);
  caller.stop();
  await media.fact('silent', ({ endpointId }) => endpointId === 'caller');
  await media.client.order({ order: 'endpoint.close', endpointId: 'caller' });
  const mail = await media.fact('recordingClosed', ({ recordingId }) => recordingId === 'mail');
  const talk = await media.fact('recordingClosed', ({ recordingId }) => recordingId === 'talk');
  expect([mail.reason, talk.reason]).toEqual(['endpointClosed', 'endpointClosed']);
  expect(mail.gaps.at(-1)).toMatchObject({ channel: 'left', reason: 'lost', toMs: mail.durationMs });
  expect(mail.bytes).toBe(44 + mail.durationMs * 16);
  expect(talk.bytes).toBe(44 + talk.durationMs * 32);
});

test('[M52] a side on which nobody is to be heard has no gaps', async () => {
  const caller = await speaker('caller', 440);
  await speaker('agent', 1_000);
  await start('hold', 'caller', ['agent']);
  await caller.hear(500);
  await media.client.order({ order: 'record.setRight', recordingId: 'hold', right: [] });
  await caller.hear(800);
  await media.client.order({ order: 'record.stop', recordingId: 'hold' });
  const { durationMs, gaps } = await media.fact('recordingClosed', ({ recordingId }) => recordingId === 'hold');
  expect(durationMs).toBeGreaterThan(1_000);
  expect(gaps.filter(({ channel, fromMs, toMs }) => channel !== 'left' && toMs - fromMs > 300)).toEqual([]);
  const [, right] = await channelsOf('hold.wav');
  expect(loudness(right.slice(-3_200))).toBe(0);
});

test('[M55] an existing file and a path outside are refused, a running recording answers as before', async () => {
  await speaker('caller', 440);
  await start('rec-5', 'caller', []);
  await start('rec-5', 'caller', []);
  const order = { order: 'record.start' as const, left: 'caller', right: [], recordingId: 'two' };
  for (const file of ['rec-5.wav', '../out.wav', '/etc/out.wav', 'a/../../out.wav', 'out.mp3']) {
    await expect(media.client.order({ ...order, file })).rejects.toMatchObject({ code: 'media.badOrder' });
  }
  await writeFile(join(media.recordingsDir, 'old.wav'), 'kept');
  await expect(media.client.order({ ...order, file: 'old.wav' })).rejects.toMatchObject({ code: 'media.badOrder' });
  expect(await readFile(join(media.recordingsDir, 'old.wav'), 'utf8')).toBe('kept');
  await expect(media.client.order({ ...order, left: 'nobody', file: 'x.wav' })).rejects.toMatchObject({
    code: 'media.unknownEndpoint',
  });
});

test('[M54] what a crash left open is completed and told to the app that connects next', async () => {
  const recordingsDir = await mkdtemp(join(tmpdir(), 'parley-crash-'));
  const sound = Buffer.alloc(32_000 * 2 + 3, 7);
  await writeFile(join(recordingsDir, 'left.wav'), Buffer.concat([writeWavHeader(2, 0), sound]));
  await mkdir(join(recordingsDir, '.open'));
  const note = { recordingId: 'rec-9', callId: 'call-9', file: 'left.wav' };
  await writeFile(join(recordingsDir, '.open', 'rec-9.json'), JSON.stringify(note));
  await writeFile(join(recordingsDir, '.open', 'broken.json'), '{');
  await writeFile(join(recordingsDir, '.open', 'gone.json'), JSON.stringify({ recordingId: 'x', file: 'gone.wav' }));
  const second = await startMedia({ recordingsDir, threads: 1 });
  const closed = await second.fact('recordingClosed');
  expect(closed).toMatchObject({ ...note, durationMs: 2_000, bytes: 44 + 64_000 });
  const wav = readWav(await readFile(join(recordingsDir, 'left.wav')));
  expect(wav?.samples.length).toBe(32_000);
  expect(second.facts.filter(({ fact }) => fact === 'recordingClosed').length).toBe(1);
  await second.stop();
});

test('[M54] the head is brought up to date while the recording runs', async () => {
  const caller = await speaker('caller', 440);
  await start('rec-7', 'caller', []);
  let seconds = 0;
  while (seconds < 5) {
    await caller.hear(500);
    const head = await readFile(join(media.recordingsDir, 'rec-7.wav'));
    seconds = head.readUInt32LE(40) / 32_000;
  }
  const copy = join(media.folder, 'copy.wav');
  await writeFile(copy, await readFile(join(media.recordingsDir, 'rec-7.wav')));
  await truncate(copy, 44 + 32_000 * 5);
  const wav = readWav(await readFile(copy));
  expect(isOnlyTone(wav?.samples.filter((_, i) => i % 2 === 0) ?? [], 440)).toBe(true);
}, 60_000);
