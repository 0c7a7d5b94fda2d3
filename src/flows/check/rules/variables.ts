import type { Flow, Named, Step } from '../../language/flow.ts';
import type { Told } from '../finding.ts';
import { type FlowGraph, stepNamed, takesTime } from '../graph.ts';
import { onTheWay, type Visited } from '../trail.ts';

/** A step on a way on which the variable has no value yet; `gone`: the caller has left. */
interface Place extends Visited {
  gone: boolean;
}

/** `variable.unset`: what is collected on one way only is read on another. Variables with a first value always have one. */
export function checkVariables(graph: FlowGraph, tell: Told): void {
  const { flow } = graph;
  for (const name of collected(flow)) {
    const readers = new Map<Step, Named[]>();
    for (const step of graph.reached) {
      const reads = step.reads.filter((read) => read.name === name && !read.isTested);
      if (reads.length > 0) readers.set(step, reads);
    }
    if (readers.size === 0) continue;
    for (const place of unset(name, graph)) {
      for (const read of readers.get(place.step) ?? []) {
        const sentence = `${name} may have no value yet: ${onTheWay(place)}`;
        tell('variable.unset', read.place, sentence, 'collect it on every way here, or declare it under vars');
      }
      readers.delete(place.step);
    }
  }
}

/** Variables, secret ones too, that are declared by nothing but the step that collects them. */
function collected(flow: Flow): string[] {
  const writes = new Set([...flow.steps.values()].flatMap((step) => step.writes.map(placed)));
  return [...flow.places.names].filter(([name, place]) => writes.has(placed({ name, place }))).map(([name]) => name);
}

function placed({ name, place }: Named): string {
  return `${place.line}:${place.column} ${name}`;
}

/** Every step that a call can be in before the variable has a value, once, by a shortest way. */
function unset(name: string, { flow, ways, mayFail, handler }: FlowGraph): Place[] {
  const seen = { live: new Set<Step>(), gone: new Set<Step>() };
  const open: Place[] = [];
  const enter = (step: Step | undefined, gone: boolean, before: Visited | undefined) => {
    const known = gone ? seen.gone : seen.live;
    if (!step || known.has(step) || (gone && step.kind.needsCaller)) return;
    known.add(step);
    open.push({ step, gone, before });
  };
  enter(stepNamed(flow, flow.start), false, undefined);
  for (const place of open) {
    const { step, gone } = place;
    for (const { exit, to } of ways(step)) {
      const given = step.traits.gives?.[exit] ?? step.traits.gives?.['*'];
      if (!given?.includes(name)) enter(to, gone, place);
    }
    if (mayFail(step)) enter(handler(step), gone, place);
    enter(stepNamed(flow, flow.maxDuration?.step), gone, place);
    if (waits(step)) enter(stepNamed(flow, flow.onHangup), true, place);
  }
  return open;
}

/** Whether the caller can leave during the step. */
function waits(step: Step): boolean {
  return step.traits.calls !== undefined || Object.keys(step.exits).some((exit) => takesTime(step, exit));
}
