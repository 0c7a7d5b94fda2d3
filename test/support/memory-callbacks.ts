import type { Callback, CallbackOutcome, CallbackStore, CallbackWish } from '../../src/calls/callback-store.ts';
import { ParleyError } from '../../src/shared/errors.ts';

/** A store of callbacks at its port: what it holds outlives the centre that uses it. */
export class MemoryCallbacks implements CallbackStore {
  readonly ended = new Map<string, { outcome: CallbackOutcome; result: string | undefined }>();
  isAway = false;
  readonly #open = new Map<string, Callback>();
  readonly #now: () => number;
  #count = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  get list(): readonly Callback[] {
    return [...this.#open.values()].sort((a, b) => a.since - b.since);
  }

  async book(wish: CallbackWish): Promise<{ callback: Callback; isNew: boolean }> {
    this.#mustBeHere();
    const known = this.list.find(({ queue, number }) => queue === wish.queue && number === wish.number);
    const now = this.#now();
    this.#count += 1;
    const callback: Callback = known
      ? { ...known, since: Math.min(known.since, wish.since), priority: Math.max(known.priority, wish.priority) }
      : { ...wish, callbackId: `callback-${this.#count}`, bookedAt: now, attempts: 0, dueAt: now };
    this.#open.set(callback.callbackId, callback);
    return { callback, isNew: !known };
  }

  async open(): Promise<Callback[]> {
    this.#mustBeHere();
    return [...this.list];
  }

  async begin(callbackId: string, attempt: number, nextAt: number): Promise<boolean> {
    this.#mustBeHere();
    const known = this.#open.get(callbackId);
    if (known?.attempts !== attempt - 1) return false;
    this.#open.set(callbackId, { ...known, attempts: attempt, dueAt: nextAt });
    return true;
  }

  async missed(): Promise<void> {
    this.#mustBeHere();
  }

  async finish(callbackId: string, outcome: CallbackOutcome, result?: string): Promise<void> {
    this.#mustBeHere();
    if (this.#open.delete(callbackId)) this.ended.set(callbackId, { outcome, result });
  }

  async cancel(callbackId: string): Promise<boolean> {
    const isOpen = this.#open.has(callbackId);
    await this.finish(callbackId, 'cancelled');
    return isOpen;
  }

  #mustBeHere(): void {
    if (this.isAway) throw new ParleyError('store.unreachable');
  }
}
