import type { Clock } from '../../shared/time.ts';

const EVERY_MS = 5_000;
/** Questions without an answer, one after the other, until the other side counts as silent: it had 20 to 25 s. */
const UNANSWERED = 4;

export interface HeartbeatDeps {
  /** Asks for a sign of life. */
  ask: (answered: () => void) => void;
  /** Told whenever it changes. */
  changed: (isAlive: boolean) => void;
  clock: Clock;
}

/**
 * Asks again and again whether the other side is still there: a connection can stand for hours with nobody awake at its end. Questions
 * are counted, not time, so that a stall of our own does not look like one of theirs.
 */
export class Heartbeat {
  readonly #deps: HeartbeatDeps;
  #unanswered = 0;
  #isAlive = true;
  #cancel: () => void = () => {};

  constructor(deps: HeartbeatDeps) {
    this.#deps = deps;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Begins anew, with somebody who is alive. */
  start(): void {
    this.stop();
    this.#unanswered = 0;
    this.#isAlive = true;
    this.#beat();
  }

  stop(): void {
    this.#cancel();
  }

  #beat(): void {
    const { ask, clock } = this.#deps;
    if (this.#unanswered >= UNANSWERED) this.#become(false);
    this.#unanswered += 1;
    ask(() => {
      this.#unanswered = 0;
      this.#become(true);
    });
    // Answers get their turn before the next question, so that a clock that leaps ahead does not run through all of them at once.
    const turn = setImmediate(() => {
      this.#cancel = clock.after(EVERY_MS, () => this.#beat());
    });
    this.#cancel = () => clearImmediate(turn);
  }

  #become(isAlive: boolean): void {
    if (this.#isAlive === isAlive) return;
    this.#isAlive = isAlive;
    this.#deps.changed(isAlive);
  }
}
