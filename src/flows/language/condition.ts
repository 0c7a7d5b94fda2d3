import { type ASTNode, Environment, EvaluationError } from '@marcbachmann/cel-js';
import type { SpokenForms } from '../spoken/forms.ts';
import { SPOKEN_FUNCTIONS, inWords as saidInWords, spokenForms } from '../spoken/functions.ts';
import { type Filled, filledBy, testedIn } from './emptiness.ts';
import type { FlowRule } from './errors.ts';
import { BOUNDED_MATCH, bindMatches, childrenOf, FUNCTIONS, refusedFunction, secondsIn } from './functions.ts';
import { quickly, type Values } from './quick.ts';
import { MAX_SUBJECT, TextPatterns } from './text-pattern.ts';

/** The kinds of value an expression can give, in the words of CEL (`int` is a whole number). */
export type ExpressionType = 'string' | 'int' | 'double' | 'bool';

/** What expressions may name: the flow's variables with their types. `caller` and `call` are always there. */
export type Names = ReadonlyMap<string, ExpressionType>;

/** Where a scope has the values as the state keeps them. */
export const VALUES = Symbol('values');

/** The values behind the names at one moment; whole numbers of type `int` are BigInt. */
export type Scope = Record<string, unknown> & { readonly [VALUES]?: Values };

export interface Expression {
  source: string;
  type: ExpressionType;
  /** What it names, wherever it does: variables, and `caller` and `call` with what is read of them (`call.seconds`). */
  reads: readonly Read[];
  /** What is known of its variables when it is true, and when it is false. */
  filled: Filled;
  /** Throws `ExpressionFailure` when the values do not allow an answer, as in a division by zero. */
  evaluate(scope: Scope): string | number | boolean;
}

/** A name in an expression, and where in it, in UTF-16 units. */
export interface Read {
  name: string;
  start: number;
  /** The expression itself asks whether it is empty. */
  isTested?: true;
}

export interface ExpressionProblem {
  rule: FlowRule;
  text: string;
  hint?: string;
  /** Where in the expression, in UTF-16 units. */
  start: number;
}

/** An expression that could not be worked out with the values at hand. */
export class ExpressionFailure extends Error {
  override readonly name = 'ExpressionFailure';
}

const MAX_LENGTH = 1_000;
/** No value of an expression is longer, so that a loop of `a + a` stays small. */
export const MAX_TEXT = 4_096;

/** Names that mean something of their own in expressions and cannot be variables. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  ...[
    'caller',
    'call',
    'true',
    'false',
    'null',
    'in',
    'as',
    'break',
    'const',
    'continue',
    'else',
    'for',
    'function',
    'if',
  ],
  ...['import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while', 'constructor', 'prototype'],
  ...FUNCTIONS,
  ...[
    'type',
    'list',
    'map',
    'bytes',
    'uint',
    'dyn',
    'duration',
    'timestamp',
    'optional',
    'cel',
    'has',
    'hasOwnProperty',
  ],
  ...['toString', 'valueOf', 'toLocaleString', 'isPrototypeOf', 'propertyIsEnumerable', 'null_type', 'google'],
]);

/** The library has a function of this name of its own. */
const DURATION_OF_TEXT = {
  rule: 'expression.type',
  text: 'duration() says a number of seconds, and this is a text',
  hint: 'such as duration(call.seconds)',
} as const;

/** Compiles the expressions of one flow. */
export class Expressions {
  /** By the words that texts in a language are said with; one for expressions that are not said. */
  readonly #environments = new Map<SpokenForms | undefined, Environment>();
  readonly #patterns = new TextPatterns();
  readonly names: Names;
  readonly secrets: ReadonlySet<string>;

  /** `secrets`: variables that exist and that no expression may read. */
  constructor(names: Names, secrets: ReadonlySet<string> = new Set()) {
    this.names = names;
    this.secrets = secrets;
  }

