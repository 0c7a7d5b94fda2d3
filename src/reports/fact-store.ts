import type { CallFact } from './journal.ts';

/** A fact with the key that makes storing it twice the same as storing it once. */
export interface KeyedFact {
  key: string;
  fact: CallFact;
}

/** Where the journal's facts are kept for good. */
export interface FactStore {
  /**
   * Stores all of them, in this order, or none. Known keys are passed over. Rejects with `store.unreachable` when trying
   * again later may help; any other error means that something in these facts cannot be stored.
   */
  append(facts: readonly KeyedFact[]): Promise<void>;
}

/** Where facts wait while the store is out of reach: safe on this machine, oldest first. */
export interface FactSpill {
  readonly size: number;
  add(facts: readonly KeyedFact[]): Promise<void>;
  oldest(limit: number): Promise<KeyedFact[]>;
  /** Forgets the oldest ones, now that they are stored. */
  drop(count: number): Promise<void>;
  /** Puts aside a fact that the store will never take, for a person to look at. */
  refuse(fact: KeyedFact, why: string): Promise<void>;
}
