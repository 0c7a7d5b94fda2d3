/**
 * The pool of port pairs: RTP on the even port, RTCP on the one above. Pairs go round in the order they came back and
 * rest a while after use, so that a caller never hears packets that were meant for the one before.
 */
export const PORT_REST_MS = 5_000;

export class PortPool {
  readonly #free: { port: number; restsUntilMs: number }[] = [];
  readonly #taken = new Set<number>();

  /** `min` to `max` inclusive. */
  constructor(min: number, max: number) {
    for (let port = min + (min % 2); port + 1 <= max; port += 2) this.#free.push({ port, restsUntilMs: 0 });
  }

  /** The even port of a pair, or undefined when every pair is in use or resting. */
  take(nowMs: number): number | undefined {
    const first = this.#free[0];
    if (!first || first.restsUntilMs > nowMs) return undefined;
    this.#free.shift();
    this.#taken.add(first.port);
    return first.port;
  }

  /** Gives a pair back; giving it back twice does nothing. */
  release(port: number, nowMs: number): void {
    if (!this.#taken.delete(port)) return;
    this.#free.push({ port, restsUntilMs: nowMs + PORT_REST_MS });
  }

  get inUse(): number {
    return this.#taken.size;
  }
}
