import type { CallRecord, CallSummary } from '../protocol/http.ts';
import type { CallFact } from './journal.ts';

/** Reading side of the call records; the writing side is the journal. */
export interface CallRecords {
  /** Newest first; `before` is an exclusive `startedAt`. */
  list(query: { before?: number; limit: number }): Promise<CallSummary[]>;
  get(callId: string): Promise<CallRecord | undefined>;
  /** Everything that was journaled of a call, in order; empty for an unknown one. */
  facts(callId: string): Promise<CallFact[]>;
  /** Calls whose last fact is not `callEnded`: what a program that died left behind. */
  unfinished(): Promise<{ callId: string; legs: { legId: string; dialogId?: string }[]; recordingIds: string[] }[]>;
}
