import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MediaClient } from '../../../src/adapters/media/client.ts';
import { readWav } from '../../../src/media/recorder/wav.ts';
import { createLogger } from '../../../src/shared/logger.ts';
import { type MediaUnderTest, startMedia } from '../../support/media-program.ts';
import { RtpPhone } from '../../support/rtp-phone.ts';
import { isOnlyTone, loudness } from '../../support/tones.ts';

const log = createLogger('test', { level: 'silent' });
let media: MediaUnderTest;
const phones: RtpPhone[] = [];

beforeEach(async () => {
  media = await startMedia({ threads: 2 });
});

afterEach(async () => {
  for (const phone of phones.splice(0)) phone.close();
  await media.stop();
});

async function openLeg(endpointId: string): Promise<RtpPhone> {
  const phone = await RtpPhone.open();
  phones.push(phone);
  const { sdp } = await media.client.order({ order: 'endpoint.openRtp', endpointId, offer: phone.sdp() });
  phone.start(sdp);
  await phone.until(() => phone.heard.length > 5);
  return phone;
}

/** A connection that says what it likes. */
async function rawConnection(): Promise<{
  socket: Socket;
  lines: string[];
  closed: Promise<void>;
  line(): Promise<string>;
}> {
  const socket = connect(media.program.adminPort, '127.0.0.1');
  const lines: string[] = [];
  let rest = '';
  let wake = () => {};
  socket.setEncoding('utf8');
  socket.on('error', () => {});
  socket.on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    wake();
  });
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  await new Promise((resolve) => socket.once('connect', resolve));
  const line = async (): Promise<string> => {
    while (lines.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return lines.shift() ?? '';
  };
  return { socket, lines, closed, line };
}

test('[M70] nothing is answered without the secret', async () => {
  for (const first of [
    { id: 1, order: 'inventory' },
    { id: 1, order: 'hello', secret: 'wrong', client: 'x' },
    { id: 1, order: 'hello' },
  ]) {
    const { socket, lines, closed } = await rawConnection();
    socket.write(`${JSON.stringify(first)}\n${JSON.stringify({ id: 2, order: 'inventory' })}\n`);
    await closed;
    expect(lines).toEqual([]);
  }
});

test('[M71] what is no order is refused and changes nothing', async () => {
  const { socket, line, closed } = await rawConnection();
  socket.write(`${JSON.stringify({ id: 1, order: 'hello', secret: media.secret, client: 'raw' })}\n`);
  expect(JSON.parse(await line())).toEqual({ re: 1, ok: true, result: {} });
  for (const [text, re] of [
    ['not json', 0],
    ['[1]', 0],
    ['null', 0],
    ['{"order":"inventory"}', 0],
    ['{"id":7,"order":"endpoint.explode"}', 7],
    ['{"id":8,"order":"endpoint.close"}', 8],
    ['{"id":9,"order":"endpoint.close","endpointId":"a","extra":1}', 9],
    ['{"id":10,"order":"endpoint.play","endpointId":"a","playId":"p","items":[]}', 10],
  ] as const) {
    socket.write(`${text}\n`);
    expect(JSON.parse(await line())).toMatchObject({ re, ok: false, code: 'media.badOrder' });
  }
  socket.write('{"id":11,"order":"endpoint.stopPlay","endpointId":"nobody"}\n');
  expect(JSON.parse(await line())).toMatchObject({ re: 11, ok: false, code: 'media.unknownEndpoint' });
  socket.write('{"id":12,"order":"endpoint.close","endpointId":"nobody"}\n');
  expect(JSON.parse(await line())).toEqual({ re: 12, ok: true, result: {} });
  socket.write('x'.repeat(1_100_000));
  await closed;
  expect(await media.client.order({ order: 'inventory' })).toEqual({ endpoints: [], bridges: [], recordings: [] });
});

