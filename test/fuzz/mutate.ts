/** Seeded randomness and damage for every fuzz target: the same seed gives the same inputs on any machine. */

/** Answers numbers from 0 (included) to 1 (excluded). */
export type Rng = () => number;

/** Mulberry32: small, quick, and good enough to choose which bit to flip. */
export function seeded(seed: number): Rng {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from 0 up to, not including, `below`; 0 when there is nothing to choose from. */
export function below(rng: Rng, limit: number): number {
  return limit <= 1 ? 0 : Math.floor(rng() * limit);
}

export function pick<T>(rng: Rng, items: readonly T[]): T {
  const item = items[below(rng, items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

type Damage = (rng: Rng, bytes: Buffer, corpus: readonly Buffer[], dictionary: readonly Buffer[]) => Buffer;

/** No input grows past this by being damaged again and again. */
const MAX_BYTES = 128 * 1024;

const flipBit: Damage = (rng, bytes) => {
  if (bytes.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  const at = below(rng, copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << below(rng, 8));
  return copy;
};

const setByte: Damage = (rng, bytes) => {
  if (bytes.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  copy[below(rng, copy.length)] = below(rng, 256);
  return copy;
};

const truncate: Damage = (rng, bytes) => bytes.subarray(0, below(rng, bytes.length + 1));

const cutOut: Damage = (rng, bytes) => {
  const from = below(rng, bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + below(rng, Math.min(64, bytes.length) + 1))]);
};

const repeatPart: Damage = (rng, bytes) => {
  const from = below(rng, bytes.length + 1);
  const part = bytes.subarray(from, from + 1 + below(rng, 64));
  const times = 1 + below(rng, 8);
  return Buffer.concat([bytes.subarray(0, from), ...Array<Buffer>(times).fill(part), bytes.subarray(from)]);
};

const insertWord: Damage = (rng, bytes, _, dictionary) => {
  if (dictionary.length === 0) return bytes;
  const at = below(rng, bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), pick(rng, dictionary), bytes.subarray(at)]);
};

const overwriteWord: Damage = (rng, bytes, _, dictionary) => {
  if (dictionary.length === 0) return bytes;
  const at = below(rng, bytes.length + 1);
  const word = pick(rng, dictionary);
  return Buffer.concat([bytes.subarray(0, at), word, bytes.subarray(at + word.length)]);
};

const splice: Damage = (rng, bytes, corpus) => {
  const other = pick(rng, corpus);
  return Buffer.concat([bytes.subarray(0, below(rng, bytes.length + 1)), other.subarray(below(rng, other.length + 1))]);
};

const repeatLine: Damage = (rng, bytes) => {
  const lines = splitLines(bytes);
  const at = below(rng, lines.length);
  const line = lines[at];
  if (line === undefined) return bytes;
  lines.splice(below(rng, lines.length + 1), 0, line);
  return Buffer.concat(lines);
};

const dropLine: Damage = (rng, bytes) => {
  const lines = splitLines(bytes);
  lines.splice(below(rng, lines.length), 1);
  return Buffer.concat(lines);
};

const swapLines: Damage = (rng, bytes) => {
  const lines = splitLines(bytes);
  const a = below(rng, lines.length);
  const b = below(rng, lines.length);
  const [first, second] = [lines[a], lines[b]];
  if (first === undefined || second === undefined) return bytes;
  lines[a] = second;
  lines[b] = first;
  return Buffer.concat(lines);
};

const DAMAGES: readonly Damage[] = [
  flipBit,
  setByte,
  truncate,
  cutOut,
  repeatPart,
  insertWord,
  overwriteWord,
  splice,
  repeatLine,
  dropLine,
  swapLines,
];

/** One of the corpus with one to five damages done to it; lines end with a line feed where the format has lines. Never changes its inputs. */
export function mutate(rng: Rng, corpus: readonly Buffer[], dictionary: readonly Buffer[] = []): Buffer {
  let bytes = pick(rng, corpus);
  for (let left = 1 + below(rng, 5); left > 0; left -= 1) {
    bytes = pick(rng, DAMAGES)(rng, bytes, corpus, dictionary);
    if (bytes.length > MAX_BYTES) bytes = bytes.subarray(0, MAX_BYTES);
  }
  return bytes;
}

/** The bytes in pieces of random size, as a stream might deliver them. */
export function inPieces(rng: Rng, bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + below(rng, rng() < 0.3 ? 4 : bytes.length);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
    lines.push(bytes.subarray(from, at + 1));
    from = at + 1;
  }
  if (from < bytes.length) lines.push(bytes.subarray(from));
  return lines;
}
