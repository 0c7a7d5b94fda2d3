import type { Flow } from '../../flows/language/flow.ts';
import { hintsOf } from '../../flows/run/made-up.ts';
import { loadTests } from '../../flows/test/load.ts';
import { runCase } from '../../flows/test/run-case.ts';
import type { TestCaseSource } from '../../flows/test/shape.ts';
import type { CallFact } from '../journal.ts';
import { situationOf } from './attempt.ts';
import { followCall } from './follow.ts';
import { type RecordedCall, readRecordedCall, refused } from './recorded-call.ts';

/** A real call as a case of `parley flow test`, and what in it was made up. */
export interface SavedCase {
  flow: string;
  source: TestCaseSource;
  /** In words, for people who read the case. */
  madeUp: string[];
}

/**
 * Makes a test case of a real call: the same way through the same flow, with the times at which things were done. Numbers, names,
 * digits and what services said are not taken over but made up, so that the case may be kept anywhere. `sources` are the texts of the flow's
 * files. Throws `flow.refused` in words when no made-up call goes the same way.
 */
export function saveCase(facts: readonly CallFact[], flow: Flow, sources: readonly string[]): SavedCase {
  const recorded = readRecordedCall(facts);
  const followed = followCall(flow, recorded, hintsOf(flow, sources));
  if (!followed.ok) {
    const where = followed.visit ? ` Its visit of ${nameOf(followed.visit, recorded)} could not be repeated.` : '';
    throw refused(`No call that is made up goes the way of this one.${where}`);
  }
  const { attempt, endReason } = followed;
  const source: TestCaseSource = {
    name: `as a caller did on ${new Date(recorded.beganAt).toISOString().slice(0, 16).replace('T', ' at ')} UTC`,
    ...situationOf(attempt, recorded),
    ...(attempt.script.length > 0 && { script: attempt.script }),
    // biome-ignore lint/suspicious/noThenProperty: the word of the file; these objects are never awaited.
    then: { path: recorded.visits.map((visit) => `${nameOf(visit, recorded)}:${visit.exit}`), ended: endReason },
  };
  prove(source, flow);
  return { flow: recorded.flow, source, madeUp: madeUpIn(recorded) };
}

/** What cannot be taken over from a call, by what happened in it. */
function madeUpIn({ visits, callerNumber, callerHadName }: RecordedCall): string[] {
  const has = (is: (visit: RecordedCall['visits'][number]) => boolean): boolean => visits.some(is);
  return [
    ...(callerNumber === '' ? [] : ["the caller's number"]),
    ...(callerHadName ? ["the caller's name"] : []),
    ...(has(({ verb, exit }) => verb === 'collect' && exit === 'next') ? ['the digits that were collected'] : []),
    ...(has(({ exit }) => exit === 'noMatch') ? ['the keys that did not fit'] : []),
    ...(has(({ verb }) => verb === 'http') ? ['what services answered'] : []),
    ...(has(hidesItsRing) ? ['how long it rang'] : []),
  ];
}

/** Calls of before talks of transfers were written down. */
function hidesItsRing({ verb, exit, answeredAt }: RecordedCall['visits'][number]): boolean {
  return verb === 'transfer' && exit === 'ended' && answeredAt === undefined;
}

function nameOf({ flow, step }: { flow: string; step: string }, recorded: RecordedCall): string {
  return flow === recorded.flow ? step : `${flow}/${step}`;
}

/** The case as it will be read passes. Anything else is a bug of ours, and a case that fails would be no use to anybody. */
function prove(source: TestCaseSource, flow: Flow): void {
  const loaded = loadTests(JSON.stringify({ flow: flow.name, cases: [source] }), 'saved.test.yaml');
  const [one] = loaded.ok ? loaded.tests.cases : [];
  const failures = one && runCase(flow, one).failures;
  if (failures?.length !== 0) throw new Error(`a saved case does not pass: ${JSON.stringify(failures ?? loaded)}`);
}
