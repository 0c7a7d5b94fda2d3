import type { Coverage } from '../cover/coverage.ts';
import type { Flow } from '../language/flow.ts';
import { withParams } from '../test/run-case.ts';
import { beginningsOf } from './beginnings.ts';
import { emptyParams } from './case.ts';
import { modelOf } from './choices.ts';
import { type Finding, findingsIn } from './findings.ts';
import { type WalkOptions, walk } from './walk.ts';

export interface ExploreOptions extends WalkOptions {
  /** What digits, answers and chance are drawn from. */
  seed: number;
  /** The texts of the flow's files, to see what it compares with. */
  sources?: readonly string[];
}

export interface Explored {
  flow: string;
  version: string;
  states: number;
  /** Choices carried out: keys, silence, hang-ups, outcomes. */
  choices: number;
  ends: Record<string, number>;
  /** Whether there was more than depth and number of states allowed. */
  isCut: boolean;
  /** Steps, exits and handlers that no call went through: `step`, `step:exit`, `flow/step:exit` inside, `on.hangup`. */
  unwalked: string[];
  findings: Finding[];
  unproved: string[];
}

export const USUAL_DEPTH = 100;
export const USUAL_MAX_STATES = 30_000;

/** Walks a flow with a model caller, and says what is wrong. The same flow, options and seed give the same answer. */
export function explore(given: Flow, options: ExploreOptions): Explored {
  const flow = withParams(given, emptyParams(given));
  const { sources = [], seed, secondsToPerson } = options;
  const model = modelOf(flow, sources, seed);
  const walked = walk(flow, beginningsOf(flow, model.compared, seed), model, options);
  const ends: Record<string, number> = {};
  for (const { endReason } of walked.nodes) if (endReason !== undefined) ends[endReason] = (ends[endReason] ?? 0) + 1;
  return {
    flow: flow.name,
    version: flow.version,
    states: walked.nodes.length,
    choices: walked.choices,
    ends: Object.fromEntries(Object.entries(ends).sort(([a], [b]) => (a < b ? -1 : 1))),
    isCut: walked.isCut,
    unwalked: unwalkedIn(walked.coverage, flow.name),
    ...findingsIn(flow, walked, secondsToPerson),
  };
}

function unwalkedIn(coverage: Coverage, home: string): string[] {
  return coverage.report().flatMap(({ flow, items }) =>
    items.flatMap(({ step, exit, hits }) => {
      if (hits > 0) return [];
      const name = [step, exit].filter((part) => part !== undefined && part !== '').join(':');
      return [flow === home ? name : `${flow}/${name}`];
    }),
  );
}
