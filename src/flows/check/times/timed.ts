import type { Step } from '../../language/flow.ts';
import { AT_ONCE, type Stretch } from '../../machine/step-kind.ts';
import type { FlowGraph } from '../graph.ts';

/** What a flow gets to: a person, the flow that called, or a failure that the flow that called has to deal with. */
export type Goal = 'person' | 'return' | 'failure';

/** How long it takes through a flow; undefined where no way leads there. `mostMs` is Infinity when nothing bounds it. */
export interface FlowTimes {
  toPerson: Stretch | undefined;
  toReturn: Stretch | undefined;
  toFailure: Stretch | undefined;
  /** From where the longest duration of the call leads. */
  lateToPerson: Stretch | undefined;
}

/** One way from step to step with the time the first of them takes on it. */
export interface Timed {
  /** Undefined: the goal is reached. */
  to: Step | undefined;
  goal?: Goal;
  lasts: Stretch;
  /** The way is only taken by what the caller types. */
  isAnswer: boolean;
  /** The step failed; nobody counts on that. */
  isFailure: boolean;
}

/** The ways out of a step with their times. A step that leads to a person is where the way to one ends. */
export function timedWays(
  step: Step,
  graph: FlowGraph,
  times: ReadonlyMap<string, FlowTimes>,
  playing: Parameters<Step['traits']['lasts']>[1],
): Timed[] {
  const { calls, person, returns, lasts } = step.traits;
  const goal = (reached: Goal, time: Stretch): Timed[] => [
    { to: undefined, goal: reached, lasts: time, isAnswer: false, isFailure: reached === 'failure' },
  ];
  if (person) return goal('person', AT_ONCE);
  if (returns) return [...goal('return', AT_ONCE), ...failing(step, graph, AT_ONCE)];
  const called = calls && times.get(calls.flow);
  const timed = graph.ways(step).flatMap(({ exit, to, act }): Timed[] => {
    const isAnswer = act === 'answer' || act === 'wrongAnswer';
    return to ? [{ to, lasts: called?.toReturn ?? lasts(exit, playing), isAnswer, isFailure: false }] : [];
  });
  const inside = called?.toPerson ? goal('person', called.toPerson) : [];
  const mostMs = Math.max(0, ...Object.keys(step.exits).map((exit) => lasts(exit, playing).mostMs));
  return [...timed, ...inside, ...failing(step, graph, called?.toFailure ?? { leastMs: 0, mostMs })];
}

function failing(step: Step, { mayFailThere, handler }: FlowGraph, lasts: Stretch): Timed[] {
  if (!mayFailThere(step)) return [];
  const to = handler(step);
  return [{ to, lasts, isAnswer: false, isFailure: true, ...(to === undefined && { goal: 'failure' }) }];
}
