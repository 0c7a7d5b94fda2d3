import type { Step } from '../../language/flow.ts';
import type { Goal, Timed } from './timed.ts';

/** The least time from a step to a goal, in ms, when nothing fails (Dijkstra); undefined when no such way leads there. */
export function shortestWay(
  start: Step | undefined,
  ways: (step: Step) => readonly Timed[],
  goal: Goal,
): number | undefined {
  const best = new Map<Step, number>(start ? [[start, 0]] : []);
  const open = new Set(best.keys());
  let found: number | undefined;
  while (open.size > 0) {
    const [step, at] = nearest(open, best);
    open.delete(step);
    for (const way of ways(step)) {
      if (way.isFailure && goal !== 'failure') continue;
      const then = at + way.lasts.leastMs;
      if (way.to === undefined) {
        if (way.goal === goal) found = Math.min(found ?? then, then);
      } else if (then < (best.get(way.to) ?? Number.POSITIVE_INFINITY)) {
        best.set(way.to, then);
        open.add(way.to);
      }
    }
  }
  return found;
}

function nearest(open: ReadonlySet<Step>, best: ReadonlyMap<Step, number>): [Step, number] {
  const [first, ...others] = open;
  if (first === undefined) throw new RangeError('There is nothing left to look at');
  const at = (step: Step) => best.get(step) ?? Number.POSITIVE_INFINITY;
  const step = others.reduce((one, other) => (at(other) < at(one) ? other : one), first);
  return [step, at(step)];
}
