import type { FlowEffect } from '../flows/machine/types.ts';
import type { PathStep } from '../protocol/desk.ts';
import type { CallerAudio } from './caller-audio.ts';
import type { WriteFact } from './facts.ts';
import type { Partner, Talk } from './talk.ts';
import type { TransferListener } from './transfer-port.ts';

export type QueueWish = Omit<Extract<FlowEffect, { type: 'enterQueue' }>, 'type' | 'queueId'>;

/** Somebody who has a place in a queue. */
export interface Waiter {
  callId: string;
  callerNumber: string;
  callerName?: string;
  calledNumber: string;
  /** The way through the flow so far, for the agent. */
  path: PathStep[];
  write: WriteFact;
  /** Joins the caller with this agent or party. Rejects when the media program cannot; then nothing has changed for the caller. */
  connect(partner: Partner): Promise<Talk>;
  /** The agent no longer wants what `connect` is about; there where that takes its time. */
  giveUp?(): void;
}

/** One caller who wants to wait. */
export interface QueueCaller extends Waiter {
  audio: CallerAudio;
  /** Keys the caller presses from now on, whichever way they come; the answer ends it. */
  onKey(listener: (digit: string) => void): () => void;
}

/** A place that is kept for somebody who is called once an agent is there. */
export interface KeptWish {
  queue: string;
  priority: number;
  skills: readonly string[];
  /** When their wait began. UTC ms. */
  since: number;
  /** The longest they wait from now, in ms. */
  maxWaitMs: number;
}

/** How a queue calls back. Times in ms. */
export interface CallbackRules {
  /** How often a number is dialled at most. */
  attempts: number;
  /** From one try to the next. */
  everyMs: number;
  /** How long it may take until the answer. */
  ringMs: number;
  /** After this time nobody waits for it any more. */
  withinMs: number;
  /** How many may be open at once. */
  mostOpen: number;
}

/** What the flow hears from the queue; `answered` at most once, `ended` at most once and last. */
export interface QueueListener {
  answered(): void;
  ended(outcome: 'agentEnded' | 'timeout' | 'noAgents' | 'full'): void;
}

/** Where a caller stands who waits or talks. */
export interface QueuePlace {
  /** Takes the caller out, or ends the talk. `ended` does not follow. */
  leave(by: 'caller' | 'system'): void;
}

export interface QueueEntrance {
  /** Throws `flow.broken` when there is no such queue. `ended` may come before this returns. */
  enter(wish: QueueWish, caller: QueueCaller, listener: QueueListener): QueuePlace;
  /** Undefined when there is no such queue. */
  callbackRules(queue: string): CallbackRules | undefined;
  /** Unlike a caller, who is kept waits while nobody is on duty, and is never one too many. Throws `flow.broken` as `enter` does. */
  keep(wish: KeptWish, waiter: Waiter, listener: QueueListener): QueuePlace;
  /** Rings one agent alone, by the name of the account. `ended` may come before this returns. */
  ringAgent(wish: { agent: string; ringMs: number }, caller: QueueCaller, listener: TransferListener): QueuePlace;
}
