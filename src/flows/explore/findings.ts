import type { Flow } from '../language/flow.ts';
import type { FlowInit } from '../machine/types.ts';
import type { Happening } from '../run/happenings.ts';
import { pathInWords, pathOf } from '../run/path.ts';
import { loadTests } from '../test/load.ts';
import { type CaseResult, runCase } from '../test/run-case.ts';
import type { Outcome, TestCaseSource } from '../test/shape.ts';
import { type Done, durationOf, situationOf } from './case.ts';
import { isHeard } from './fingerprint.ts';
import { endless, hopeless } from './traps.ts';
import { type Crash, isOnTheWay, type Node, type Walked, wayTo } from './walk.ts';

export type FindingKind =
  /** The engine breaks. */
  | 'crash'
  /** The call ends by a mistake: a step failed and nothing caught it, or it entered too many steps. */
  | 'error'
  /** A caller who does nothing goes round without end, whatever the world does. */
  | 'trap'
  /** Nothing that the caller does leads to an end, but hanging up. */
  | 'noWayOut'
  /** A caller who answers at once reaches a person later than wished. */
  | 'late'
  /** The call was answered and ends without a word. */
  | 'unsaid';

export interface Finding {
  kind: FindingKind;
  /** The step that it is about. */
  place: string;
  text: string;
  path: string[];
  /** How many further states show the same. */
  more: number;
  /** A case of `parley flow test` that fails until the flow is mended. */
  source: TestCaseSource;
}

/** Something that may be a finding: the first of its kind and place whose test fails is kept. */
interface Suspect {
  kind: FindingKind;
  place: string;
  text: string;
  path: string[];
  init: FlowInit;
  way: Done[];
  expected: Outcome;
}

export interface Found {
  findings: Finding[];
  /** Suspects whose test did not fail, though it should have. */
  unproved: string[];
}

const BAD_ENDS = ['error', 'stepLimit'];
/** Suspects of one kind and place for which a test is tried. */
const MOST_TRIES = 5;

/** What is wrong with what was walked, nearest first, each proved by a test that fails. */
export function findingsIn(flow: Flow, walked: Walked, secondsToPerson: number | undefined): Found {
  const suspects = [
    ...walked.crashes.map((crash) => crashed(crash, flow)),
    ...walked.nodes.flatMap((node) => [
      ...wrongEnd(node, flow),
      ...(secondsToPerson === undefined ? [] : lateAt(node, flow, secondsToPerson)),
    ]),
    ...trapsIn(walked, flow),
  ];
  const found: Found = { findings: [], unproved: [] };
  for (const [key, alike] of Map.groupBy(suspects, ({ kind, place }) => `${kind} at ${place}`)) {
    const finding = firstProved(alike, key, flow);
    if (finding) found.findings.push({ ...finding, more: alike.length - 1 });
    // A caller who gets out after all, by the longest time of the call or the limit of failures, is not trapped.
    else if (!key.startsWith('trap') && !key.startsWith('noWayOut')) found.unproved.push(`${key}: ${alike[0]?.text}`);
  }
  return found;
}

function firstProved(alike: readonly Suspect[], name: string, flow: Flow): Omit<Finding, 'more'> | undefined {
  for (const { kind, place, text, path, init, way, expected } of alike.slice(0, MOST_TRIES)) {
    const source: TestCaseSource = {
      name,
      ...situationOf(flow, init, way),
      // biome-ignore lint/suspicious/noThenProperty: the word of the file; these objects are never awaited.
      then: expected,
    };
    if (resultOf(source, flow).failures.length > 0) return { kind, place, text, path, source };
  }
  return undefined;
}

/** What `parley flow test` makes of a case. */
export function resultOf(source: TestCaseSource, flow: Flow): CaseResult {
  const loaded = loadTests(JSON.stringify({ flow: flow.name, cases: [source] }), 'explored.test.yaml');
  const [one] = loaded.ok ? loaded.tests.cases : [];
  if (!one) throw new Error(`an explored case cannot be read: ${JSON.stringify(loaded)}`);
  return runCase(flow, one);
}

