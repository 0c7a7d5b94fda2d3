import { SAMPLES_PER_MS } from '../codec/g711.ts';

/**
 * Places packets on the shared clock by their RTP timestamps: the first packet of a stream lies where it arrived, the
 * others where their timestamps put them relative to it. Lateness against that line tells how far behind a listener
 * has to read; a line that has run away (another clock, a new talk spurt, a restart) is laid anew.
 */

/** How far a packet may lie from its arrival before the line is laid anew. */
const LOST_LINE_SAMPLES = 180 * SAMPLES_PER_MS;
/** Every packet of a window this late: the first one was early by luck, or the sender's clock is slow. */
const SLIP_BACK_SAMPLES = 20 * SAMPLES_PER_MS;
const WINDOW_PACKETS = 100;

const LEAST_DELAY_SAMPLES = 30 * SAMPLES_PER_MS;
const MOST_DELAY_SAMPLES = 200 * SAMPLES_PER_MS;
/** The frame being received lies wholly in the past only this long after it began. */
const FRAME_SAMPLES = 20 * SAMPLES_PER_MS;
const MARGIN_SAMPLES = 8 * SAMPLES_PER_MS;

export class Anchor {
  #offset = 0;
  #isSet = false;
  #count = 0;
  #leastLate = Number.POSITIVE_INFINITY;
  #mostLate = 0;
  #lastMostLate = 0;
  /** Nothing is known of the network yet: a little more than the least. */
  #delay = LEAST_DELAY_SAMPLES + MARGIN_SAMPLES;
  #lastTimestamp = 0;
  #unwrapped = 0;

  /** A new stream: the next packet lies where it arrives. */
  reset(): void {
    this.#isSet = false;
  }

  /** The delay that listeners should keep, in samples. */
  get delay(): number {
    return this.#delay;
  }

  /** The position of a packet with `timestamp` that arrives at position `now`. */
  place(timestamp: number, now: number): number {
    const unwrapped = this.#unwrap(timestamp);
    if (!this.#isSet || Math.abs(now - (unwrapped + this.#offset)) > LOST_LINE_SAMPLES) {
      this.#isSet = true;
      this.#offset = now - unwrapped;
      this.#count = 0;
      this.#leastLate = Number.POSITIVE_INFINITY;
      this.#mostLate = 0;
    }
    const late = now - (unwrapped + this.#offset);
    this.#learn(late);
    return unwrapped + this.#offset;
  }

  #unwrap(timestamp: number): number {
    this.#unwrapped += (timestamp - this.#lastTimestamp) | 0;
    this.#lastTimestamp = timestamp;
    return this.#unwrapped;
  }

  #learn(late: number): void {
    if (late < this.#leastLate) this.#leastLate = late;
    if (late > this.#mostLate) {
      this.#mostLate = late;
      this.#settle();
    }
    if (++this.#count < WINDOW_PACKETS) return;
    if (this.#leastLate > SLIP_BACK_SAMPLES || this.#leastLate < -SLIP_BACK_SAMPLES) {
      this.#offset += this.#leastLate;
      this.#mostLate -= this.#leastLate;
    }
    this.#lastMostLate = this.#mostLate;
    this.#count = 0;
    this.#leastLate = Number.POSITIVE_INFINITY;
    this.#mostLate = 0;
    this.#settle();
  }

  /** Grows at once with a late packet, shrinks only when two windows in a row were calm. */
  #settle(): void {
    const wanted = FRAME_SAMPLES + MARGIN_SAMPLES + Math.max(this.#mostLate, this.#lastMostLate);
    this.#delay = Math.min(MOST_DELAY_SAMPLES, Math.max(LEAST_DELAY_SAMPLES, wanted));
  }
}