test('[M72] an app that goes away changes nothing, and finds everything when it comes back', async () => {
  const [a, b] = [await openLeg('a'), await openLeg('b')];
  a.toneHz = 440;
  await media.client.order({ order: 'bridge.set', bridgeId: 'talk', callId: 'call-1', hears: { a: ['b'], b: ['a'] } });
  media.client.close();
  await b.hear(200);
  expect(isOnlyTone(await b.hear(300), 440)).toBe(true);
  const { adminPort } = media.program;
  const back = new MediaClient({ host: '127.0.0.1', port: adminPort, secret: media.secret, client: 'test', log });
  await back.connect();
  expect(await back.order({ order: 'inventory' })).toEqual({
    endpoints: [
      { endpointId: 'a', kind: 'rtp' },
      { endpointId: 'b', kind: 'rtp' },
    ],
    bridges: [{ bridgeId: 'talk', callId: 'call-1', hears: { a: ['b'], b: ['a'] } }],
    recordings: [],
  });
  back.close();
});

test('[M73] a dead thread is replaced, its legs are lost and told, the others go on', async () => {
  const [a, b] = [await openLeg('a'), await openLeg('b')];
  const other = await openLeg('c');
  a.toneHz = 440;
  other.toneHz = 700;
  await media.client.order({ order: 'bridge.set', bridgeId: 'talk', hears: { b: ['a', 'c'], c: ['b'] } });
  await media.client.order({ order: 'record.start', recordingId: 'r', file: 'r.wav', left: 'a', right: ['b'] });
  await a.hear(2_500);
  // Legs are spread over the threads in turn: a and c live in the first, b in the second.
  await media.program.killThread(0);
  expect(await media.fact('workerReplaced')).toMatchObject({ worker: 'thread', index: 0 });
  await media.fact('endpointLost', ({ endpointId, reason }) => endpointId === 'a' && reason === 'threadDied');
  await media.fact('endpointLost', ({ endpointId }) => endpointId === 'c');
  const closed = await media.fact('recordingClosed');
  const wav = readWav(await readFile(join(media.recordingsDir, 'r.wav')));
  expect(closed.durationMs).toBeGreaterThanOrEqual(1_000);
  expect(wav?.samples.length).toBe(closed.durationMs * 16);
  expect(isOnlyTone(wav?.samples.filter((_, i) => i % 2 === 0) ?? [], 440)).toBe(true);
  const { endpoints, bridges } = await media.client.order({ order: 'inventory' });
  expect(endpoints.map(({ endpointId }) => endpointId)).toEqual(['b']);
  expect(bridges).toEqual([{ bridgeId: 'talk', hears: { b: [] } }]);
  expect((await media.program.stats()).portsInUse).toBe(1);
  const again = await openLeg('d');
  again.toneHz = 1_000;
  await media.client.order({ order: 'bridge.set', bridgeId: 'talk', hears: { b: ['d'] } });
  await b.until(() => loudness(b.audio().slice(-160)) > 1_000);
  await b.hear(100);
  expect(isOnlyTone(await b.hear(300), 1_000)).toBe(true);
}, 40_000);

test('[M74] without a mediasoup worker browser legs are refused and leave nothing behind', async () => {
  await expect(media.client.order({ order: 'endpoint.openWebRtc', endpointId: 'w' })).rejects.toMatchObject({
    code: 'media.noWorker',
  });
  expect((await media.client.order({ order: 'inventory' })).endpoints).toEqual([]);
  expect((await media.program.stats()).threads.map(({ endpoints }) => endpoints)).toEqual([0, 0]);
  await openLeg('a');
});

test('[M75] facts reach every app; a client without its program says so and comes back', async () => {
  const { adminPort } = media.program;
  const second = new MediaClient({ host: '127.0.0.1', port: adminPort, secret: media.secret, client: 'two', log });
  await second.connect();
  const digits: string[] = [];
  const both = new Promise<void>((resolve) => {
    second.onFact((fact) => {
      if (fact.fact !== 'digit') return;
      digits.push(fact.digit);
      resolve();
    });
  });
  const phone = await openLeg('a');
  await phone.press('5');
  await both;
  expect(digits).toEqual(['5']);
  second.close();
  await expect(second.order({ order: 'inventory' })).rejects.toMatchObject({ code: 'media.unreachable' });
});
