import type { Flow, Step } from '../language/flow.ts';
import { type FlowGraph, reach, stepNamed } from './graph.ts';
import type { Insides } from './inside.ts';

/** The steps of a flow that a call may be in once its longest duration is over: nothing limits it then. */
export function stepsAfterLimit({ flow, ways, mayFailThere, handler }: FlowGraph): Set<Step> {
  return reach([stepNamed(flow, flow.maxDuration?.step)], (step) => [
    ...ways(step).map(({ to }) => to),
    ...(mayFailThere(step) ? [handler(step)] : []),
  ]);
}

/**
 * The flows in which every call is ended by a longest duration: that of the flow it began with, which counts once. `roots` are the
 * flows that calls begin in.
 */
export function limitedFlows(roots: readonly Flow[], insides: Insides): Set<string> {
  const limited = new Set<string>();
  const open = new Set<string>();
  for (const root of roots) {
    const graph = insides.get(root.name)?.graph;
    if (!graph || !root.maxDuration) {
      for (const name of [root.name, ...Object.keys(root.flows)]) open.add(name);
      continue;
    }
    for (const name of [root.name, ...Object.keys(root.flows)]) limited.add(name);
    for (const { traits } of stepsAfterLimit(graph)) {
      if (!traits.calls) continue;
      const called = root.flows[traits.calls.flow];
      for (const name of called ? [called.name, ...Object.keys(called.flows)] : []) open.add(name);
    }
  }
  return new Set([...limited].filter((name) => !open.has(name)));
}
