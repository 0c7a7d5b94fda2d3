/** How long an answer counts for the pace of a queue, in ms, and how many are needed to say anything. */
const REMEMBERED_MS = 3_600_000;
const FEWEST = 3;
const MOST = 50;

/**
 * How fast callers of one queue are answered. A caller who comes now waits as long as those before them and they themselves take at
 * the pace of the last hour: (waiting + 1) times the mean time between answers. Where fewer than three were answered in
 * that hour nothing is known.
 */
export class Pace {
  readonly #answeredAt: number[] = [];

  answered(at: number): void {
    this.#answeredAt.push(at);
    if (this.#answeredAt.length > MOST) this.#answeredAt.shift();
  }

  /** In ms; undefined when nothing is known to go by. */
  estimate(waiting: number, now: number): number | undefined {
    const recent = this.#answeredAt.filter((at) => now - at <= REMEMBERED_MS);
    const [first] = recent;
    if (first === undefined || recent.length < FEWEST) return undefined;
    return Math.round(((waiting + 1) * (now - first)) / recent.length);
  }
}
