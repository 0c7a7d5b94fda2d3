import { SAMPLES_PER_MS } from '../codec/g711.ts';
import { digitOf, durationOf, EVENT_BYTES, isEnd } from './event.ts';

/**
 * RFC 4733 in. An event is known by its timestamp: repeats and late packets of one event are the same digit. It is
 * told once, at its first end packet; when all of those were lost, by the next event or by silence.
 */

/** No packet of a running event for this long, in ms: its end was lost. */
const EVENT_LOST_MS = 160;
/** A key held for more than 65,535 samples continues as a new segment with this step of the timestamp (section 2.5.1.3). */
const SEGMENT_SAMPLES = 0xffff;

export type OnDigit = (digit: string, durationMs: number) => void;

export class DigitReceiver {
  readonly #onDigit: OnDigit;
  #running = false;
  #event = 0;
  #timestamp = 0;
  #duration = 0;
  #earlierSegments = 0;
  #heardAtMs = 0;
  #hasEnded = false;
  #endedTimestamp = 0;

  constructor(onDigit: OnDigit) {
    this.#onDigit = onDigit;
  }

  /** True while a key is held. */
  get isHeld(): boolean {
    return this.#running;
  }

  /** A telephone-event payload; one that is too short or names no digit is ignored. */
  take(data: Uint8Array, start: number, end: number, timestamp: number, nowMs: number): void {
    if (end - start < EVENT_BYTES) return;
    const event = data[start] ?? 0;
    if (digitOf(event) === undefined || this.#isOld(timestamp)) return;
    if (this.#running && timestamp !== this.#timestamp) this.#nextEvent(event, timestamp);
    if (!this.#running) this.#begin(event, timestamp);
    this.#duration = Math.max(this.#duration, durationOf(data, start));
    this.#heardAtMs = nowMs;
    if (isEnd(data, start)) this.#finish();
  }

  /** To be called now and then, so that a digit whose end was lost is told. */
  checkLost(nowMs: number): void {
    if (this.#running && nowMs - this.#heardAtMs >= EVENT_LOST_MS) this.#finish();
  }

  #isOld(timestamp: number): boolean {
    if (this.#running) return ((timestamp - this.#timestamp) | 0) < 0;
    return this.#hasEnded && ((timestamp - this.#endedTimestamp) | 0) <= 0;
  }

  #nextEvent(event: number, timestamp: number): void {
    const isSegment = event === this.#event && ((timestamp - this.#timestamp) | 0) === SEGMENT_SAMPLES;
    if (!isSegment) {
      this.#finish();
      return;
    }
    this.#earlierSegments += SEGMENT_SAMPLES;
    this.#timestamp = timestamp;
    this.#duration = 0;
  }

  #begin(event: number, timestamp: number): void {
    this.#running = true;
    this.#event = event;
    this.#timestamp = timestamp;
    this.#duration = 0;
    this.#earlierSegments = 0;
  }

  #finish(): void {
    this.#running = false;
    this.#hasEnded = true;
    this.#endedTimestamp = this.#timestamp;
    const digit = digitOf(this.#event);
    if (digit !== undefined)
      this.#onDigit(digit, Math.round((this.#earlierSegments + this.#duration) / SAMPLES_PER_MS));
  }

  /** Another stream with its own timestamps begins; a running digit is told. */
  restart(): void {
    if (this.#running) this.#finish();
    this.#hasEnded = false;
  }
}
