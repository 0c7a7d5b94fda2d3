import { ParleyError } from '../shared/errors.ts';
import { CallbackCall, type CallbackCallDeps, type CallbackCallEvents } from './callback-call.ts';
import type { Callback, CallbackOutcome, CallbackStore, CallbackWish } from './callback-store.ts';
import type { WriteFact } from './facts.ts';
import type { CallbackOrder } from './flow-outside.ts';
import type { CallbackRules, QueueEntrance } from './queue-port.ts';

export interface CallbacksDeps extends CallbackCallDeps {
  store: CallbackStore;
  queues: Pick<QueueEntrance, 'callbackRules' | 'keep'>;
  /** Counts a call among those that run; what it gives back is called when it is over. */
  running(callId: string, end: CallbackCall['end']): () => void;
}

/** The call in which somebody books. */
export interface Booker extends Pick<CallbackWish, 'bookedIn' | 'calledNumber' | 'callerName' | 'path' | 'mayRecord'> {
  write: WriteFact;
}

/** How often is looked for callbacks that have become due, or that other nodes have booked or made, in ms. */
const LOOK_EVERY_MS = 5_000;

/** Keeps callbacks from the booking to their end: each that is due has a place in its queue, and comes back until it was tried enough. */
export class Callbacks {
  readonly #deps: CallbacksDeps;
  readonly #stays = new Map<string, CallbackCall>();
  /** Ends that the store could not be told yet. */
  readonly #untold = new Map<string, { outcome: CallbackOutcome; result?: string }>();
  #cancelLook: () => void = () => {};
  #isLooking = false;
  #isClosed = false;

  constructor(deps: CallbacksDeps) {
    this.#deps = deps;
  }

  /** Takes up what is booked, and goes on looking. Resolves after the first look; never rejects. */
  async start(): Promise<void> {
    await this.#look();
  }

  /**
   * Books; resolves once it outlives the program. Rejects with `flow.broken` when there is no such queue, `trunk.notPermitted` when no
   * trunk may call the number, `request.tooMany` when as many are open as may wait in the queue, `store.unreachable`.
   */
  async book({ queue, number, ...order }: CallbackOrder, { write, ...booker }: Booker): Promise<void> {
    const { queues, outbound, store } = this.#deps;
    const rules = queues.callbackRules(queue);
    if (!rules) throw new ParleyError('flow.broken', { queue }, { text: 'There is no such queue' });
    if (!outbound.reaches(number)) throw new ParleyError('trunk.notPermitted');
    const open = (await store.open()).filter((one) => one.queue === queue);
    if (open.length >= rules.mostOpen && !open.some((one) => one.number === number))
      throw new ParleyError('request.tooMany', { queue }, { text: 'Too many callbacks are booked' });
    const { callback, isNew } = await store.book({ queue, number, ...order, ...booker });
    const { callbackId } = callback;
    write({ type: 'callbackBooked', callbackId, queue, number, merged: !isNew });
    this.#moved(callback);
  }

  /** All that are not at their end, those with the longest wait first. Rejects with `store.unreachable`. */
  open(): Promise<Callback[]> {
    return this.#deps.store.open();
  }

  /** Takes one back for somebody, also while it is dialled; false when there is none open. Rejects with `store.unreachable`. */
  async cancel(callbackId: string, actor: string): Promise<boolean> {
    const isCancelled = await this.#deps.store.cancel(callbackId, actor);
    if (isCancelled) this.#stays.get(callbackId)?.end('system', 'cancelled');
    return isCancelled;
  }

