import type { Flow } from '../flows/language/flow.ts';
import type { StepTally } from './flow-figures.ts';

/** How often real calls took one exit. A menu's choices are exits. Those that are only implied are told when they were taken. */
export interface ExitCoverage {
  /** Empty: the call ended inside of the step without leaving it. */
  exit: string;
  /** The step it leads to; absent for an exit that the file does not name, such as `callerLeft`. */
  to?: string;
  count: number;
  /** When it was taken last, whenever that was. Absent: never. */
  lastAt?: number;
}

export interface StepCoverage {
  step: string;
  verb: string;
  visits: number;
  lastAt?: number;
  /** Absent without visits. */
  meanMs?: number;
  exits: ExitCoverage[];
  /** The flow has no such step, or one of another verb; calls of the days asked for ran on other versions. */
  isGone?: true;
}

/** What real calls did with every step of a flow, in the order of its file; steps that are gone come last. */
export function coverageOf(flow: Pick<Flow, 'steps'>, tallies: readonly StepTally[]): StepCoverage[] {
  const byStep = Map.groupBy(tallies, ({ step, verb }) => keyOf(step, verb));
  const present = [...flow.steps.values()].map(({ name, verb, targets }) => {
    const seen = byStep.get(keyOf(name, verb)) ?? [];
    byStep.delete(keyOf(name, verb));
    return stepOf(name, verb, seen, Object.fromEntries(targets.map(({ exit, to }) => [exit, to])));
  });
  const gone = [...byStep.values()].flatMap((seen): StepCoverage[] => {
    const [first] = seen;
    if (!first || seen.every(({ visits }) => visits === 0)) return [];
    return [{ ...stepOf(first.step, first.verb, seen, {}), isGone: true }];
  });
  return [...present, ...gone];
}

function stepOf(
  step: string,
  verb: string,
  seen: readonly StepTally[],
  named: Readonly<Record<string, string>>,
): StepCoverage {
  const visits = seen.reduce((sum, one) => sum + one.visits, 0);
  const spentMs = seen.reduce((sum, one) => sum + one.spentMs, 0);
  const unnamed = seen.filter(({ exit, visits: count }) => !Object.hasOwn(named, exit) && count > 0);
  return {
    step,
    verb,
    visits,
    ...lastOf(seen),
    ...(visits > 0 && { meanMs: Math.round(spentMs / visits) }),
    exits: [
      ...Object.entries(named).map(([exit, to]) => {
        const taken = seen.filter((one) => one.exit === exit);
        return { exit, to, count: taken.reduce((sum, one) => sum + one.visits, 0), ...lastOf(taken) };
      }),
      ...unnamed.map(({ exit, visits: count, lastAt }) => ({ exit, count, lastAt })),
    ],
  };
}

function lastOf(seen: readonly StepTally[]): { lastAt?: number } {
  return seen.length === 0 ? {} : { lastAt: Math.max(...seen.map(({ lastAt }) => lastAt)) };
}

function keyOf(step: string, verb: string): string {
  return `${step} ${verb}`;
}
