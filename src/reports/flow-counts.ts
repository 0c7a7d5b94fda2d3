import type { FlowAlias } from '../flows/held-flows.ts';
import type { CallDraft, StepDraft } from './call-draft.ts';
import type { CallOutcome } from './journal.ts';

/** Ended calls of one day (UTC) that began in one version of a flow and came to one outcome. Times are UTC ms. */
export interface CallCount {
  /** Days since 1970. */
  day: number;
  flow: string;
  version: string;
  alias: FlowAlias;
  outcome: CallOutcome;
  calls: number;
  /** How many of them talked with a person, and how long they had been in the line until then, together. */
  reached: number;
  reachedMs: number;
  lastAt: number;
}

/** Visits of one step on one day that ended by one exit. */
export interface StepCount {
  day: number;
  /** The flow in whose file the step stands. */
  flow: string;
  /** The flow that the calls began in, and its version. */
  root: string;
  version: string;
  step: string;
  verb: string;
  /** Empty: the call ended without the step being left, as when the program dies. */
  exit: string;
  visits: number;
  spentMs: number;
  lastAt: number;
}

export const DAY_MS = 86_400_000;

export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS);
}

/** What one ended call adds to the counts; nothing for a call that runs, or that came to no flow. */
export function countsOf(draft: CallDraft): { call?: CallCount; steps: StepCount[] } {
  const { flow: began, ended, startedAt } = draft;
  if (!began || !ended) return { steps: [] };
  const { flow, flowVersion: version, alias = 'draft' } = began;
  const endedAt = Math.max(ended.at, startedAt);
  const talkedAt = draft.talks[0]?.at;
  return {
    call: {
      ...{ day: dayOf(startedAt), flow, version, alias, outcome: ended.outcome, calls: 1, lastAt: startedAt },
      reached: talkedAt === undefined ? 0 : 1,
      reachedMs: talkedAt === undefined ? 0 : Math.max(0, talkedAt - startedAt),
    },
    steps: draft.steps.map((step) => ({ ...visitOf(step, endedAt), flow: step.flow ?? flow, root: flow, version })),
  };
}

function visitOf({ step, verb, at, left }: StepDraft, endedAt: number): Omit<StepCount, 'flow' | 'root' | 'version'> {
  const leftAt = left?.at ?? endedAt;
  return {
    ...{ day: dayOf(at), step, verb, exit: left?.exit ?? '', visits: 1 },
    spentMs: Math.max(0, leftAt - at),
    lastAt: at,
  };
}

/** Counts of the same kind added up, in one order whatever the order of the calls. */
export function mergeCallCounts(counts: readonly CallCount[]): CallCount[] {
  return merge(
    counts,
    ({ flow, day, version, alias, outcome }) => JSON.stringify([flow, day, version, alias, outcome]),
    (sum, one) => ({
      ...sum,
      calls: sum.calls + one.calls,
      reached: sum.reached + one.reached,
      reachedMs: sum.reachedMs + one.reachedMs,
      lastAt: Math.max(sum.lastAt, one.lastAt),
    }),
  );
}

export function mergeStepCounts(counts: readonly StepCount[]): StepCount[] {
  return merge(
    counts,
    ({ flow, day, root, version, step, verb, exit }) => JSON.stringify([flow, day, root, version, step, verb, exit]),
    (sum, one) => ({
      ...sum,
      visits: sum.visits + one.visits,
      spentMs: sum.spentMs + one.spentMs,
      lastAt: Math.max(sum.lastAt, one.lastAt),
    }),
  );
}

function merge<T>(counts: readonly T[], keyOf: (count: T) => string, add: (sum: T, one: T) => T): T[] {
  const sums = new Map<string, T>();
  for (const one of counts) {
    const key = keyOf(one);
    const sum = sums.get(key);
    sums.set(key, sum === undefined ? one : add(sum, one));
  }
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
}
