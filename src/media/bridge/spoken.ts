import { convertTable, type Law, SAMPLES_PER_MS, silenceByte } from '../codec/g711.ts';

/**
 * What one endpoint says, on the clock that all threads share: a ring of G.711 samples whose position is the time of
 * arrival. The endpoint's own thread writes; any thread may read (listeners on their tick, recorders a little later).
 * Nothing is sent between threads: the ring is shared memory.
 */

/** Samples kept: 1.28 s. */
const RING_SAMPLES = 10_240;
/** Whether something arrived is known in cells of 10 ms. */
const CELL_SAMPLES = 80;
const RING_CELLS = RING_SAMPLES / CELL_SAMPLES;

const HEADER_WORDS = 4;
const DELAY_WORD = 0;
const LAW_WORD = 1;
const CLOSED_WORD = 2;

/** Nothing older than this is written any more; readers may be there. */
const OLDEST_SAMPLES = 1_000 * SAMPLES_PER_MS;
/** Packets announce audio at most this far ahead of their arrival. */
const NEWEST_SAMPLES = 200 * SAMPLES_PER_MS;

/** A position on the shared clock: samples since the machine started. */
export function positionAt(nowMs: number): number {
  return Math.floor(nowMs * SAMPLES_PER_MS);
}

class Ring {
  readonly words: Int32Array;
  readonly cells: Int32Array;
  readonly bytes: Uint8Array;

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory, 0, HEADER_WORDS);
    this.cells = new Int32Array(memory, HEADER_WORDS * 4, RING_CELLS);
    this.bytes = new Uint8Array(memory, (HEADER_WORDS + RING_CELLS) * 4, RING_SAMPLES);
  }
}

/** A cell's mark: which turn of the clock it was last written in. Never 0, which says "never". */
function cellMark(cell: number): number {
  return (cell % 0x7fffffff) + 1;
}

export class SpokenWriter {
  readonly memory: SharedArrayBuffer;
  readonly law: Law;
  readonly #ring: Ring;

