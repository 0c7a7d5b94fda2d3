import type { Step } from '../../language/flow.ts';
import { circlesOf } from '../circles.ts';
import { backwards, type FlowGraph, reach } from '../graph.ts';
import type { Goal, Timed } from './timed.ts';

/** Steps that a call stays in for a while: one, or those of a circle that is gone round without an answer. */
interface Stay {
  steps: readonly Step[];
  /** The most that is spent going round before it is left. */
  roundsMs: number;
}

/**
 * The most time from a step to a goal, in ms, failures included, for a caller who does not go back to where they have been of
 * their own will; undefined when no way leads there. Circles that are gone round without an answer count with all their
 * rounds: Infinity when no step counts them.
 */
export function longestWay(
  start: Step | undefined,
  { ways: plain }: FlowGraph,
  ways: (step: Step) => readonly Timed[],
  goal: Goal,
): number | undefined {
  const reached = reach([start], (step) => ways(step).map(({ to }) => to));
  const goals = [...reached].filter((step) => ways(step).some((way) => way.to === undefined && way.goal === goal));
  const leading = reach(
    goals,
    backwards(reached, (step) => ways(step).map(({ to }) => to)),
  );
  if (!start || !leading.has(start)) return undefined;
  const onward = (step: Step) =>
    ways(step).filter((way) => (way.to === undefined ? way.goal === goal : leading.has(way.to)));
  const stays = new Map<Step, Stay>();
  for (const step of leading) stays.set(step, { steps: [step], roundsMs: 0 });
  // Failures end a call before they go round for long.
  const byItself = (step: Step) =>
    onward(step).flatMap(({ to, isAnswer, isFailure }) => (to && !isAnswer && !isFailure ? [to] : []));
  for (const steps of circlesOf(leading, byItself)) {
    const stay = { steps, roundsMs: roundsOf(steps, byItself, onward, plain) };
    for (const step of steps) stays.set(step, stay);
  }
  return longestFrom(start, stays, onward);
}

/** The time of all rounds of a circle: every step of it once, as often as its counting steps let it. */
function roundsOf(
  steps: readonly Step[],
  byItself: (step: Step) => Step[],
  onward: (step: Step) => readonly Timed[],
  plain: FlowGraph['ways'],
): number {
  const within = new Set(steps);
  const counting = steps.filter((step) => {
    const { bound } = step.traits;
    return bound && plain(step).some(({ exit, to }) => exit === bound.exit && (to === undefined || !within.has(to)));
  });
  const left = steps.filter((step) => !counting.includes(step));
  if (counting.length === 0 || circlesOf(left, byItself).length > 0) return Number.POSITIVE_INFINITY;
  const once = steps.reduce((sum, step) => sum + Math.max(0, ...onward(step).map(({ lasts }) => lasts.mostMs)), 0);
  return counting.reduce((most, { traits }) => most * (traits.bound?.visits ?? 1), once);
}

/** The longest way on; what leads back to where the way came from goes round by an answer, and is left out. */
function longestFrom(
  start: Step,
  stays: ReadonlyMap<Step, Stay>,
  onward: (step: Step) => readonly Timed[],
): number | undefined {
  const longest = new Map<Stay, number | undefined>();
  const first = stays.get(start);
  const open = first ? [first] : [];
  const isOpen = new Set<Stay>();
  const leaving = (stay: Stay) =>
    stay.steps.flatMap(onward).filter(({ to }) => to === undefined || stays.get(to) !== stay);
  for (let stay = open.at(-1); stay; stay = open.at(-1)) {
    if (!isOpen.has(stay)) {
      isOpen.add(stay);
      for (const { to } of leaving(stay)) {
        const next = to && stays.get(to);
        if (next && !longest.has(next) && !isOpen.has(next)) open.push(next);
      }
      continue;
    }
    open.pop();
    if (longest.has(stay)) continue;
    const times = leaving(stay).flatMap(({ to, lasts }) => {
      const next = to && stays.get(to);
      const rest = next === undefined ? 0 : longest.get(next);
      return rest === undefined ? [] : [lasts.mostMs + rest];
    });
    longest.set(stay, times.length === 0 ? undefined : stay.roundsMs + Math.max(...times));
  }
  return first && longest.get(first);
}
