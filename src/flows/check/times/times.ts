import type { Step } from '../../language/flow.ts';
import type { Stretch } from '../../machine/step-kind.ts';
import { type PromptLength, soundsLast } from '../../run/lasting.ts';
import { type FlowGraph, stepNamed } from '../graph.ts';
import type { Insides } from '../inside.ts';
import { longestWay } from './longest.ts';
import { shortestWay } from './shortest.ts';
import { type FlowTimes, type Goal, type Timed, timedWays } from './timed.ts';

/** The times of every flow by its name. `insides` has those inside of others first. */
export function timesOf(insides: Insides, promptMs: PromptLength): Map<string, FlowTimes> {
  const times = new Map<string, FlowTimes>();
  for (const [name, { graph }] of insides) times.set(name, timesIn(graph, times, promptMs));
  return times;
}

function timesIn(graph: FlowGraph, times: ReadonlyMap<string, FlowTimes>, promptMs: PromptLength): FlowTimes {
  const { flow } = graph;
  const known = new Map<Step, Timed[]>();
  const ways = (step: Step): Timed[] => {
    const made =
      known.get(step) ?? timedWays(step, graph, times, (sounds) => soundsLast(sounds, flow.languages, promptMs));
    known.set(step, made);
    return made;
  };
  const from = (step: Step | undefined, goal: Goal): Stretch | undefined => {
    const mostMs = longestWay(step, graph, ways, goal);
    return mostMs === undefined ? undefined : { leastMs: shortestWay(step, ways, goal) ?? 0, mostMs };
  };
  const start = stepNamed(flow, flow.start);
  return {
    toPerson: from(start, 'person'),
    toReturn: from(start, 'return'),
    toFailure: from(start, 'failure'),
    lateToPerson: from(stepNamed(flow, flow.maxDuration?.step), 'person'),
  };
}

/** How long it takes to a person in a call that begins in the flow, whose longest duration then counts. */
export function timeToPerson({ flow: { maxDuration } }: FlowGraph, times: FlowTimes): Stretch | undefined {
  const { toPerson, lateToPerson } = times;
  if (!maxDuration) return toPerson;
  const { afterMs } = maxDuration;
  const late = lateToPerson && { leastMs: afterMs + lateToPerson.leastMs, mostMs: afterMs + lateToPerson.mostMs };
  if (!toPerson) return late;
  // A way that takes longer is cut off, and then leads to a person late or not at all.
  if (toPerson.mostMs <= afterMs) return toPerson;
  return { leastMs: Math.min(toPerson.leastMs, late?.leastMs ?? afterMs), mostMs: late?.mostMs ?? afterMs };
}
