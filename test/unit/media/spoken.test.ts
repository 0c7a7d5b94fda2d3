import { expect, test } from 'vitest';
import { Anchor } from '../../../src/media/bridge/anchor.ts';
import { Ears } from '../../../src/media/bridge/ears.ts';
import { SpokenReader, SpokenWriter } from '../../../src/media/bridge/spoken.ts';
import { amplitudeOf, fromLaw, sine, toLaw, tonesIn } from '../../support/tones.ts';

const START = 80_000;
const DELAY = 320;

/** Writes `samples` in frames as if each had arrived in time. */
function say(writer: SpokenWriter, samples: Int16Array, from = START, muted = false): void {
  const bytes = toLaw(samples, writer.law);
  for (let at = 0; at < bytes.length; at += 160) {
    const position = from + at;
    writer.write(bytes, at, Math.min(at + 160, bytes.length), writer.law, position, position, muted);
  }
}

function hear(reader: SpokenReader, frames: number, law: 'PCMU' | 'PCMA' = 'PCMU', from = START + DELAY): Uint8Array {
  const out = new Uint8Array(frames * 160).fill(0xff);
  for (let i = 0; i < frames; i++) reader.hear(from + i * 160, 160, law, out, i * 160);
  return out;
}

test('[M41] what was said is heard byte for byte', () => {
  const writer = new SpokenWriter('PCMU');
  writer.setDelay(DELAY);
  const said = sine(440, 400);
  say(writer, said);
  expect(hear(new SpokenReader(writer.memory), 20)).toEqual(toLaw(said, 'PCMU'));
});

test('[M41] a listener between two frames hears the same samples, over the edge of the ring too', () => {
  const writer = new SpokenWriter('PCMU');
  writer.setDelay(DELAY);
  const said = sine(700, 1_000);
  const from = 10_240 * 9 - 2_000;
  say(writer, said, from);
  const heard = hear(new SpokenReader(writer.memory), 49, 'PCMU', from + DELAY + 37);
  expect(heard).toEqual(toLaw(said, 'PCMU').subarray(37, 37 + 49 * 160));
});

test('[M41] the other law is mapped', () => {
  const writer = new SpokenWriter('PCMU');
  writer.setDelay(DELAY);
  say(writer, sine(440, 400));
  expect(amplitudeOf(fromLaw(hear(new SpokenReader(writer.memory), 20, 'PCMA'), 'PCMA'), 440)).toBeGreaterThan(7_700);
});

test('[M12] a late packet finds its place, a lost one is silence', () => {
  const writer = new SpokenWriter('PCMU');
  writer.setDelay(DELAY);
  const bytes = toLaw(sine(440, 100), 'PCMU');
  for (const frame of [0, 2, 1, 4]) {
    const now = START + 5 * 160;
    writer.write(bytes, frame * 160, frame * 160 + 160, 'PCMU', START + frame * 160, now, false);
  }
  const heard = hear(new SpokenReader(writer.memory), 5);
  expect(heard.subarray(0, 480)).toEqual(bytes.subarray(0, 480));
  expect(heard.subarray(480, 640)).toEqual(new Uint8Array(160).fill(0xff));
  expect(heard.subarray(640)).toEqual(bytes.subarray(640));
});

test('[M14] nothing of an earlier turn of the ring is ever heard', () => {
  const writer = new SpokenWriter('PCMU');
  writer.setDelay(DELAY);
  say(writer, sine(440, 1_280));
  const later = START + 10_240 * 3;
  const short = toLaw(sine(1_000, 5), 'PCMU');
  writer.write(short, 0, 40, 'PCMU', later + 60, later + 60, false);
  const out = new Uint8Array(160).fill(0xff);
  expect(new SpokenReader(writer.memory).hear(later + DELAY, 160, 'PCMU', out, 0)).toBe(true);
  expect(out.subarray(0, 60)).toEqual(new Uint8Array(60).fill(0xff));
  expect(out.subarray(60, 100)).toEqual(short);
  expect(out.subarray(100)).toEqual(new Uint8Array(60).fill(0xff));
  expect(new SpokenReader(writer.memory).hear(later + 4_000, 160, 'PCMU', out, 0)).toBe(false);
});

test('[M14] audio from the far past or future is not written', () => {
  const writer = new SpokenWriter('PCMU');
  const bytes = new Uint8Array(160);
  expect(writer.write(bytes, 0, 160, 'PCMU', START, START + 9_000, false)).toBe(false);
  expect(writer.write(bytes, 0, 160, 'PCMU', START + 2_000, START, false)).toBe(false);
});

test('[M34] what is said in secret is silence to every reader', () => {
  const writer = new SpokenWriter('PCMU');
  writer.setDelay(DELAY);
  say(writer, sine(941, 100), START, true);
  expect(hear(new SpokenReader(writer.memory), 5)).toEqual(new Uint8Array(800).fill(0xff));
});

test('[M41] several speakers are mixed, the silent ones cost nothing, loud ones are clipped', () => {
  const [a, b, c] = [440, 1_000, 1_700].map((hz) => {
    const writer = new SpokenWriter(hz === 1_000 ? 'PCMA' : 'PCMU');
    writer.setDelay(DELAY);
    say(writer, sine(hz, 400, { amplitude: 9_000 }));
    return { endpointId: String(hz), memory: writer.memory };
  });
  const quiet = { endpointId: 'quiet', memory: new SpokenWriter('PCMU').memory };
  if (!a || !b || !c) throw new Error('three speakers');
  const ears = new Ears('PCMU');
  ears.set([quiet, a, b, c]);
  const out = new Uint8Array(20 * 160);
  for (let i = 0; i < 20; i++) expect(ears.fill(START + DELAY + i * 160, out, i * 160)).toBe(true);
  expect(tonesIn(fromLaw(out, 'PCMU'), [300, 440, 700, 1_000, 1_700, 2_500])).toEqual([440, 1_000, 1_700]);
  ears.set([quiet]);
  expect(ears.fill(START + DELAY, out, 0)).toBe(false);
});

test('[M14] packets lie by their timestamps, whatever the network did to their arrival', () => {
  const anchor = new Anchor();
  expect(anchor.place(0xffffff00, 1_000)).toBe(1_000);
  expect(anchor.place(0xffffffa0, 1_400)).toBe(1_160);
  expect(anchor.place(0x40, 1_330)).toBe(1_320);
});

test('[M15] the advised delay grows with lateness at once and shrinks after two calm windows', () => {
  const anchor = new Anchor();
  const feed = (count: number, from: number, late: (i: number) => number) => {
    for (let i = from; i < from + count; i++) anchor.place(i * 160, 5_000 + i * 160 + late(i));
  };
  feed(200, 0, () => 0);
  const calm = anchor.delay;
  expect(calm).toBe(30 * 8);
  feed(1, 200, () => 400);
  expect(anchor.delay).toBe(28 * 8 + 400);
  feed(99, 201, () => 0);
  feed(99, 300, () => 0);
  expect(anchor.delay).toBe(28 * 8 + 400);
  feed(1, 399, () => 0);
  expect(anchor.delay).toBe(calm);
});

test('[M14] a line that ran away is laid anew, a slow drift is followed', () => {
  const anchor = new Anchor();
  anchor.place(0, 1_000);
  expect(anchor.place(160 * 500, 1_160)).toBe(1_160);
  let last = 0;
  for (let i = 0; i < 3_000; i++) {
    const now = 1_160 + Math.round(i * 160.1);
    last = now - anchor.place(160 * 500 + i * 160, now);
  }
  expect(Math.abs(last)).toBeLessThanOrEqual(180);
});
