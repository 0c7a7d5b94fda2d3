import type { CallRecord, CallSummary } from '../protocol/http.ts';

/** Reading side of the call records; the writing side is the journal. */
export interface CallRecords {
  /** Newest first; `before` is an exclusive `startedAt`. */
  list(query: { before?: number; limit: number }): Promise<CallSummary[]>;
  get(callId: string): Promise<CallRecord | undefined>;
  /** Calls whose last fact is not `callEnded`: what a program that died left behind. */
  unfinished(): Promise<{ callId: string; legs: { legId: string; dialogId?: string }[]; recordingIds: string[] }[]>;
}
