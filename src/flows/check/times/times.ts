import type { Flow, Step } from '../../language/flow.ts';
import type { Stretch } from '../../machine/step-kind.ts';
import type { FlowGraph } from '../graph.ts';
import type { Insides } from '../inside.ts';
import { type PromptLengths, playingTime } from './audio-length.ts';
import { longestWay } from './longest.ts';
import { shortestWay } from './shortest.ts';
import { type FlowTimes, type Timed, timedWays } from './timed.ts';

/** The times of every flow, those inside of others first. */
export function timesOf(flows: Iterable<Flow>, insides: Insides, prompts: PromptLengths): Map<string, FlowTimes> {
  const times = new Map<string, FlowTimes>();
  const add = (flow: Flow): void => {
    if (times.has(flow.name)) return;
    for (const { flow: name } of flow.callSites) {
      const called = flow.flows[name];
      if (called) add(called);
    }
    const graph = insides.get(flow.name)?.graph;
    if (graph) times.set(flow.name, timesIn(graph, times, prompts));
  };
  for (const flow of flows) add(flow);
  return times;
}

function timesIn(graph: FlowGraph, times: ReadonlyMap<string, FlowTimes>, prompts: PromptLengths): FlowTimes {
  const playing = playingTime(graph.flow, prompts);
  const known = new Map<Step, Timed[]>();
  const ways = (step: Step): Timed[] => {
    const made = known.get(step) ?? timedWays(step, graph, times, playing);
    known.set(step, made);
    return made;
  };
  const time = (goal: 'person' | 'return'): Stretch | undefined => {
    const mostMs = longestWay(graph, ways, goal);
    return mostMs === undefined ? undefined : { leastMs: shortestWay(graph, ways, goal) ?? 0, mostMs };
  };
  const toPerson = time('person');
  const limitMs = graph.flow.maxDuration?.afterMs ?? Number.POSITIVE_INFINITY;
  return {
    toPerson: toPerson && { ...toPerson, mostMs: Math.min(toPerson.mostMs, limitMs) },
    toReturn: time('return'),
  };
}