function crashed({ from, init, done, message }: Crash, flow: Flow): Suspect {
  const way = [...wayTo(from), ...(done ? [done] : [])];
  const path = pathInWords(pathOf(from?.happenings ?? [], flow.name));
  const place = from?.place ?? flow.start;
  return { kind: 'crash', place, text: `The engine breaks: ${message}`, path, init, way, expected: {} };
}

function suspectAt(node: Node, flow: Flow, about: Pick<Suspect, 'kind' | 'place' | 'text' | 'expected'>): Suspect {
  const path = pathInWords(pathOf(node.happenings, flow.name));
  return { ...about, path, init: node.init, way: wayTo(node) };
}

function wrongEnd(node: Node, flow: Flow): Suspect[] {
  const { happenings, endReason, answered, callerGone } = node;
  if (endReason === undefined) return [];
  if (BAD_ENDS.includes(endReason)) {
    const failed = happenings.findLast((one) => one.what === 'failed');
    const [place, why] =
      failed?.what === 'failed' ? [failed.step, `: ${failed.step} fails, for ${failed.why}`] : [node.place, ''];
    const text = `The call ends with ${endReason}${why}`;
    return [suspectAt(node, flow, { kind: 'error', place, text, expected: { notEnded: BAD_ENDS } })];
  }
  // Whoever calls a flow says something before or after it.
  const last = happenings.findLast((one) => one.what === 'left');
  if (last?.what === 'left' && last.exit === 'return') return [];
  if (!answered || callerGone || happenings.some(isHeard)) return [];
  const text = 'The call is answered and ends without a word';
  return [suspectAt(node, flow, { kind: 'unsaid', place: node.place, text, expected: { speaks: true } })];
}

/** Whether a caller who answers at once is late; what others do is their own affair. */
function lateAt(node: Node, flow: Flow, seconds: number): Suspect[] {
  const { happenings, init, dawdled } = node;
  const index = happenings.findIndex(isOnTheWay);
  const reached = happenings[index];
  const tookMs = (reached?.at ?? 0) - init.at;
  if (dawdled || !reached || tookMs <= seconds * 1_000) return [];
  const place = placeAt(happenings.slice(0, index), flow);
  const within = durationOf(seconds * 1_000);
  const text = `A person is reached after ${(tookMs / 1_000).toFixed(1)} s, not within ${seconds} s`;
  return [
    suspectAt(node, flow, { kind: 'late', place, text, expected: { reached: { ...whereTo(reached, place), within } } }),
  ];
}

/** What a test calls the place that was reached. */
function whereTo(reached: Happening, place: string): Partial<NonNullable<Outcome['reached']>> {
  if (reached.what === 'queued') return { queue: reached.effect.queue };
  return reached.what === 'transferred' ? { transfer: reached.to } : { step: place.split('/').at(-1) };
}

/** The step that was entered last. */
function placeAt(happenings: readonly Happening[], flow: Flow): string {
  const last = happenings.findLast((one) => one.what === 'entered');
  if (last?.what !== 'entered') return flow.start;
  return last.flow === flow.name ? last.step : `${last.flow}/${last.step}`;
}

/** Where callers get into a trap; those who are in it already are not told again. */
function trapsIn({ nodes }: Walked, flow: Flow): Suspect[] {
  const expected = { notEnded: BAD_ENDS };
  const lost = new Set(hopeless(nodes));
  const idle = new Set(endless(nodes).filter((node) => !lost.has(node)));
  const entries = (trapped: ReadonlySet<Node>) => [...trapped].filter(({ before }) => !before || !trapped.has(before));
  return [
    ...entries(lost).map((node) => {
      const text = 'Nothing that the caller does leads to an end, but hanging up';
      return suspectAt(node, flow, { kind: 'noWayOut', place: node.place, text, expected });
    }),
    ...entries(idle).map((node) => {
      const text = 'A caller who does nothing goes round without end';
      return suspectAt(node, flow, { kind: 'trap', place: node.place, text, expected });
    }),
  ];
}
