import type { Step } from '../language/flow.ts';
import { chanceOf } from '../machine/chance.ts';
import type { Json } from '../machine/types.ts';
import type { Verdict } from '../machine/verdict.ts';
import { madeUpDigits, wrongKey } from '../run/made-up.ts';
import { type Compared, MOST_VALUES } from './compared.ts';

/** Answers of one request that are tried. */
const MOST_ANSWERS = 16;

/** Answers that a step takes values from: each value of each variable at least once, the rest drawn from `seed`. */
export function answersFor(step: Step, compared: Compared, seed: number): Json[] {
  const make = step.kind.answerWith;
  if (!make) return [{}];
  const bodies = new Map<string, Json>();
  for (let n = 0; n < MOST_ANSWERS; n += 1) {
    const body =
      make(step.params, (name, type) => {
        const values = compared.valuesOf(name, type);
        const index =
          n < MOST_VALUES ? Math.min(n, values.length - 1) : Math.floor(chanceOf(seed + n, name) * values.length);
        return values[index] ?? '';
      }) ?? {};
    bodies.set(JSON.stringify(body), body);
  }
  return [...bodies.values()];
}

/** Rows of keys that a question tells apart: each answer of a menu, or one entry and those it is compared with; and a wrong one. */
export function entriesFor(step: Step, judge: (digits: string) => Verdict, compared: Compared, seed: number): string[] {
  const { acts = {}, gives = {}, secret } = step.traits;
  const isMenu = acts['*'] === 'answer';
  const named = isMenu ? Object.keys(step.exits).filter((exit) => acts[exit] === undefined) : [];
  const into = [...(gives['next'] ?? []), ...(secret === undefined ? [] : [secret])];
  const drawn = isMenu ? undefined : madeUpDigits(judge, seed, {});
  const alike = isMenu ? [] : into.flatMap((name) => compared.textsOf(name)).filter((text) => isAnswer(judge, text));
  const whole = [...named, ...(drawn === undefined ? [] : [drawn]), ...alike];
  const begun = whole
    .map((entry) => entry.slice(0, 1))
    .filter((key) => judge(key) === 'more')
    .slice(0, 1);
  const wrong = wrongKey(judge);
  return [...new Set([...whole, ...begun, ...(wrong === undefined ? [] : [wrong])])];
}

function isAnswer(judge: (digits: string) => Verdict, text: string): boolean {
  return /^[0-9*#]{1,64}$/.test(text) && ['complete', 'enough'].includes(judge(text));
}
