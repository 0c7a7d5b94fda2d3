import type { Flow } from '../language/flow.ts';
import { start } from '../machine/engine.ts';
import type { FlowInit } from '../machine/types.ts';
import { StepView } from '../machine/view.ts';
import { EXAMPLE_NUMBER } from '../run/made-up.ts';
import { USUAL_AT } from '../test/load.ts';
import type { Compared } from './compared.ts';
import { familyOf, hasStep, statusesOf } from './family.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How many of each kind are tried, at most. */
const MOST_MOMENTS = 6;
const MOST_SEEDS = 8;
const SEEDS_TRIED = 400;
const MOST = 48;

/** Calls that may begin differently: when calendars differ, how chance falls, without a number, in each language. */
export function beginningsOf(flow: Flow, compared: Compared, seed: number): FlowInit[] {
  const numbers = [EXAMPLE_NUMBER, ...(hasStep(flow, 'callback') ? [''] : []), ...compared.numbers];
  const languages = compared.byLanguage ? flow.languages : [flow.languages[0]];
  const all: FlowInit[] = [];
  for (const number of numbers)
    for (const language of languages)
      for (const at of momentsFor(flow))
        for (const drawn of seedsFor(flow, seed))
          all.push({ at, caller: { number, name: '' }, called: '1000', language, seed: drawn });
  return all.slice(0, MOST);
}

/** A moment for each way in which the calendars of the flow stand together, within a year. */
function momentsFor(flow: Flow): number[] {
  if (!hasStep(flow, 'hours')) return [USUAL_AT];
  const found = new Map<string, number>();
  for (const at of moments()) {
    const statuses = statusesOf(flow, at).join();
    if (!found.has(statuses)) found.set(statuses, at);
    if (found.size >= MOST_MOMENTS) break;
  }
  return [...found.values()];
}

/** Every hour of a week, then every eight hours of a year. */
function* moments(): Generator<number> {
  for (let hour = 0; hour < 7 * 24; hour += 1) yield USUAL_AT + hour * HOUR_MS;
  for (let at = USUAL_AT; at < USUAL_AT + 366 * DAY_MS; at += 8 * HOUR_MS) yield at;
}

/** Seeds with which each share of each `distribute` is taken at least once. */
function seedsFor(flow: Flow, seed: number): number[] {
  const shared = familyOf(flow).flatMap((home) =>
    [...home.steps.values()].filter(({ verb }) => verb === 'distribute').map((step) => ({ home, step })),
  );
  if (shared.length === 0) return [seed];
  const { state } = start(flow, { at: USUAL_AT, caller: { number: '', name: '' }, called: '' });
  const seen = new Set<string>();
  const seeds: number[] = [];
  for (let tried = 0; tried < SEEDS_TRIED && seeds.length < MOST_SEEDS; tried += 1) {
    const drawn = (seed + tried) >>> 0;
    const exits = shared.map(({ home, step }) => {
      const view = new StepView(home, { ...state, seed: drawn, step: step.name });
      return `${home.name}/${step.name}:${step.kind.enter(step.params, view).exit}`;
    });
    if (exits.every((exit) => seen.has(exit))) continue;
    for (const exit of exits) seen.add(exit);
    seeds.push(drawn);
  }
  return seeds;
}
