import type { FlowEffect } from '../flows/machine/types.ts';
import type { PathStep } from '../protocol/desk.ts';
import type { CallerAudio } from './caller-audio.ts';
import type { WriteFact } from './facts.ts';
import type { Partner, Talk } from './talk.ts';
import type { TransferListener } from './transfer-port.ts';

export type QueueWish = Omit<Extract<FlowEffect, { type: 'enterQueue' }>, 'type' | 'queueId'>;

/** One caller who wants to wait. */
export interface QueueCaller {
  callId: string;
  callerNumber: string;
  callerName?: string;
  calledNumber: string;
  /** The way through the flow so far, for the agent. */
  path: PathStep[];
  audio: CallerAudio;
  write: WriteFact;
  /** Joins the caller with this agent or party. Rejects when the media program cannot; then nothing has changed for the caller. */
  connect(partner: Partner): Promise<Talk>;
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
  /** Rings one agent alone, by the name of the account. `ended` may come before this returns. */
  ringAgent(wish: { agent: string; ringMs: number }, caller: QueueCaller, listener: TransferListener): QueuePlace;
}
