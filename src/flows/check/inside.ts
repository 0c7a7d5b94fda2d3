import type { Flow, Step } from '../language/flow.ts';
import { type FlowGraph, graphOf, reach, stepNamed } from './graph.ts';

/** What a flow does to one that calls it. */
export interface Inside {
  graph: FlowGraph;
  /** It can go back to the flow that called. */
  returns: boolean;
  /** It can do so without the caller doing anything. */
  returnsByItself: boolean;
  /** It can fail the step that called. */
  fails: boolean;
  /** It can end the call, or go on elsewhere. */
  ends: boolean;
}

export type Insides = ReadonlyMap<string, Inside>;

/** The flows with those inside of them, each by its name; a flow comes after those it calls. Flows do not call one another in a circle. */
export function insidesOf(flows: Iterable<Flow>): Map<string, Inside> {
  const insides = new Map<string, Inside>();
  const add = (flow: Flow) => {
    if (insides.has(flow.name)) return;
    for (const { flow: name } of flow.callSites) {
      const called = flow.flows[name];
      if (called) add(called);
    }
    insides.set(flow.name, insideOf(flow, insides));
  };
  for (const flow of flows) add(flow);
  return insides;
}

function insideOf(flow: Flow, insides: Insides): Inside {
  const graph = graphOf(flow, insides);
  const returns = (step: Step) => step.traits.returns === true;
  const byItself = reach([stepNamed(flow, flow.start)], (step) =>
    graph.ways(step).flatMap(({ act, to }) => (act === undefined || act === 'silence' ? [to] : [])),
  );
  return {
    graph,
    returns: [...graph.reached].some(returns),
    returnsByItself: [...byItself].some(returns),
    fails: [...graph.reached].some((step) => graph.mayFail(step) && graph.handler(step) === undefined),
    ends: [...graph.reached].some((step) => !returns(step) && graph.ways(step).some(({ to }) => to === undefined)),
  };
}
