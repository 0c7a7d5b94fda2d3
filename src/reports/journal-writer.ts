import { randomBytes } from 'node:crypto';
import { failureCode } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';
import type { FactSpill, FactStore, KeyedFact } from './fact-store.ts';
import type { CallFact, CallJournal } from './journal.ts';

/** Facts stored in one transaction at most. */
const BATCH = 500;
/**
 * After a transaction the next one gathers facts, unless someone waits for it: for so long for each fact of the last one, so that
 * a fact after a quiet moment is stored at once, and a busy hour costs some ten transactions a second.
 */
const GATHER_MS_PER_FACT = 25;
const LONGEST_GATHER_MS = 100;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;
/** Facts kept in memory when neither the store nor the spill takes any; what comes beyond is lost, and said so. */
const MEMORY_LIMIT = 100_000;

export interface JournalDeps {
  store: FactStore;
  spill: FactSpill;
  clock: Clock;
  log: Logger;
}

export interface ClosableJournal extends CallJournal {
  /** Stores what is left, waiting `withinMs` at most; the rest is in the spill and is stored at the next start. */
  close(withinMs?: number): Promise<void>;
}

/**
 * Stores facts in the order they were written, those of a moment in one transaction. When the store fails, facts go to the spill and from there to the store once it is back.
 */
export function createJournal(deps: JournalDeps): ClosableJournal {
  return new JournalWriter(deps);
}

class JournalWriter implements ClosableJournal {
  readonly #deps: JournalDeps;
  readonly #run = randomBytes(6).toString('hex');
  #waiting: KeyedFact[] = [];
  /** Taken out of `#waiting`, and on the way to the store. */
  #underWay: KeyedFact[] = [];
  #written: number;
  #stored = 0;
  #lost = 0;
  #spilling: Promise<boolean> = Promise.resolve(true);
  #failures = 0;
  #nextTryAt = 0;
  #running = false;
  #closed = false;
  /** Wakes the loop out of its pause between two tries. */
  #wake: () => void = () => undefined;
  /** Ends the gathering of facts before its time. */
  #hurry: () => void = () => undefined;
  #flushes: { upTo: number; resolve: () => void }[] = [];

  constructor(deps: JournalDeps) {
    this.#deps = deps;
    this.#written = deps.spill.size;
    if (deps.spill.size > 0) {
      deps.log.warn({ facts: deps.spill.size }, 'storing facts that were left waiting');
      this.#start();
    }
  }

