import type { PathStep } from '../protocol/desk.ts';

/** What is kept of a caller who wants to be called back. Times are UTC ms. */
export interface CallbackWish {
  queue: string;
  /** Digits, perhaps with `+` before them. */
  number: string;
  callerName?: string;
  /** The number of ours that they had called. */
  calledNumber: string;
  /** The call in which it was booked. */
  bookedIn: string;
  /** Higher is served first. */
  priority: number;
  skills: readonly string[];
  language: string;
  /** The way through the flow, for the agent. */
  path: readonly PathStep[];
  /** Whether the talk may be recorded: not where the caller's flow had stopped it. */
  mayRecord: boolean;
  /** When their wait began. */
  since: number;
}

export interface Callback extends CallbackWish {
  callbackId: string;
  bookedAt: number;
  /** How often the number was dialled. */
  attempts: number;
  /** Not to be dialled before. */
  dueAt: number;
}

/** How a call back came to its end. */
export type CallbackOutcome =
  | 'reached'
  /** Dialled as often as the queue allows. */
  | 'notReached'
  /** Nobody came to it in the time the queue allows. */
  | 'expired'
  /** A person took it back. */
  | 'cancelled';

/**
 * Where calls back are kept, one for all nodes of a site. What a method has resolved outlives the program. All reject with
 * `store.unreachable` when the store does not answer.
 */
export interface CallbackStore {
  /**
   * Keeps a wish. Of one number in one queue there is one open callback at most: a second wish keeps the earlier place and the higher
   * priority, and all else of the first.
   */
  book(wish: CallbackWish): Promise<{ callback: Callback; isNew: boolean }>;
  /** All that are not at their end, those with the longest wait first. */
  open(): Promise<Callback[]>;
  /**
   * Counts one try, before the number is dialled: whoever dies meanwhile has used it up. False when somebody else was sooner, or the
   * callback is at its end. `nextAt`: not to be dialled again before.
   */
  begin(callbackId: string, attempt: number, nextAt: number): Promise<boolean>;
  /** Says how the latest try ended, where it is not the last. */
  missed(callbackId: string, result: string): Promise<void>;
  finish(callbackId: string, outcome: CallbackOutcome, result?: string): Promise<void>;
  /** Takes it back, and writes down who did; false when there is none open of this id. */
  cancel(callbackId: string, actor: string): Promise<boolean>;
}
