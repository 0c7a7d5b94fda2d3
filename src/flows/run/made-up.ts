import type { ExpressionType } from '../language/condition.ts';
import type { Flow } from '../language/flow.ts';
import { chanceOf } from '../machine/chance.ts';
import type { FlowValue } from '../machine/types.ts';
import type { Verdict } from '../machine/verdict.ts';

/** The number of callers in tests that name none. */
export const EXAMPLE_NUMBER = '+4930555010';
const KEYS = '0123456789*#';
const LONGEST_ENTRY = 64;

/** Numbers to put in the place of a caller's: an example, then one of the same country and length. */
export function madeUpNumbers(real: string): string[] {
  if (real === '') return [''];
  const kept = real.startsWith('+') ? real.slice(0, 3) : '';
  const alike =
    kept + '5550100'.padEnd(Math.max(0, real.length - kept.length), '0').slice(0, real.length - kept.length);
  return [...new Set([EXAMPLE_NUMBER, alike])].filter((one) => one !== real);
}

/** What is known of digits that were pressed, and how made-up ones may begin. */
export interface DigitsWish {
  length?: number;
  unlike?: string;
  begin?: string;
}

/**
 * Digits that a question takes for an answer: of this length where it is known, and other ones than `unlike`. Which, is drawn from
 * `draw`; the same draw gives the same digits. Undefined when the draw comes to no answer.
 */
export function madeUpDigits(
  judge: (digits: string) => Verdict,
  draw: number,
  { length, unlike, begin = '' }: DigitsWish,
): string | undefined {
  let digits = begin;
  while (digits.length < (length ?? LONGEST_ENTRY)) {
    const open = [...'0123456789'].filter((key) => judge(digits + key) !== 'never');
    const key = open[Math.floor(chanceOf(draw, `digit ${digits.length}`) * open.length)];
    if (key === undefined) break;
    digits += key;
    const verdict = judge(digits);
    if (verdict === 'complete' || (length === undefined && verdict === 'enough')) break;
  }
  const verdict = judge(digits);
  const isAnswer = verdict === 'complete' || verdict === 'enough';
  return isAnswer && digits !== unlike && (length === undefined || digits.length === length) ? digits : undefined;
}

/** A key that no answer begins with; undefined when each key may. */
export function wrongKey(judge: (digits: string) => Verdict): string | undefined {
  return [...KEYS].find((key) => judge(key) === 'never');
}

/** Digits to try for an answer, the likeliest first: any, then those that have in them what the flow compares with. */
export function digitsToTry(judge: (digits: string) => Verdict, wish: DigitsWish, hints: Hints): string[] {
  const { length, unlike } = wish;
  const begins = ['', ...hints.digits.filter((one) => length === undefined || one.length < length)];
  const drawn = begins.flatMap((begin) =>
    Array.from(
      { length: begin === '' ? DRAWS : 2 },
      (_, draw) => madeUpDigits(judge, draw, { ...wish, begin }) ?? [],
    ).flat(),
  );
  const alike = hints.digits.filter((one) => length === undefined || one.length === length);
  const written = alike.filter((one) => ['complete', 'enough'].includes(judge(one)));
  return [...new Set([...drawn, ...written])]
    .filter((one) => one !== unlike || written.includes(one))
    .slice(0, MOST_DIGITS);
}

/** What values a flow compares with: the words and numbers that stand in its text, to draw from. */
export interface Hints {
  texts: string[];
  numbers: number[];
  digits: string[];
}

const MOST_HINTS = 60;
const DRAWS = 8;
const MOST_DIGITS = 60;

export function hintsOf(flow: Flow, sources: readonly string[]): Hints {
  const all = sources.join('\n');
  const quoted = [...all.matchAll(/"([^"\n]{1,60})"|'([^'\n]{1,60})'/g)].map(([, one, other]) => one ?? other ?? '');
  const steps = [flow, ...Object.values(flow.flows)].flatMap((one) => [...one.steps.values()]);
  const cases = steps.flatMap(({ verb, targets }) => (verb === 'switch' ? targets.map(({ exit }) => exit) : []));
  const digits = [...all.matchAll(/(?<![\w.])\d{1,20}(?![\w.])/g)].map(([text]) => text);
  const numbers = digits.map(Number).filter(Number.isSafeInteger);
  const near = numbers.flatMap((number) => [number, number + 1, Math.max(0, number - 1)]);
  return { texts: distinct([...cases, ...quoted]), numbers: distinct(near), digits: distinct(digits) };
}

/** A value for a variable, the `n`th try: first all from the front of what is likely, then mixed. */
export function madeUpValue(type: ExpressionType, name: string, n: number, hints: Hints): FlowValue {
  const pool = poolOf(type, hints);
  const index = n < pool.length ? n : Math.floor(chanceOf(n, name) * pool.length);
  return pool[index] ?? pool[0] ?? '';
}

function poolOf(type: ExpressionType, { texts, numbers }: Hints): FlowValue[] {
  switch (type) {
    case 'string':
      return ['example', ...texts];
    case 'bool':
      return [true, false];
    case 'int':
      return distinct([1, 0, 2, ...numbers]);
    default:
      return distinct([1.5, 0, 1, ...numbers]);
  }
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)].slice(0, MOST_HINTS);
}