  constructor(law: Law) {
    this.law = law;
    this.memory = new SharedArrayBuffer((HEADER_WORDS + RING_CELLS) * 4 + RING_SAMPLES);
    this.#ring = new Ring(this.memory);
    Atomics.store(this.#ring.words, LAW_WORD, law === 'PCMU' ? 0 : 8);
    this.setDelay(40 * SAMPLES_PER_MS);
  }

  /** How far behind the clock a listener should read so that nearly every packet has arrived, in samples. */
  setDelay(samples: number): void {
    Atomics.store(this.#ring.words, DELAY_WORD, samples);
  }

  /** Says that nothing will follow. */
  close(): void {
    Atomics.store(this.#ring.words, CLOSED_WORD, 1);
  }

  /**
   * Writes `data[start..end)` (in `law`) so that its first sample lies at `position`; `now` is the present position.
   * `muted` writes silence instead. False when it is too late or too far ahead to be of use.
   */
  write(
    data: Uint8Array,
    start: number,
    end: number,
    law: Law,
    position: number,
    now: number,
    muted: boolean,
  ): boolean {
    if (position < now - OLDEST_SAMPLES || position > now + NEWEST_SAMPLES || end - start > NEWEST_SAMPLES)
      return false;
    const { bytes, cells } = this.#ring;
    const convert = convertTable(law, this.law);
    const silence = silenceByte(this.law);
    this.#clearNewCells(position, position + end - start, silence);
    let at = position % RING_SAMPLES;
    for (let i = start; i < end; i++) {
      bytes[at] = muted ? silence : (convert[data[i] ?? 0] ?? silence);
      if (++at === RING_SAMPLES) at = 0;
    }
    const last = Math.floor((position + end - start - 1) / CELL_SAMPLES);
    for (let cell = Math.floor(position / CELL_SAMPLES); cell <= last; cell++) {
      Atomics.store(cells, cell % RING_CELLS, cellMark(cell));
    }
    return true;
  }

  /** The first and last cell of a packet may be covered only in part: what an older turn left in them is wiped. */
  #clearNewCells(from: number, to: number, silence: number): void {
    const first = Math.floor(from / CELL_SAMPLES);
    const last = Math.floor((to - 1) / CELL_SAMPLES);
    const { bytes, cells } = this.#ring;
    for (let cell = first; ; cell = last) {
      if (cells[cell % RING_CELLS] !== cellMark(cell)) {
        const start = (cell % RING_CELLS) * CELL_SAMPLES;
        bytes.fill(silence, start, start + CELL_SAMPLES);
      }
      if (cell === last) return;
    }
  }
}

/** Positions jump when the reader is further from where it should be than this. */
const SLIP_SAMPLES = 30 * SAMPLES_PER_MS;

/** One listener's or recorder's place in somebody's ring. */
export class SpokenReader {
  readonly #ring: Ring;
  readonly #fixedDelay: number | undefined;
  #next = 0;

  /** `fixedDelay`: samples behind the clock, or the writer's advice when left out. */
  constructor(memory: SharedArrayBuffer, fixedDelay?: number) {
    this.#ring = new Ring(memory);
    this.#fixedDelay = fixedDelay;
  }

  get law(): Law {
    return this.#ring.words[LAW_WORD] === 0 ? 'PCMU' : 'PCMA';
  }

  get isClosed(): boolean {
    return this.#ring.words[CLOSED_WORD] === 1;
  }

  /**
   * The listener's way: the next `count` samples for the tick at position `now`, as codes of `law` into `out` at `offset`.
   * False when nothing at all arrived in that stretch; `out` is then untouched.
   */
  hear(now: number, count: number, law: Law, out: Uint8Array, offset: number): boolean {
    const from = this.#step(now, count);
    if (!this.#anyArrived(from, count)) return false;
    const { bytes, cells } = this.#ring;
    const convert = convertTable(this.law, law);
    const silence = silenceByte(law);
    let at = from;
    for (let i = 0; i < count; ) {
      const cell = Math.floor(at / CELL_SAMPLES);
      const until = Math.min(count, i + (cell + 1) * CELL_SAMPLES - at);
      const isHere = cells[cell % RING_CELLS] === cellMark(cell);
      let place = at % RING_SAMPLES;
      at += until - i;
      for (; i < until; i++, place++) out[offset + i] = isHere ? (convert[bytes[place] ?? 0] ?? silence) : silence;
    }
    return true;
  }

  /** The recorder's way: the 10 ms cell `cell` added to `sum`; false when nothing arrived in it. */
  addCell(cell: number, decode: Int16Array, sum: Int32Array): boolean {
    const { bytes, cells } = this.#ring;
    if (cells[cell % RING_CELLS] !== cellMark(cell)) return false;
    const start = (cell % RING_CELLS) * CELL_SAMPLES;
    for (let i = 0; i < CELL_SAMPLES; i++) {
      sum[i] = (sum[i] ?? 0) + (decode[bytes[start + i] ?? 0] ?? 0);
    }
    return true;
  }

  /** Where this tick begins to read: straight on, or anew when the speaker's delay has moved away. */
  #step(now: number, count: number): number {
    const wanted = now - (this.#fixedDelay ?? this.#ring.words[DELAY_WORD] ?? 0);
    if (Math.abs(wanted - this.#next) > SLIP_SAMPLES) this.#next = wanted;
    const from = this.#next;
    this.#next += count;
    return from;
  }

  #anyArrived(from: number, count: number): boolean {
    const { cells } = this.#ring;
    const last = Math.floor((from + count - 1) / CELL_SAMPLES);
    for (let cell = Math.floor(from / CELL_SAMPLES); cell <= last; cell++) {
      if (cells[cell % RING_CELLS] === cellMark(cell)) return true;
    }
    return false;
  }
}

export const CELL = { samples: CELL_SAMPLES, ms: CELL_SAMPLES / SAMPLES_PER_MS } as const;
