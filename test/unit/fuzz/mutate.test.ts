import { expect, test } from 'vitest';
import { below, inPieces, mutate, seeded } from '../../fuzz/mutate.ts';

const corpus = [
  Buffer.from('INVITE sip:a@b SIP/2.0\r\nVia: x\r\n\r\nbody'),
  Buffer.from([0, 1, 2, 3]),
  Buffer.alloc(0),
];
const dictionary = [Buffer.from('z9hG4bK')];

test('[FZ1] a seed gives the same inputs every time, and another seed gives others', () => {
  const inputsOf = (seed: number): string[] => {
    const rng = seeded(seed);
    return Array.from({ length: 200 }, () => mutate(rng, corpus, dictionary).toString('hex'));
  };
  expect(inputsOf(7)).toEqual(inputsOf(7));
  expect(inputsOf(7)).not.toEqual(inputsOf(8));
});

test('[FZ2] damage makes many different inputs and leaves the corpus as it was', () => {
  const before = corpus.map((bytes) => bytes.toString('hex'));
  const rng = seeded(1);
  const made = new Set(Array.from({ length: 1_000 }, () => mutate(rng, corpus, dictionary).toString('hex')));
  expect(made.size).toBeGreaterThan(500);
  expect(corpus.map((bytes) => bytes.toString('hex'))).toEqual(before);
});

test('[FZ3] pieces joined again are the bytes they were cut from', () => {
  const rng = seeded(3);
  for (let i = 0; i < 200; i += 1) {
    const bytes = mutate(rng, corpus, dictionary);
    expect(Buffer.concat(inPieces(rng, bytes))).toEqual(bytes);
  }
});

test('[FZ4] a choice stays below its limit', () => {
  const rng = seeded(9);
  const seen = new Set(Array.from({ length: 500 }, () => below(rng, 5)));
  expect([...seen].sort()).toEqual([0, 1, 2, 3, 4]);
  expect(below(rng, 0)).toBe(0);
});
