import type { Step } from '../../language/flow.ts';
import type { Stretch } from '../../machine/step-kind.ts';
import type { FlowGraph } from '../graph.ts';

/** How long it takes through a flow, from its start; undefined where no way leads there. `mostMs` is Infinity when nothing bounds it. */
export interface FlowTimes {
  toPerson: Stretch | undefined;
  toReturn: Stretch | undefined;
}

/** One way from step to step with the time the first of them takes on it. */
export interface Timed {
  from: Step;
  /** Undefined: this is where the flow has got to. */
  to: Step | undefined;
  /** What is got to when there is no further step. */
  goal?: 'person' | 'return';
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
  const none: Stretch = { leastMs: 0, mostMs: 0 };
  if (person) return [{ from: step, to: undefined, goal: 'person', lasts: none, isAnswer: false, isFailure: false }];
  const called = calls && times.get(calls.flow);
  const timed = graph.ways(step).flatMap(({ exit, to, act }): Timed[] => {
    const isAnswer = act === 'answer' || act === 'wrongAnswer';
    if (returns) return [{ from: step, to: undefined, goal: 'return', lasts: none, isAnswer, isFailure: false }];
    const own = called?.toReturn ?? lasts(exit, playing);
    return to ? [{ from: step, to, lasts: own, isAnswer, isFailure: false }] : [];
  });
  if (called?.toPerson)
    timed.push({
      from: step,
      to: undefined,
      goal: 'person',
      lasts: called.toPerson,
      isAnswer: false,
      isFailure: false,
    });
  const handler = graph.mayFail(step) ? graph.handler(step) : undefined;
  if (handler) {
    const mostMs = Math.max(0, ...Object.keys(step.exits).map((exit) => lasts(exit, playing).mostMs));
    timed.push({ from: step, to: handler, lasts: { leastMs: 0, mostMs }, isAnswer: false, isFailure: true });
  }
  return timed;
}