  /** The expression, or what is wrong with it. `language`: that of the text it stands in, where it is one to be said. */
  compile(source: string, language?: string): Expression | ExpressionProblem {
    if (source.trim() === '') return { rule: 'expression.syntax', text: 'The expression is empty', start: 0 };
    if (source.length > MAX_LENGTH)
      return { rule: 'expression.syntax', text: `An expression has at most ${MAX_LENGTH} characters`, start: 0 };
    const forms = language === undefined ? undefined : spokenForms(language);
    try {
      const parsed = this.#environmentOf(forms).parse(source);
      const refused = refusedFunction(parsed.ast, language);
      if (refused) return refused;
      bindMatches(parsed.ast);
      const check = parsed.check();
      if (!check.valid) return this.#problem(check.error);
      const type = check.type;
      if (type === 'google.protobuf.Duration') return { ...DURATION_OF_TEXT, start: 0 };
      if (type !== 'string' && type !== 'int' && type !== 'double' && type !== 'bool')
        return {
          rule: 'expression.type',
          text: `An expression gives a text, a number or true/false, not ${type}`,
          start: 0,
        };
      const quick = quickly(parsed.ast, { names: this.names, forms, patterns: this.#patterns });
      const evaluate = evaluation((scope) => parsed(scope), quick);
      return { source, type, reads: readsOf(parsed.ast), filled: filledBy(parsed.ast), evaluate };
    } catch (error) {
      return this.#problem(error);
    }
  }

  #environmentOf(forms: SpokenForms | undefined): Environment {
    let made = this.#environments.get(forms);
    if (!made) {
      made = baseOf(forms).clone();
      made.registerFunction(`string.${BOUNDED_MATCH}(string): bool`, (text: string, pattern: string) => {
        const fits = this.#patterns.fits(text, pattern);
        if (fits !== undefined) return fits;
        throw new EvaluationError({ message: `matches looks at texts of at most ${MAX_SUBJECT} characters` });
      });
      for (const [name, type] of this.names) made.registerVariable(name, type);
      this.#environments.set(forms, made);
    }
    return made;
  }

  #problem(error: unknown): ExpressionProblem {
    const known = error as { code?: string; summary?: string; range?: { start: number } } | undefined;
    const start = known?.range?.start ?? 0;
    const summary = (known?.summary ?? 'The expression cannot be read').replaceAll(BOUNDED_MATCH, 'matches');
    const named = /^Unknown variable: (.+)$/.exec(summary)?.[1];
    if (named !== undefined && this.secrets.has(named))
      return { rule: 'variable.secret', text: `${named} holds secret digits and cannot be read`, start };
    if (named !== undefined) {
      const hint = 'declare it under vars, or collect digits into it';
      return { rule: 'variable.unknown', text: `There is no variable ${named}`, hint, start };
    }
    const key = /^No such key: (.+)$/.exec(summary)?.[1];
    if (key !== undefined) return { rule: 'variable.unknown', text: `There is no ${key} here`, start };
    const spoken = SPOKEN_FUNCTIONS.get(/^found no matching overload for '(\w+)\(/.exec(summary)?.[1] ?? '');
    if (spoken) {
      const given = summary.slice(summary.indexOf("'"));
      const hint = `such as ${spoken.example}`;
      return { rule: 'expression.type', text: `${spoken.name}() is not used as ${given}`, hint, start };
    }
    if (/no_such_overload|no_matching|type/.test(known?.code ?? '')) {
      const hint = summary.includes('string')
        ? 'text and number are turned into each other by string() and int()'
        : undefined;
      return { rule: 'expression.type', text: inWords(summary), start, ...(hint === undefined ? {} : { hint }) };
    }
    return { rule: 'expression.syntax', text: inWords(summary), start };
  }
}

const base = new Environment({
  unlistedVariablesAreDyn: false,
  limits: { maxAstNodes: 200, maxDepth: 24, maxListElements: 50, maxMapEntries: 20, maxCallArguments: 4 },
})
  .registerVariable('caller', { schema: { number: 'string', name: 'string' } })
  .registerVariable('call', { schema: { called: 'string', language: 'string', seconds: 'int' } });

// CEL keeps whole numbers and fractions strictly apart; people who write flows do not.
for (const [sign, work] of Object.entries({
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
})) {
  base.registerOperator(`int ${sign} double: double`, (a: bigint, b: number) => work(Number(a), b));
  base.registerOperator(`double ${sign} int: double`, (a: number, b: bigint) => work(a, Number(b)));
}

const bases = new Map<SpokenForms | undefined, Environment>([[undefined, base]]);

/** What expressions of all flows have in common, with the functions that say values in words. */
function baseOf(forms: SpokenForms | undefined): Environment {
  const known = bases.get(forms);
  if (known || !forms) return known ?? base;
  const made = base.clone();
  for (const spoken of SPOKEN_FUNCTIONS.values())
    for (const call of spoken.calls)
      made.registerFunction(
        `${spoken.name}(${call.join(', ')}): string`,
        (value: string | number | bigint, option?: string) => saidInWords(spoken, forms, value, option),
      );
  bases.set(forms, made);
  return made;
}

base.registerFunction('seconds(string): int', (duration: string) => BigInt(secondsIn(duration) ?? 0));

/** `quick` goes first where there is one; what it has no answer to, the library answers or refuses. */
function evaluation(run: (scope: Scope) => unknown, quick: ReturnType<typeof quickly>): Expression['evaluate'] {
  if (!quick) return (scope) => plain(run, scope);
  return (scope) => {
    const values = scope[VALUES];
    const value = values && quick(values);
    if (typeof value === 'boolean' || (typeof value === 'string' && value.length <= MAX_TEXT)) return value;
    return typeof value === 'number' && Number.isFinite(value) ? value + 0 : plain(run, scope);
  };
}

function plain(run: (scope: Scope) => unknown, scope: Scope): string | number | boolean {
  let value: unknown;
  try {
    value = run(scope);
  } catch (error) {
    const summary = (error as { summary?: string } | undefined)?.summary ?? 'the expression failed';
    throw new ExpressionFailure(inWords(summary), { cause: error });
  }
  if (typeof value === 'bigint') {
    if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER))
      throw new ExpressionFailure('The number is too large');
    return Number(value);
  }
  if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? 0 : value;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    if (value.length > MAX_TEXT) throw new ExpressionFailure('The text is too long');
    return value;
  }
  throw new ExpressionFailure('The expression gives no usable value');
}

function readsOf(whole: ASTNode): Read[] {
  const tested = new Set(testedIn(whole));
  const read = (node: ASTNode): Read[] => {
    const { start } = node;
    if (node.op === 'id') return [{ name: node.args, start, ...(tested.has(node.args) && { isTested: true }) }];
    if (node.op === '.' && node.args[0].op === 'id') return [{ name: `${node.args[0].args}.${node.args[1]}`, start }];
    return childrenOf(node.args).flatMap(read);
  };
  return read(whole);
}

function inWords(summary: string): string {
  const overload = /^no such overload: (.+)$/.exec(summary)?.[1];
  if (overload !== undefined) return `This does not fit together: ${overload}`;
  const text = summary.split('\n')[0] ?? summary;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
