import type { Step } from '../../language/flow.ts';
import type { Act } from '../../machine/step-kind.ts';
import { circlesOf } from '../circles.ts';
import type { Told } from '../finding.ts';
import { type FlowGraph, takesTime, type Way } from '../graph.ts';
import { stepsAfterLimit } from '../limits.ts';
import { countedIn, isWayOut } from '../way-out.ts';

/** Whether a way is gone while the caller does none but these things. */
type Goes = (step: Step, way: Way) => boolean;

/**
 * `loop.endless`: a circle that a call goes round in while its caller does nothing, and `menu.noMatch`: one that is gone round by
 * wrong keys. `limited`: every call that gets here is ended by a longest duration. Gives the steps of endless circles.
 */
export function checkEndless(graph: FlowGraph, limited: boolean, tell: Told): Set<Step> {
  const after = stepsAfterLimit(graph);
  /** The longest duration ends what takes time, once. */
  const isEnded = (step: Step, { exit }: Way) => limited && !after.has(step) && takesTime(step, exit);
  const goes =
    (...acts: readonly (Act | undefined)[]): Goes =>
    (step, way) =>
      acts.includes(way.act) && !isEnded(step, way);
  const told = new Set<Step>();
  for (const circle of endlessOf(graph.reached, graph, goes(undefined, 'silence'))) {
    for (const step of circle) told.add(step);
    const { round, place } = roundOf(circle, graph, goes(undefined, 'silence'));
    const sentence = `While the caller does nothing, the call goes round here without end: ${round}`;
    tell('loop.endless', place, sentence, 'lead to an end after a time or a number of rounds: the step "loop" counts');
  }
  const wrongly = goes(undefined, 'silence', 'wrongAnswer');
  for (const circle of endlessOf(graph.reached, graph, wrongly)) {
    if (circle.some((step) => told.has(step))) continue;
    const { round } = roundOf(circle, graph, wrongly);
    const way = circle.flatMap((step) => graph.ways(step)).find(({ act }) => act === 'wrongAnswer');
    const sentence = `Wrong keys lead round here without end: ${round}`;
    if (way) tell('menu.noMatch', way.place, sentence, 'lead to a person or to an end');
  }
  return told;
}

/** Circles that neither a count nor the time leads out of. */
function endlessOf(steps: Iterable<Step>, graph: FlowGraph, goes: Goes): Step[][] {
  const onward = (step: Step) =>
    graph.ways(step).flatMap((way) => (way.to !== undefined && goes(step, way) ? [way.to] : []));
  return circlesOf(steps, onward).flatMap((circle) => {
    const within = new Set(circle);
    const atOnce = (step: Step) =>
      graph.ways(step).flatMap(({ exit, to }) => (to !== undefined && !takesTime(step, exit) ? [to] : []));
    const counted = countedIn(circle, circlesOf(circle, atOnce).length === 0);
    const bounded = circle.filter((step) => {
      const out = graph.ways(step).filter((way) => goes(step, way) && (way.to === undefined || !within.has(way.to)));
      return isWayOut(step, graph.flow, out, counted);
    });
    // What is left goes round without passing what counts.
    for (const step of bounded) within.delete(step);
    return bounded.length === 0 ? [circle] : endlessOf(within, graph, goes);
  });
}

/** One way round a circle, from its first step in the file, and the place that leads back there. */
function roundOf(circle: readonly Step[], graph: FlowGraph, goes: Goes): { round: string; place: Way['place'] } {
  const within = new Set(circle);
  const [first] = [...graph.flow.steps.values()].filter((step) => within.has(step));
  const cameFrom = new Map<Step, Step>();
  const open = first ? [first] : [];
  for (const step of open) {
    for (const way of graph.ways(step)) {
      const { to } = way;
      if (to === undefined || !within.has(to) || !goes(step, way) || isCounted(step, way)) continue;
      if (to === first) return { round: inWords(step, first, cameFrom), place: way.place };
      if (cameFrom.has(to)) continue;
      cameFrom.set(to, step);
      open.push(to);
    }
  }
  return { round: circle.map(({ name }) => name).join(', '), place: first?.keyPlace ?? { line: 1, column: 1 } };
}

/** A way that is taken a number of times only; what is told of is the way after them. */
function isCounted({ traits: { bound } }: Step, { exit }: Way): boolean {
  return bound !== undefined && exit !== bound.exit;
}

/** The longest circle that is told in full. */
const MOST_NAMES = 6;

function inWords(last: Step, first: Step, cameFrom: ReadonlyMap<Step, Step>): string {
  const names = [first.name];
  for (let step: Step | undefined = last; step && step !== first; step = cameFrom.get(step)) names.unshift(step.name);
  names.unshift(first.name);
  return names.length > MOST_NAMES
    ? [...names.slice(0, MOST_NAMES - 2), '…', first.name].join(' → ')
    : names.join(' → ');
}
