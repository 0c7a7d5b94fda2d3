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
  findings: Finding[];
  unproved: string[];
}

export const USUAL_DEPTH = 100;
export const USUAL_MAX_STATES = 20_000;

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
    ...findingsIn(flow, walked, secondsToPerson),
  };
}
