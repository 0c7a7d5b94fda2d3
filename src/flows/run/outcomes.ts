import type { FlowEffect } from '../machine/types.ts';
import {
  type FakeAnswer,
  type FakeFigures,
  type FakeQueue,
  type FakeTransfer,
  USUAL_FIGURES,
  USUAL_LONGEST_WAIT_MS,
} from './fakes.ts';
import type { Untimed } from './untimed.ts';

type EffectOf<T extends FlowEffect['type']> = Extract<FlowEffect, { type: T }>;

/** Something that the world will say, so long after now. */
export interface Planned {
  afterMs: number;
  event: Untimed;
}

/** Between two tries of a request, in ms. */
const PAUSE_MS = 200;
/** How long small things take, in ms. */
const BOOKING_MS = 50;
const READING_MS = 5;

const TRIED_AGAIN: ReadonlySet<string> = new Set(['GET', 'PUT', 'DELETE']);

/** How often a request is tried at most. */
export function triesOf({ method, retries }: Pick<EffectOf<'http'>, 'method' | 'retries'>): number {
  return TRIED_AGAIN.has(method) ? retries + 1 : 1;
}

/** What becomes of a request whose tries are answered one after the other; an answer later than the timeout is none. */
export function requestEnds(effect: EffectOf<'http'>, nextAnswer: () => FakeAnswer): Planned {
  const { httpId, timeoutMs } = effect;
  const tries = triesOf(effect);
  let afterMs = 0;
  for (let count = 1; ; count += 1) {
    const { status, body, ...answer } = nextAnswer();
    const late = answer.afterMs > timeoutMs;
    const failure = late ? 'http.timeout' : answer.failure;
    afterMs += late ? timeoutMs : answer.afterMs;
    const again =
      failure === 'http.timeout' || failure === 'http.unreachable' || (failure === undefined && status >= 500);
    if (again && count < tries) {
      afterMs += PAUSE_MS;
      continue;
    }
    const event: Untimed =
      failure === undefined
        ? { type: 'httpAnswered', httpId, status, body }
        : { type: 'effectFailed', id: httpId, code: failure };
    return { afterMs, event };
  }
}

/** What becomes of a wait that has lasted `waitedMs`. Nobody waits longer than the longest wait, whatever the fake says. */
export function waitEnds(
  { queueId, maxWaitMs }: EffectOf<'enterQueue'>,
  { outcome, afterMs: wishedMs, talkMs }: FakeQueue,
  waitedMs = 0,
): Planned[] {
  const longestMs = Math.max(0, (maxWaitMs ?? USUAL_LONGEST_WAIT_MS) - waitedMs);
  const afterMs = wishedMs ?? (outcome === 'timeout' ? longestMs : 0);
  const timeout: Planned = { afterMs: longestMs, event: { type: 'queueEnded', queueId, outcome: 'timeout' } };
  if (outcome === 'answered') {
    if (afterMs >= longestMs) return [timeout];
    return [{ afterMs, event: { type: 'queueAnswered', queueId } }, talkEnds(queueId, afterMs + talkMs)];
  }
  if (afterMs > longestMs) return [timeout];
  if (outcome === 'failed')
    return [{ afterMs, event: { type: 'effectFailed', id: queueId, code: 'store.unreachable' } }];
  return [{ afterMs, event: { type: 'queueEnded', queueId, outcome } }];
}

/** The agent hangs up. */
export function talkEnds(queueId: string, afterMs: number): Planned {
  return { afterMs, event: { type: 'queueEnded', queueId, outcome: 'agentEnded' } };
}

/** What becomes of a transfer that has rung for `rungMs`. */
export function transferEnds(
  { transferId, ringMs }: EffectOf<'transfer'>,
  { outcome, afterMs, talkMs }: FakeTransfer,
  rungMs = 0,
): Planned[] {
  const longestMs = Math.max(0, ringMs - rungMs);
  const ended = (reason: FakeTransfer['outcome'], atMs: number): Planned => ({
    afterMs: atMs,
    event: { type: 'transferEnded', transferId, outcome: reason },
  });
  if (afterMs >= longestMs) return [ended('noAnswer', longestMs)];
  if (outcome !== 'ended') return [ended(outcome, afterMs)];
  return [{ afterMs, event: { type: 'transferAnswered', transferId } }, ended('ended', afterMs + talkMs)];
}

/** What is left open comes to its end by its own longest time. */
export const NO_ANSWER: FakeAnswer = { status: 0, body: null, afterMs: Number.POSITIVE_INFINITY };
export const NOBODY_COMES: FakeQueue = { outcome: 'timeout', talkMs: 0 };
export const NOBODY_ANSWERS: FakeTransfer = { outcome: 'noAnswer', afterMs: Number.POSITIVE_INFINITY, talkMs: 0 };
export const UNREACHABLE: FakeAnswer = { status: 0, body: null, afterMs: 0, failure: 'http.unreachable' };

export function bookingEnds({ callbackId }: EffectOf<'bookCallback'>, fake: 'booked' | 'failed'): Planned {
  const event: Untimed =
    fake === 'booked'
      ? { type: 'callbackBooked', callbackId }
      : { type: 'effectFailed', id: callbackId, code: 'store.unreachable' };
  return { afterMs: BOOKING_MS, event };
}

export function readingEnds({ readId }: EffectOf<'readQueue'>, fake: FakeFigures): Planned {
  if (fake === 'failed')
    return { afterMs: READING_MS, event: { type: 'effectFailed', id: readId, code: 'store.unreachable' } };
  return { afterMs: READING_MS, event: { type: 'queueRead', readId, figures: { ...USUAL_FIGURES, ...fake } } };
}

export function storingFails(voicemailId: string): Planned {
  return { afterMs: 0, event: { type: 'effectFailed', id: voicemailId, code: 'media.unreachable' } };
}
