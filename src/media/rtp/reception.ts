/** What is known about a received stream: order, loss and jitter (RFC 3550 appendices A.1, A.3, A.8). */

/** A forward jump below this is loss; a step back by less than `MAX_MISORDER` is a late packet; anything else is a restart. */
const MAX_DROPOUT = 3_000;
const MAX_MISORDER = 100;
const SEQUENCE_SPACE = 65_536;
const NO_SEQUENCE = -1;

export interface ReceptionCounts {
  received: number;
  expected: number;
}

export type SequenceVerdict = 'inOrder' | 'late' | 'repeated' | 'jumped';

/** Counts one sender's packets; a new SSRC or a confirmed sequence jump begins a new stream whose counts add to the old. */
export class Reception {
  #started = false;
  #base = 0;
  #highest = 0;
  #cycles = 0;
  #jumpTo = NO_SEQUENCE;
  #received = 0;
  #closedReceived = 0;
  #closedExpected = 0;
  #transit = 0;
  #jitter = 0;
  #hasTransit = false;
  #markReceived = 0;
  #markExpected = 0;

  /** Starts anew: another SSRC, or another source. */
  restart(): void {
    this.#closedReceived += this.#received;
    this.#closedExpected += this.#expectedNow();
    this.#received = 0;
    this.#started = false;
    this.#hasTransit = false;
  }

  /** `arrival` in timestamp units (8 per ms). `jumped`: not to be used, it may be a stray; the next one in line confirms a restart. */
  take(sequence: number, timestamp: number, arrival: number): SequenceVerdict {
    if (!this.#started) {
      this.#begin(sequence);
    } else {
      const verdict = this.#order(sequence);
      if (verdict !== 'inOrder') {
        if (verdict === 'late') this.#received++;
        return verdict;
      }
    }
    this.#received++;
    this.#measure(timestamp, arrival);
    return 'inOrder';
  }

  #begin(sequence: number): void {
    this.#started = true;
    this.#base = sequence;
    this.#highest = sequence;
    this.#cycles = 0;
    this.#jumpTo = NO_SEQUENCE;
  }

  #order(sequence: number): SequenceVerdict {
    const ahead = (sequence - this.#highest) & 0xffff;
    if (ahead === 0) return 'repeated';
    if (ahead < MAX_DROPOUT) {
      if (sequence < this.#highest) this.#cycles += SEQUENCE_SPACE;
      this.#highest = sequence;
      return 'inOrder';
    }
    if (ahead > SEQUENCE_SPACE - MAX_MISORDER) return 'late';
    if (sequence !== this.#jumpTo) {
      this.#jumpTo = (sequence + 1) & 0xffff;
      return 'jumped';
    }
    this.restart();
    this.#begin(sequence);
    return 'inOrder';
  }

  #measure(timestamp: number, arrival: number): void {
    const transit = (arrival - timestamp) | 0;
    if (this.#hasTransit) {
      const difference = Math.abs((transit - this.#transit) | 0);
      // A jump of the timestamp line (a new talk spurt of some phones) says nothing about the network.
      if (difference < 8_000) this.#jitter += (difference - this.#jitter) / 16;
    }
    this.#transit = transit;
    this.#hasTransit = true;
  }

  #expectedNow(): number {
    return this.#started ? this.#cycles + this.#highest - this.#base + 1 : 0;
  }

  /** Smoothed, in timestamp units. */
  get jitter(): number {
    return this.#jitter;
  }

  get extendedHighest(): number {
    return (this.#cycles + this.#highest) >>> 0;
  }

  get received(): number {
    return this.#closedReceived + this.#received;
  }

  get lost(): number {
    return this.#closedExpected + this.#expectedNow() - this.received;
  }

  /** What came and what should have come since the last call. */
  takeInterval(): ReceptionCounts {
    const expected = this.#closedExpected + this.#expectedNow();
    const counts = { received: this.received - this.#markReceived, expected: expected - this.#markExpected };
    this.#markReceived = this.received;
    this.#markExpected = expected;
    return counts;
  }
}
