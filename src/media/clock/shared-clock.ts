/**
 * The clock that all threads of the program share, in ms with fractions: the machine's monotonic clock, counted from
 * the moment the program began so that sample positions stay small numbers.
 */
export type SharedClock = () => number;

function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}

/** The zero that a program hands to its threads. */
export function newEpochMs(): number {
  return monotonicMs();
}

/** `performance.now()` has another zero in each thread; this takes the difference once. */
export function sharedClock(epochMs: number): SharedClock {
  const difference = monotonicMs() - performance.now() - epochMs;
  return () => performance.now() + difference;
}
