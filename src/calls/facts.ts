import type { CallFact } from '../reports/journal.ts';

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A fact of one call, before the call's id and the time are written on it. */
export type FactBody = Without<CallFact, 'callId' | 'at'>;

/** Writes down what happened to one call. */
export type WriteFact = (fact: FactBody, at?: number) => void;
