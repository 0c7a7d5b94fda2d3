import { decodeTable, encodeTable, FRAME_SAMPLES, type Law } from '../codec/g711.ts';
import { SpokenReader } from './spoken.ts';

/** What one endpoint hears from its table: nobody, one speaker relayed without decoding, or several mixed. */

const MOST = 32_767;
const LEAST = -32_768;

export class Ears {
  readonly #law: Law;
  #readers = new Map<string, SpokenReader>();
  readonly #frame = new Uint8Array(FRAME_SAMPLES);
  readonly #sum = new Int32Array(FRAME_SAMPLES);

  constructor(law: Law) {
    this.#law = law;
  }

  /** Replaces the speakers; who stays is heard on without a jump. */
  set(speakers: readonly { endpointId: string; memory: SharedArrayBuffer }[]): void {
    const readers = new Map<string, SpokenReader>();
    for (const { endpointId, memory } of speakers) {
      readers.set(endpointId, this.#readers.get(endpointId) ?? new SpokenReader(memory));
    }
    this.#readers = readers;
  }

  /** Fills the frame for the tick at `position`; false when nobody said anything in it (it is then untouched). */
  fill(position: number, out: Uint8Array, offset: number): boolean {
    let heard = 0;
    for (const reader of this.#readers.values()) {
      if (heard === 0) {
        if (reader.hear(position, FRAME_SAMPLES, this.#law, out, offset)) heard = 1;
      } else if (reader.hear(position, FRAME_SAMPLES, this.#law, this.#frame, 0)) {
        if (heard === 1) this.#startSum(out, offset);
        this.#add();
        heard++;
      }
    }
    if (heard > 1) this.#writeSum(out, offset);
    return heard > 0;
  }

  #startSum(out: Uint8Array, offset: number): void {
    const table = decodeTable(this.#law);
    for (let i = 0; i < FRAME_SAMPLES; i++) this.#sum[i] = table[out[offset + i] ?? 0] ?? 0;
  }

  #add(): void {
    const table = decodeTable(this.#law);
    for (let i = 0; i < FRAME_SAMPLES; i++) this.#sum[i] = (this.#sum[i] ?? 0) + (table[this.#frame[i] ?? 0] ?? 0);
  }

  #writeSum(out: Uint8Array, offset: number): void {
    const table = encodeTable(this.#law);
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      const sample = Math.max(LEAST, Math.min(MOST, this.#sum[i] ?? 0));
      out[offset + i] = table[sample + 32_768] ?? 0;
    }
  }
}
