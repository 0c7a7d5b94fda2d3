import { expect, test } from 'vitest';
import { Player } from '../../../src/media/player/player.ts';
import { amplitudeOf, fromLaw, loudness, sine, toLaw } from '../../support/tones.ts';

function playAll(player: Player, frames = 1_000): Uint8Array {
  const out = new Uint8Array(frames * 160);
  let used = 0;
  while (used < frames && player.fill(out, used * 160, 160)) used++;
  return out.subarray(0, used * 160);
}

test('[M22] items follow each other without losing or adding a sample', () => {
  const whole = sine(440, 250);
  const bytes = toLaw(whole, 'PCMU');
  const items = [bytes.subarray(0, 333), bytes.subarray(333, 334), bytes.subarray(334)];
  const player = new Player(
    'p',
    items.map((part) => ({ kind: 'bytes' as const, law: 'PCMU' as const, bytes: part })),
    false,
    'PCMU',
  );
  const played = playAll(player);
  expect(played.length).toBe(13 * 160);
  expect(played.subarray(0, 2_000)).toEqual(bytes);
  expect(loudness(fromLaw(played.subarray(2_000), 'PCMU'))).toBe(0);
});

test('[M22] a loop begins again at once', () => {
  const bytes = toLaw(sine(400, 25), 'PCMU');
  const played = playAll(new Player('p', [{ kind: 'bytes', law: 'PCMU', bytes }], true, 'PCMU'), 10);
  expect(played.length).toBe(1_600);
  for (let i = 0; i < played.length; i++) expect(played[i]).toBe(bytes[i % bytes.length]);
});

test('[M22] a loop of nothing ends instead of spinning', () => {
  const empty = { kind: 'bytes' as const, law: 'PCMU' as const, bytes: new Uint8Array(0) };
  expect(playAll(new Player('p', [empty, empty], true, 'PCMU')).length).toBe(0);
});

test('[M22] tones have their frequencies and level, silence is silent', () => {
  const player = new Player(
    'p',
    [
      { kind: 'tone', frequenciesHz: [350, 440], durationMs: 400, levelDbov: -6 },
      { kind: 'silence', durationMs: 100 },
    ],
    false,
    'PCMA',
  );
  const samples = fromLaw(playAll(player), 'PCMA');
  const tone = samples.subarray(0, 3_200);
  const half = (32_767 * 10 ** (-6 / 20)) / 2;
  expect(amplitudeOf(tone, 350) / half).toBeCloseTo(1, 1);
  expect(amplitudeOf(tone, 440) / half).toBeCloseTo(1, 1);
  expect(loudness(samples.subarray(3_200))).toBeLessThan(10);
});

test('[M22] a prompt of the other law is mapped byte by byte', () => {
  const bytes = toLaw(sine(440, 40), 'PCMU');
  const played = fromLaw(playAll(new Player('p', [{ kind: 'bytes', law: 'PCMU', bytes }], false, 'PCMA')), 'PCMA');
  expect(amplitudeOf(played, 440)).toBeGreaterThan(7_500);
});
