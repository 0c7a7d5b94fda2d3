import type { Json, QueueFigures, TransferOutcome } from '../machine/types.ts';

/** What one request is answered with. Without a failure: `status` and `body` after `afterMs`. */
export interface FakeAnswer {
  status: number;
  body: Json;
  afterMs: number;
  failure?: 'http.timeout' | 'http.unreachable' | 'http.tooLarge' | 'http.notJson';
}

export interface FakeQueue {
  /** `failed`: the queue itself cannot be reached. */
  outcome: 'answered' | 'timeout' | 'noAgents' | 'full' | 'failed';
  /** From entering to the answer or the outcome, in ms. A `timeout` without one comes at the longest wait. */
  afterMs?: number;
  /** How long the talk lasts until the agent hangs up, in ms. */
  talkMs: number;
}

/** What the figures of a queue are, beside the usual ones, or that they cannot be had. */
export type FakeFigures = Partial<QueueFigures> | 'failed';

export interface FakeTransfer {
  outcome: TransferOutcome;
  afterMs: number;
  talkMs: number;
}

/**
 * The world around a call that nobody really makes. What is not named gets what usually happens. Each kind is a list: its parts come
 * one after the other, the last again and again.
 */
export interface Fakes {
  /** Answers by `service/path`, or by `METHOD service/path`. */
  http: Readonly<Record<string, readonly FakeAnswer[]>>;
  queues: Readonly<Record<string, readonly FakeQueue[]>>;
  queueStatus: Readonly<Record<string, readonly FakeFigures[]>>;
  /** By number or by the name of an agent. */
  transfers: Readonly<Record<string, readonly FakeTransfer[]>>;
  callback: readonly ('booked' | 'failed')[];
  voicemail: readonly ('stored' | 'failed')[];
  /** How long recorded prompts last, in ms, by name. */
  prompts: Readonly<Record<string, number>>;
}

export const USUAL: Fakes = {
  http: {},
  queues: {},
  queueStatus: {},
  transfers: {},
  callback: [],
  voicemail: [],
  prompts: {},
};

export const USUAL_QUEUE: FakeQueue = { outcome: 'answered', afterMs: 5_000, talkMs: 60_000 };
export const USUAL_TRANSFER: FakeTransfer = { outcome: 'ended', afterMs: 5_000, talkMs: 60_000 };
export const USUAL_FIGURES: QueueFigures = { waiting: 0, agentsOnDuty: 1, agentsReady: 1, longestWaitMs: 0 };
/** How long a queue keeps those for whom its flow names no longest wait, in ms. */
export const USUAL_LONGEST_WAIT_MS = 30 * 60_000;
