import { type Machine, step } from '../../shared/machine.ts';
import type { Clock } from '../../shared/time.ts';
import type { TransactionEffect } from './machine-words.ts';

/** A transaction has two timers at most: one that sends again, one that ends a state. */
interface Timers {
  stopResend: (() => void) | undefined;
  stopEnd: (() => void) | undefined;
}

type TimerEvent = { kind: 'resendDue' } | { kind: 'endDue' };

/**
 * Runs a transaction table: takes one event at a time and performs what its arrow orders, in order. Events that arise
 * while an event is being performed wait their turn.
 */
export abstract class TransactionDriver<S extends { kind: string }, Ev extends { kind: string }> {
  #machine: Machine<S, Ev, TransactionEffect>;
  #state: S;
  #clock: Clock;
  #timers: Timers = { stopResend: undefined, stopEnd: undefined };
  #busy = false;
  #queue: Ev[] = [];

  constructor(machine: Machine<S, Ev, TransactionEffect>, start: S, clock: Clock) {
    this.#machine = machine;
    this.#state = start;
    this.#clock = clock;
  }

  get state(): S['kind'] {
    return this.#state.kind;
  }

  /** Performs everything but the timers. */
  protected abstract perform(effect: TransactionEffect): void;

  /** True when the event meant something in the present state (an event that has to wait counts as meaningful). */
  protected take(event: Ev): boolean {
    if (this.#busy) {
      this.#queue.push(event);
      return true;
    }
    this.#busy = true;
    try {
      const moved = this.#advance(event);
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) this.#advance(next);
      return moved;
    } finally {
      this.#busy = false;
    }
  }

  /** Drops both timers; for a server that shuts down. */
  protected stopTimers(): void {
    this.#timers.stopResend?.();
    this.#timers.stopEnd?.();
    this.#timers = { stopResend: undefined, stopEnd: undefined };
  }

  protected endAfter(ms: number): void {
    this.#timers.stopEnd?.();
    this.#timers.stopEnd = this.#clock.after(ms, () => this.#fire({ kind: 'endDue' }));
  }

  #advance(event: Ev): boolean {
    const move = step(this.#machine, this.#state, event);
    this.#state = move.state;
    for (const effect of move.effects) this.#order(effect);
    return move.moved;
  }

  #order(effect: TransactionEffect): void {
    switch (effect.do) {
      case 'resendAfter':
        this.#timers.stopResend?.();
        this.#timers.stopResend = this.#clock.after(effect.ms, () => this.#fire({ kind: 'resendDue' }));
        return;
      case 'stopResending':
        this.#timers.stopResend?.();
        this.#timers.stopResend = undefined;
        return;
      case 'endAfter':
        this.endAfter(effect.ms);
        return;
      case 'stopEnding':
        this.#timers.stopEnd?.();
        this.#timers.stopEnd = undefined;
        return;
      default:
        this.perform(effect);
    }
  }

  // Both timer events belong to every table's events; only the type variable hides it.
  #fire(event: TimerEvent): void {
    this.take(event as unknown as Ev);
  }
}
