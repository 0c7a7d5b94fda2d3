import type { ExpressionType } from '../language/condition.ts';
import type { Flow } from '../language/flow.ts';
import type { FlowValue } from '../machine/types.ts';
import { familyOf } from './family.ts';

/** Values of one variable that are tried. */
export const MOST_VALUES = 8;
const EXAMPLE = '5550100';
const MOST_NUMBERS = 6;
/** Whole numbers up to here may count something, and are told apart. */
const COUNTED = 20;

const NAME = '[A-Za-z_]\\w*';
const LITERAL = `'([^'\\n]{0,60})'|\\\\?"([^"\\n\\\\]{0,60})\\\\?"|(-?\\d{1,15}(?:\\.\\d{1,6})?)`;
const WITH_LITERAL = new RegExp(`\\b(${NAME})\\b\\s*(?:==|!=|<=?|>=?)\\s*(?:${LITERAL})`, 'g');
const WITH_NAME = new RegExp(`\\b(${NAME})\\b\\s*(?:==|!=|<=?|>=?)\\s*(${NAME})\\b`, 'g');
/** A name whose parts are looked at, or that is given to a function. */
const LOOKED_INTO = new RegExp(
  `\\b(${NAME})\\.[A-Za-z]+\\(|\\b[a-z]\\w*\\(\\s*(${NAME})\\b|\\b(${NAME})\\s+in\\b`,
  'g',
);
/** One name that is given the value of another. */
const GIVEN = new RegExp(`\\b(${NAME}):\\s*"?(?:\\{\\{\\s*)?(${NAME})\\b`, 'g');

/**
 * What a flow compares its variables with, read in its texts: the values that lead different ways. Without texts nothing is known, and every
 * value is its own.
 */
export class Compared {
  /** Whether the language of a call may decide where it goes. */
  readonly byLanguage: boolean;
  /** Numbers of callers that lead different ways. */
  readonly numbers: readonly string[];
  readonly #isKnown: boolean;
  readonly #values = new Map<string, FlowValue[]>();
  readonly #exact = new Set<string>();
  /** Names that may hold the same value, each by one of them. */
  readonly #same = new Map<string, string>();

  /** `sources`: the texts of the flow's files. */
  constructor(flow: Flow, sources: readonly string[]) {
    const text = sources.join('\n');
    this.#isKnown = text !== '';
    this.byLanguage = !this.#isKnown || /call\.language\s*[=!]=|switch:\s*"?call\.language/.test(text);
    this.numbers = numbersIn(text);
    const family = familyOf(flow);
    const names = new Set(family.flatMap((one) => [...one.names.keys(), ...one.results.keys()]));
    for (const [, one = '', other = ''] of text.matchAll(GIVEN))
      if (names.has(one) && names.has(other)) this.#join(one, other);
    for (const [, name = '', single, double, number] of text.matchAll(WITH_LITERAL)) {
      if (number === undefined) this.#add(name, single ?? double ?? '');
      else for (const near of [0, 1, -1]) this.#add(name, Number(number) + near);
    }
    for (const [, one = '', other = ''] of text.matchAll(WITH_NAME))
      if (names.has(one) && names.has(other)) for (const name of [one, other]) this.#exact.add(this.#rootOf(name));
    for (const [, into = '', given = '', within = ''] of text.matchAll(LOOKED_INTO))
      for (const name of [into, given, within]) if (names.has(name)) this.#exact.add(this.#rootOf(name));
    for (const { steps } of family) {
      for (const step of steps.values()) {
        if (step.verb !== 'switch') continue;
        const cases = step.targets.flatMap(({ exit }) => (exit === 'else' || exit === 'error' ? [] : [exit]));
        for (const { name } of step.reads) for (const value of cases) this.#add(name, value);
      }
    }
  }

  /** Whether something may still decide where a call goes; without texts, everything may. */
  matters(name: string, live: ReadonlySet<string>): boolean {
    return !this.#isKnown || live.has(name);
  }

  /** What tells moments of a call apart: where they are beside the seconds that the flow compares with. */
  timeClass(seconds: number): number[] {
    const known = this.#isKnown ? this.#known('seconds').filter((one) => typeof one === 'number') : [];
    return known.map((one) => Math.sign(seconds - one));
  }

  /** What a variable may be given, first what it is likely to be. */
  valuesOf(name: string, type: ExpressionType): FlowValue[] {
    const known = this.#known(name).filter((value) => fitsType(value, type));
    return [...new Set([...usual(type), ...known])].slice(0, MOST_VALUES);
  }

  textsOf(name: string): string[] {
    return this.#known(name).map(String);
  }

  /** What tells values apart for where a call can go, of those that are still read. */
  classesOf(vars: Readonly<Record<string, FlowValue>>, live: ReadonlySet<string> = new Set()): unknown {
    if (!this.#isKnown) return vars;
    return Object.entries(vars).map(([name, value]) => (live.has(name) ? this.#classOf(name, value) : null));
  }

  #classOf(name: string, value: FlowValue): unknown {
    if (typeof value === 'boolean' || this.#exact.has(this.#rootOf(name))) return value;
    const known = this.#known(name);
    if (typeof value === 'string') return known.includes(value) || value === '' ? value : true;
    const numbers = known.filter((one) => typeof one === 'number');
    if (numbers.length === 0) return value === 0;
    if (Number.isInteger(value) && Math.abs(value) <= COUNTED) return value;
    return numbers.map((one) => Math.sign(value - one));
  }

  #known(name: string): FlowValue[] {
    return this.#values.get(this.#rootOf(name)) ?? [];
  }

  #add(name: string, value: FlowValue): void {
    const root = this.#rootOf(name);
    const list = this.#values.get(root) ?? [];
    if (!list.includes(value)) list.push(value);
    this.#values.set(root, list);
  }

  #join(one: string, other: string): void {
    const [a, b] = [this.#rootOf(one), this.#rootOf(other)];
    if (a !== b) this.#same.set(a, b);
  }

  #rootOf(name: string): string {
    let root = name;
    for (let up = this.#same.get(root); up !== undefined; up = this.#same.get(root)) root = up;
    return root;
  }
}

/** Numbers that begin with what a flow looks for, and those it compares with. */
function numbersIn(text: string): string[] {
  const begins = [...text.matchAll(/caller\.number\.startsWith\(\\?['"]([+\d]{1,15})\\?['"]\)/g)].map(
    ([, begin = '']) => begin + EXAMPLE,
  );
  const whole = [...text.matchAll(/caller\.number\s*==\s*\\?['"]([+\d]{1,20})\\?['"]/g)].map(
    ([, number = '']) => number,
  );
  return [...new Set([...begins, ...whole])].slice(0, MOST_NUMBERS);
}

function usual(type: ExpressionType): FlowValue[] {
  if (type === 'string') return ['example'];
  return type === 'bool' ? [true, false] : [1];
}

function fitsType(value: FlowValue, type: ExpressionType): boolean {
  if (type === 'string' || type === 'bool') return typeof value === (type === 'string' ? 'string' : 'boolean');
  return typeof value === 'number' && (type !== 'int' || Number.isInteger(value));
}
