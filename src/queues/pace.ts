/** How long an answered caller counts, in ms, how many are needed to say anything, and how many are looked at. */
const REMEMBERED_MS = 3_600_000;
const FEWEST = 3;
const MOST = 50;

/** A caller who had to wait and was answered. */
export interface Answered {
  at: number;
  waitedMs: number;
  /** Their place when they came, 1 for the first in line. */
  place: number;
}

/**
 * How fast the line of one queue moves. A caller who comes now waits (waiting + 1) times the time that one place took: the waits of
 * the last hour, at most fifty, divided by the places that those callers had to move up. Whoever found an agent free says
 * nothing about that. Where fewer than three had to wait in that hour nothing is known.
 */
export class Pace {
  readonly #answered: Answered[] = [];

  answered(one: Answered): void {
    this.#answered.push(one);
    if (this.#answered.length > MOST) this.#answered.shift();
  }

  /** In ms; undefined when nothing is known to go by. */
  estimate(waiting: number, now: number): number | undefined {
    const recent = this.#answered.filter(({ at }) => now - at <= REMEMBERED_MS);
    if (recent.length < FEWEST) return undefined;
    const waitedMs = recent.reduce((sum, one) => sum + one.waitedMs, 0);
    const places = recent.reduce((sum, one) => sum + one.place, 0);
    return Math.round((waiting + 1) * (waitedMs / places));
  }
}
