import { test } from 'vitest';
import { appFrames } from './frames.ts';
import { sipMessage, sipStream } from './sip.ts';

/** Seeds that failed once stay here under their number. */
const SEEDS = [1, 20_261_123];

test.each(SEEDS)('[SW50] damaged messages, seed %i', (seed) => {
  void sipMessage.run(seed, 6_000);
});

test.each(SEEDS)('[SW50] damaged streams, seed %i', (seed) => {
  void sipStream.run(seed, 1_500);
});

test.each(SEEDS)('[SW50] damaged frames, seed %i', (seed) => {
  void appFrames.run(seed, 1_500);
});