  /** Takes all that only wait out of their queues; what rings or talks goes on. */
  close(): void {
    this.#isClosed = true;
    this.#cancelLook();
    for (const stay of [...this.#stays.values()]) if (!stay.isBusy) stay.end('system', 'program stopped');
  }

  /** A place that has become better is taken anew, unless a desk rings for it. */
  #moved(callback: Callback): void {
    const stay = this.#stays.get(callback.callbackId);
    if (stay?.isIdle) stay.end('system', 'booked again');
    this.#consider(callback);
  }

  async #look(): Promise<void> {
    if (this.#isLooking || this.#isClosed) return;
    this.#isLooking = true;
    try {
      await this.#tellUntold();
      const open = await this.#deps.store.open();
      const ids = new Set(open.map(({ callbackId }) => callbackId));
      for (const [callbackId, stay] of this.#stays)
        if (!ids.has(callbackId) && !stay.isBusy) stay.end('system', 'called by another node');
      for (const callback of open) this.#consider(callback);
    } catch (error) {
      this.#deps.log.warn({ error: String(error) }, 'callbacks could not be looked for');
    }
    this.#isLooking = false;
    if (!this.#isClosed) this.#cancelLook = this.#deps.clock.after(LOOK_EVERY_MS, () => void this.#look());
  }

  #consider(callback: Callback): void {
    const { callbackId, queue, bookedAt, attempts, dueAt } = callback;
    if (this.#isClosed || this.#stays.has(callbackId) || this.#untold.has(callbackId)) return;
    const rules = this.#deps.queues.callbackRules(queue);
    if (!rules) {
      this.#deps.log.warn({ callbackId, queue }, 'a callback waits for a queue that is not there');
      return;
    }
    const now = this.#deps.clock.now();
    if (now < dueAt) return;
    if (attempts >= rules.attempts) this.#finish(callbackId, { outcome: 'notReached' });
    else if (now >= bookedAt + rules.withinMs) this.#finish(callbackId, { outcome: 'expired' });
    else this.#enter(callback, rules, bookedAt + rules.withinMs - now);
  }

  #enter(callback: Callback, rules: CallbackRules, maxWaitMs: number): void {
    const { callbackId, queue, priority, skills, since } = callback;
    const stay: CallbackCall = new CallbackCall(
      this.#deps,
      callback,
      rules,
      this.#eventsOf(callback, rules, () => stay),
    );
    this.#stays.set(callbackId, stay);
    const place = this.#deps.queues.keep({ queue, priority, skills, since, maxWaitMs }, stay, {
      answered: () => {},
      // A talk that ended tells so itself; what is left is the longest wait.
      ended: (outcome) => {
        if (outcome === 'agentEnded') return;
        this.#finish(callbackId, { outcome: 'expired' });
        stay.end('system', 'waited too long');
      },
    });
    stay.waitIn(place);
  }

  #eventsOf(callback: Callback, rules: CallbackRules, stay: () => CallbackCall): CallbackCallEvents {
    const { callbackId } = callback;
    const { store, clock, running } = this.#deps;
    let left = (): void => {};
    let nextAt = 0;
    return {
      begin: (attempt) => {
        nextAt = clock.now() + rules.everyMs;
        return store.begin(callbackId, attempt, nextAt);
      },
      started: () => {
        const call = stay();
        left = running(call.callId, (by, reason) => call.end(by, reason));
      },
      reached: () => this.#finish(callbackId, { outcome: 'reached', result: 'reached' }),
      missed: (attempt, result) => {
        if (attempt < rules.attempts) {
          store.missed(callbackId, result).catch((error: unknown) => this.#storeFailed(callbackId, error));
          return nextAt;
        }
        this.#finish(callbackId, { outcome: 'notReached', result });
        return undefined;
      },
      cutOff: () => this.#bookAgain(callback),
      over: () => {
        if (this.#stays.get(callbackId) === stay()) this.#stays.delete(callbackId);
        left();
      },
    };
  }

  /** Someone who was cut off by no fault of theirs is called again, at the place they had. */
  #bookAgain({ callbackId, bookedAt: _, attempts: __, dueAt: ___, ...wish }: Callback): void {
    this.#deps.store.book(wish).then(
      ({ callback }) => this.#moved(callback),
      (error: unknown) => this.#storeFailed(callbackId, error),
    );
  }

  #finish(callbackId: string, end: { outcome: CallbackOutcome; result?: string }): void {
    this.#untold.set(callbackId, end);
    this.#deps.log.info({ callbackId, ...end }, 'callback ended');
    this.#tellUntold().catch((error: unknown) => this.#storeFailed(callbackId, error));
  }

  async #tellUntold(): Promise<void> {
    for (const [callbackId, { outcome, result }] of [...this.#untold]) {
      await this.#deps.store.finish(callbackId, outcome, result);
      this.#untold.delete(callbackId);
    }
  }

  #storeFailed(callbackId: string, error: unknown): void {
    this.#deps.log.warn({ callbackId, error: String(error) }, 'the store of callbacks was not told');
  }
}
