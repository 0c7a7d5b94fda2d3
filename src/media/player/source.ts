import { encodeTable, type Law, SAMPLES_PER_MS, silenceByte } from '../codec/g711.ts';

/** One thing to hear, ready to be sent: prompts are already G.711 and shared by all who hear them. */
export type PlaySource =
  | { kind: 'bytes'; law: Law; bytes: Uint8Array }
  | { kind: 'tone'; frequenciesHz: number[]; durationMs: number; levelDbov: number }
  | { kind: 'silence'; durationMs: number };

/** A source being read: fills up to `count` samples and says how many; fewer means it has ended. */
export interface SampleReader {
  read(out: Uint8Array, offset: number, count: number): number;
}

export function openSource(source: PlaySource, law: Law): SampleReader {
  switch (source.kind) {
    case 'bytes':
      return new BytesReader(source.bytes);
    case 'tone':
      return new ToneReader(source, law);
    case 'silence':
      return new SilenceReader(source.durationMs, law);
  }
}

class BytesReader implements SampleReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(out: Uint8Array, offset: number, count: number): number {
    const bytes = this.#bytes;
    const from = this.#at;
    const some = Math.min(count, bytes.length - from);
    for (let i = 0; i < some; i++) out[offset + i] = bytes[from + i] ?? 0;
    this.#at += some;
    return some;
  }
}

class SilenceReader implements SampleReader {
  readonly #silence: number;
  #left: number;

  constructor(durationMs: number, law: Law) {
    this.#silence = silenceByte(law);
    this.#left = durationMs * SAMPLES_PER_MS;
  }

  read(out: Uint8Array, offset: number, count: number): number {
    const some = Math.min(count, this.#left);
    out.fill(this.#silence, offset, offset + some);
    this.#left -= some;
    return some;
  }
}

const FULL_SCALE = 32_767;
const SAMPLE_RATE_HZ = 8_000;

/** The sum's peak lies at the level; each of two waves has half of it. */
class ToneReader implements SampleReader {
  readonly #steps: number[];
  readonly #amplitude: number;
  readonly #encode: Uint8Array;
  #at = 0;
  #left: number;

  constructor(tone: { frequenciesHz: number[]; durationMs: number; levelDbov: number }, law: Law) {
    this.#steps = tone.frequenciesHz.map((hz) => (2 * Math.PI * hz) / SAMPLE_RATE_HZ);
    this.#amplitude = (FULL_SCALE * 10 ** (tone.levelDbov / 20)) / tone.frequenciesHz.length;
    this.#encode = encodeTable(law);
    this.#left = tone.durationMs * SAMPLES_PER_MS;
  }

  read(out: Uint8Array, offset: number, count: number): number {
    const some = Math.min(count, this.#left);
    for (let i = 0; i < some; i++, this.#at++) {
      let sum = 0;
      for (const step of this.#steps) sum += Math.sin(step * this.#at);
      out[offset + i] = this.#encode[Math.round(sum * this.#amplitude) + 32_768] ?? 0;
    }
    this.#left -= some;
    return some;
  }
}
