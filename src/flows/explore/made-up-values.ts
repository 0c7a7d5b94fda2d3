import type { Step } from '../language/flow.ts';
import { chanceOf } from '../machine/chance.ts';
import type { FlowValue, Json } from '../machine/types.ts';
import type { Verdict } from '../machine/verdict.ts';
import { madeUpDigits, wrongKey } from '../run/made-up.ts';
import type { Compared } from './compared.ts';

/** Answers of one request that are tried. */
const MOST_ANSWERS = 24;
const DRAWN_ANSWERS = 4;

/**
 * Answers that a step takes values from: each value of each variable once, beside what is usual; some drawn from `seed`; and with lists
 * that are empty.
 */
export function answersFor(step: Step, compared: Compared, seed: number): Json[] {
  const make = step.kind.answerWith;
  if (!make) return [{}];
  const saved = new Map<string, FlowValue[]>();
  const answer = (chosen: (name: string, values: readonly FlowValue[]) => FlowValue | undefined): Json =>
    make(step.params, (name, type) => {
      const values = compared.valuesOf(name, type);
      saved.set(name, values);
      return chosen(name, values) ?? values[0] ?? '';
    }) ?? {};
  const usual = answer(() => undefined);
  const others = [...saved].flatMap(([name, values]) =>
    values.slice(1).map((value) => answer((one) => (one === name ? value : undefined))),
  );
  const drawn = Array.from({ length: saved.size > 1 ? DRAWN_ANSWERS : 0 }, (_, n) =>
    answer((name, values) => values[Math.floor(chanceOf(seed + n, name) * values.length)]),
  );
  const all = [usual, ...withEmptyLists(usual), ...others, ...drawn];
  return [...new Map(all.map((body) => [JSON.stringify(body), body])).values()].slice(0, MOST_ANSWERS);
}

/** The value with each of its lists empty, one at a time. */
function withEmptyLists(value: Json): Json[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return [[]];
  return Object.entries(value).flatMap(([key, inner]) =>
    withEmptyLists(inner).map((one) => ({ ...value, [key]: one })),
  );
}

/** Rows of keys that a question tells apart: each answer of a menu, or one entry and those it is compared with; and a wrong one. */
export function entriesFor(step: Step, judge: (digits: string) => Verdict, compared: Compared, seed: number): string[] {
  const { acts = {}, gives = {}, secret } = step.traits;
  const isMenu = acts['*'] === 'answer';
  const named = isMenu ? Object.keys(step.exits).filter((exit) => acts[exit] === undefined) : [];
  const into = [...(gives['next'] ?? []), ...(secret === undefined ? [] : [secret])];
  const drawn = isMenu ? undefined : madeUpDigits(judge, seed, {});
  const alike = isMenu
    ? []
    : into.flatMap((name) => compared.textsOf(name)).flatMap((text) => entryLike(text, judge, seed) ?? []);
  const whole = [...named, ...(drawn === undefined ? [] : [drawn]), ...alike];
  const begun = whole
    .map((entry) => entry.slice(0, 1))
    .filter((key) => judge(key) === 'more')
    .slice(0, 1);
  const wrong = wrongKey(judge);
  return [...new Set([...whole, ...begun, ...(wrong === undefined ? [] : [wrong])])];
}

/** An entry that is what the flow compares with, or begins like it. */
function entryLike(text: string, judge: (digits: string) => Verdict, seed: number): string | undefined {
  if (!/^[0-9*#]{1,64}$/.test(text)) return undefined;
  return ['complete', 'enough'].includes(judge(text)) ? text : madeUpDigits(judge, seed, { begin: text });
}