  write(fact: CallFact): void {
    if (this.#closed || this.#waiting.length >= MEMORY_LIMIT) {
      this.#lost += 1;
      this.#deps.log.error({ lost: this.#lost, callId: fact.callId, type: fact.type }, 'a fact of a call is lost');
      return;
    }
    this.#written += 1;
    this.#waiting.push({ key: `${this.#run}-${this.#written.toString(36)}`, fact: copyOf(fact) });
    this.#wake();
    if (this.#waiting.length >= BATCH) this.#hurry();
    this.#start();
  }

  flushed(): Promise<void> {
    const upTo = this.#written;
    if (this.#stored >= upTo) return Promise.resolve();
    return new Promise((resolve) => {
      this.#flushes.push({ upTo, resolve });
      this.#hurry();
    });
  }

  async close(withinMs = 5_000): Promise<void> {
    let cancel: () => void = () => undefined;
    const late = new Promise<void>((resolve) => {
      cancel = this.#deps.clock.after(withinMs, resolve);
    });
    await Promise.race([this.flushed(), late]);
    cancel();
    this.#closed = true;
    this.#wake();
    this.#hurry();
    // What the store has not confirmed is kept as well: storing it twice does no harm.
    this.#waiting = [...this.#underWay, ...this.#waiting];
    await this.#spilling;
    await this.#spillWaiting();
    const left = this.#deps.spill.size;
    if (left > 0) this.#deps.log.warn({ facts: left }, 'facts wait for the next start');
  }

  #start(): void {
    if (this.#running || this.#closed) return;
    this.#running = true;
    // Facts written in one tick go into one transaction.
    queueMicrotask(() => void this.#work());
  }

  async #work(): Promise<void> {
    while (!this.#closed && (this.#waiting.length > 0 || this.#deps.spill.size > 0)) {
      try {
        if (this.#failures === 0 && this.#deps.spill.size === 0) await this.#storeWaiting();
        else await this.#storeSpilled();
      } catch (error) {
        this.#deps.log.error({ err: error }, 'the waiting facts cannot be read or removed');
        this.#failed();
      }
    }
    this.#running = false;
  }

  async #storeWaiting(): Promise<void> {
    const batch = this.#waiting.splice(0, BATCH);
    this.#underWay = batch;
    const stored = await this.#append(batch);
    this.#underWay = [];
    if (!stored) {
      if (!this.#closed) this.#waiting.unshift(...batch);
      return;
    }
    this.#progress(batch.length);
    await this.#gather(Math.min(GATHER_MS_PER_FACT * batch.length, LONGEST_GATHER_MS));
  }

  async #gather(forMs: number): Promise<void> {
    if (this.#closed || this.#flushes.length > 0 || this.#waiting.length >= BATCH) return;
    let cancel: () => void = () => undefined;
    await new Promise<void>((resolve) => {
      this.#hurry = resolve;
      cancel = this.#deps.clock.after(forMs, resolve);
    });
    this.#hurry = () => undefined;
    cancel();
  }

  async #storeSpilled(): Promise<void> {
    const { clock, spill, log } = this.#deps;
    const spilled = await this.#spillWaiting();
    const pauseMs = this.#nextTryAt - clock.now();
    if (pauseMs > 0) return this.#pause(pauseMs, spilled);
    if (spill.size === 0) return this.#storeWaiting();
    const batch = await spill.oldest(BATCH);
    if (!(await this.#append(batch))) return;
    await spill.drop(batch.length);
    this.#progress(batch.length);
    if (spill.size === 0) log.info('the facts that had to wait are stored');
  }

  /** Moves what waits in memory to the spill; false when the spill does not take it either. */
  #spillWaiting(): Promise<boolean> {
    this.#spilling = this.#spill();
    return this.#spilling;
  }

  async #spill(): Promise<boolean> {
    const batch = this.#waiting;
    if (batch.length === 0) return true;
    this.#waiting = [];
    try {
      await this.#deps.spill.add(batch);
      return true;
    } catch (error) {
      this.#deps.log.error({ err: error, facts: batch.length }, 'facts can be kept in memory only');
      this.#waiting = [...batch, ...this.#waiting];
      return false;
    }
  }

  /** True when the batch is stored, or so much of it as can be stored at all. */
  async #append(batch: KeyedFact[]): Promise<boolean> {
    const { store, log } = this.#deps;
    try {
      await store.append(batch);
      this.#failures = 0;
      return true;
    } catch (error) {
      if (failureCode(error) !== 'store.unreachable') return this.#appendEach(batch, error);
      this.#failed();
      log.warn({ err: error, tries: this.#failures }, 'the journal cannot be stored; trying again');
      return false;
    }
  }

  /** One of these facts cannot be stored: finds it and puts it aside, so that it does not hold up the others. */
  async #appendEach(batch: KeyedFact[], error: unknown): Promise<boolean> {
    const [first] = batch;
    if (first && batch.length === 1) {
      this.#deps.log.error({ err: error, callId: first.fact.callId, type: first.fact.type }, 'a fact is refused');
      await this.#deps.spill.refuse(first, String(error)).catch((err: unknown) => {
        this.#deps.log.error({ err }, 'a refused fact cannot be put aside');
      });
      return true;
    }
    for (const fact of batch) {
      if (!(await this.#append([fact]))) return false;
    }
    return true;
  }

  #failed(): void {
    this.#failures += 1;
    const delayMs = Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), LONGEST_RETRY_MS);
    this.#nextTryAt = this.#deps.clock.now() + delayMs;
  }

  /** Waits until it is time for the next try; with a spill that works, only until a fact wants to be spilled. */
  async #pause(pauseMs: number, spillWorks: boolean): Promise<void> {
    if (spillWorks && this.#waiting.length > 0) return;
    let cancel: () => void = () => undefined;
    await new Promise<void>((resolve) => {
      this.#wake = () => {
        if (spillWorks || this.#closed) resolve();
      };
      cancel = this.#deps.clock.after(pauseMs, resolve);
    });
    this.#wake = () => undefined;
    cancel();
  }

  #progress(count: number): void {
    this.#stored += count;
    const done = this.#flushes.filter(({ upTo }) => upTo <= this.#stored);
    this.#flushes = this.#flushes.filter(({ upTo }) => upTo > this.#stored);
    for (const { resolve } of done) resolve();
  }
}

/** The fact as it is now, whatever its writer does to the object later; details that JSON cannot carry are left out. */
function copyOf(fact: CallFact): CallFact {
  try {
    return JSON.parse(JSON.stringify(fact)) as CallFact;
  } catch {
    if (fact.type !== 'noted') return { ...fact };
    const { detail: _, ...rest } = fact;
    return { ...rest, detail: { unreadable: true } };
  }
}
