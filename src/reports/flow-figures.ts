import type { FlowAlias } from '../flows/held-flows.ts';
import type { CallOutcome } from './journal.ts';

/** Calls of one version over some days. */
export interface VersionTally {
  version: string;
  alias: FlowAlias;
  outcome: CallOutcome;
  calls: number;
  reached: number;
  reachedMs: number;
  lastAt: number;
}

/** Visits of a step that ended by one exit: how many in the days asked for, and when last at all. */
export interface StepTally {
  step: string;
  verb: string;
  /** Empty: not left before the call ended. */
  exit: string;
  visits: number;
  spentMs: number;
  lastAt: number;
}

/** What was counted of ended calls. */
export interface FlowTallies {
  /** `sinceDay` is in days since 1970. */
  calls(flow: string, sinceDay: number): Promise<VersionTally[]>;
  /** `version`: only calls that began in this version of a flow. */
  steps(flow: string, sinceDay: number, version?: string): Promise<StepTally[]>;
}

/** The figures of one version by one way of coming to it. Mean times are absent where there is nothing to take the mean of. */
export interface VersionFigures {
  version: string;
  alias: FlowAlias;
  calls: number;
  outcomes: Partial<Record<CallOutcome, number>>;
  /** Calls that talked with a person. */
  reached: number;
  meanTimeToPersonMs?: number;
  /** When the latest of them began. */
  lastAt: number;
}

/** The figures of each version, those with the latest calls first. */
export function figuresOf(tallies: readonly VersionTally[]): VersionFigures[] {
  const groups = Map.groupBy(tallies, ({ version, alias }) => `${version} ${alias}`);
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      if (!first) return [];
      const sum = (of: (tally: VersionTally) => number): number => group.reduce((total, one) => total + of(one), 0);
      const reached = sum((one) => one.reached);
      return [
        {
          version: first.version,
          alias: first.alias,
          calls: sum(({ calls }) => calls),
          outcomes: Object.fromEntries(group.map(({ outcome, calls }) => [outcome, calls])),
          reached,
          ...(reached > 0 && { meanTimeToPersonMs: Math.round(sum(({ reachedMs }) => reachedMs) / reached) }),
          lastAt: Math.max(...group.map(({ lastAt }) => lastAt)),
        },
      ];
    })
    .sort((a, b) => b.lastAt - a.lastAt);
}
