/** Telephone events (RFC 4733 section 2.3): digits as numbers and their four payload bytes. */

const DIGITS = '0123456789*#ABCD';

export const EVENT_BYTES = 4;

/** What our side puts into the volume field: -10 dBm0. */
const VOLUME = 10;
const END = 0x80;

/** The digit of an event number, undefined for events that are no digits. */
export function digitOf(event: number): string | undefined {
  return DIGITS[event];
}

/** The event number of a digit, undefined for anything else. */
export function eventOf(digit: string): number | undefined {
  const event = DIGITS.indexOf(digit);
  return digit.length === 1 && event >= 0 ? event : undefined;
}

/** `duration` in samples, at most 65,535. */
export function writeEvent(out: Uint8Array, at: number, event: number, end: boolean, duration: number): void {
  const capped = Math.min(duration, 0xffff);
  out[at] = event;
  out[at + 1] = (end ? END : 0) | VOLUME;
  out[at + 2] = capped >>> 8;
  out[at + 3] = capped;
}

export function isEnd(data: Uint8Array, at: number): boolean {
  return ((data[at + 1] ?? 0) & END) !== 0;
}

export function durationOf(data: Uint8Array, at: number): number {
  return ((data[at + 2] ?? 0) << 8) | (data[at + 3] ?? 0);
}
