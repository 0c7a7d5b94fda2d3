import { convertTable, type Law, silenceByte } from '../codec/g711.ts';
import { openSource, type PlaySource, type SampleReader } from './source.ts';

export type PlayEnd = 'finished' | 'stopped' | 'replaced' | 'closed';

/** Items one after the other without a gap, from the first sample of one to the last of another. */
export class Player {
  readonly playId: string;
  readonly #items: PlaySource[];
  readonly #loop: boolean;
  readonly #law: Law;
  #index = 0;
  #reader: SampleReader | undefined;
  #convert: Uint8Array | undefined;

  constructor(playId: string, items: PlaySource[], loop: boolean, law: Law) {
    this.playId = playId;
    this.#items = items;
    this.#loop = loop;
    this.#law = law;
  }

  /** Fills one frame at `offset`; false when there was nothing left (the frame is then untouched). The last frame ends in silence. */
  fill(out: Uint8Array, offset: number, count: number): boolean {
    let done = 0;
    let emptyItems = 0;
    while (done < count) {
      const reader = this.#reader ?? this.#open();
      if (!reader) break;
      const some = reader.read(out, offset + done, count - done);
      if (this.#convert) convertInPlace(out, offset + done, some, this.#convert);
      if (some < count - done) this.#reader = undefined;
      emptyItems = some === 0 ? emptyItems + 1 : 0;
      if (emptyItems > this.#items.length) break;
      done += some;
    }
    if (done === 0) return false;
    if (done < count) out.fill(silenceByte(this.#law), offset + done, offset + count);
    return true;
  }

  #open(): SampleReader | undefined {
    if (this.#index >= this.#items.length) {
      if (!this.#loop) return undefined;
      this.#index = 0;
    }
    const item = this.#items[this.#index++];
    if (!item) return undefined;
    this.#convert = item.kind === 'bytes' && item.law !== this.#law ? convertTable(item.law, this.#law) : undefined;
    this.#reader = openSource(item, this.#law);
    return this.#reader;
  }
}

function convertInPlace(out: Uint8Array, from: number, count: number, table: Uint8Array): void {
  for (let i = from; i < from + count; i++) out[i] = table[out[i] ?? 0] ?? 0;
}
