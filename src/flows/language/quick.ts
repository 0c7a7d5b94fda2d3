import type { ASTNode } from '@marcbachmann/cel-js';
import type { FlowState } from '../machine/types.ts';
import type { SpokenForms } from '../spoken/forms.ts';
import { inWords, SPOKEN_FUNCTIONS } from '../spoken/functions.ts';
import type { ExpressionType, Names } from './condition.ts';
import { BOUNDED_MATCH, secondsIn } from './functions.ts';
import type { TextPatterns } from './text-pattern.ts';

/** Values as a state keeps them: whole numbers and fractions are both numbers. */
export type Values = Pick<FlowState, 'vars' | 'caller' | 'called' | 'language' | 'at' | 'startedAt'>;

type Value = string | number | boolean;

/** Gives undefined for whatever is not plain: an overflow, a division by zero, a value of another type. */
type Work = (values: Values) => Value | undefined;

interface Quick {
  type: ExpressionType;
  work: Work;
}

/** What an expression may use. */
interface Known {
  names: Names;
  /** How values are said in the language of the text around. */
  forms: SpokenForms | undefined;
  patterns: TextPatterns;
}

/**
 * An expression as functions that call one another, some ten times quicker than the library walks its tree, for the operators that
 * flows mostly use. Undefined when it uses others. A result of undefined says nothing: then the library has to be asked, which also
 * knows what went wrong.
 */
export function quickly(ast: ASTNode, known: Known): Work | undefined {
  return compile(ast, known)?.work;
}

function compile(node: ASTNode, known: Known): Quick | undefined {
  switch (node.op) {
    case 'value':
      return literal(node.args);
    case 'id':
      return variable(node.args, known.names);
    case '.':
      return property(node.args[0], node.args[1]);
    case '!_':
      return not(compile(node.args, known));
    case '-_':
      return arithmetic('-', { type: 'int', work: () => 0 }, compile(node.args, known));
    case '?:': {
      const [condition, yes, no] = node.args.map((part) => compile(part, known));
      return choice(condition, yes, no);
    }
    case 'call':
      if (node.args[0] === 'seconds') return duration(node.args[1][0]);
      return saying(
        node.args[0],
        node.args[1].map((part) => compile(part, known)),
        known.forms,
      );
    case 'rcall':
      return node.args[2].length === 1 && node.args[2][0]
        ? textTest(node.args[0], compile(node.args[1], known), compile(node.args[2][0], known), known)
        : undefined;
    case '&&':
    case '||':
      return both(node.op, compile(node.args[0], known), compile(node.args[1], known));
    case '==':
    case '!=':
      return equality(node.op, compile(node.args[0], known), compile(node.args[1], known));
    case '<':
    case '<=':
    case '>':
    case '>=':
      return order(node.op, compile(node.args[0], known), compile(node.args[1], known));
    case '+':
    case '-':
    case '*':
      return arithmetic(node.op, compile(node.args[0], known), compile(node.args[1], known));
    default:
      return undefined;
  }
}

function literal(value: unknown): Quick | undefined {
  if (typeof value === 'string') return { type: 'string', work: () => value };
  if (typeof value === 'boolean') return { type: 'bool', work: () => value };
  if (typeof value === 'number') return { type: 'double', work: () => value };
  const whole = typeof value === 'bigint' ? Number(value) : Number.NaN;
  return Number.isSafeInteger(whole) ? { type: 'int', work: () => whole } : undefined;
}

function variable(name: string, names: Names): Quick | undefined {
  const type = names.get(name);
  switch (type) {
    case 'string':
      return { type, work: ({ vars }) => typed(vars[name], 'string') };
    case 'bool':
      return { type, work: ({ vars }) => typed(vars[name], 'boolean') };
    case 'double':
      return { type, work: ({ vars }) => typed(vars[name], 'number') };
    case 'int':
      return { type, work: ({ vars }) => (Number.isSafeInteger(vars[name]) ? vars[name] : undefined) };
    case undefined:
      return undefined;
  }
}

function typed(value: Value | undefined, type: 'string' | 'boolean' | 'number'): Value | undefined {
  return typeof value === type ? value : undefined;
}

function property(owner: ASTNode, name: string): Quick | undefined {
  if (owner.op !== 'id') return undefined;
  if (owner.args === 'call' && name === 'seconds') return { type: 'int', work: secondsOfCall };
  const work = PROPERTIES[`${owner.args}.${name}`];
  return work && { type: 'string', work };
}

const PROPERTIES: Record<string, Work> = {
  'caller.number': ({ caller }) => caller.number,
  'caller.name': ({ caller }) => caller.name,
  'call.called': ({ called }) => called,
  'call.language': ({ language }) => language,
};

function secondsOfCall({ at, startedAt }: Values): number {
  return Math.max(0, Math.floor((at - startedAt) / 1_000));
}

function not(inner: Quick | undefined): Quick | undefined {
  if (inner?.type !== 'bool') return undefined;
  const { work } = inner;
  return {
    type: 'bool',
    work: (values) => {
      const value = work(values);
      return value === undefined ? undefined : !value;
    },
  };
}

function choice(condition: Quick | undefined, yes: Quick | undefined, no: Quick | undefined): Quick | undefined {
  if (condition?.type !== 'bool' || !yes || yes.type !== no?.type) return undefined;
  const work: Work = (values) => {
    const taken = condition.work(values);
    if (taken === undefined) return undefined;
    return taken ? yes.work(values) : no.work(values);
  };
  return { type: yes.type, work };
}

function textTest(
  name: string,
  text: Quick | undefined,
  part: Quick | undefined,
  { patterns }: Known,
): Quick | undefined {
  if (text?.type !== 'string' || part?.type !== 'string') return undefined;
  switch (name) {
    case 'startsWith':
      return binary('bool', text, part, (a, b) => (a as string).startsWith(b as string));
    case 'endsWith':
      return binary('bool', text, part, (a, b) => (a as string).endsWith(b as string));
    case 'contains':
      return binary('bool', text, part, (a, b) => (a as string).includes(b as string));
    case BOUNDED_MATCH:
      return binary('bool', text, part, (a, b) => patterns.fits(a as string, b as string));
    default:
      return undefined;
  }
}

function duration(written: ASTNode | undefined): Quick | undefined {
  const seconds = written?.op === 'value' && typeof written.args === 'string' ? secondsIn(written.args) : undefined;
  return seconds === undefined ? undefined : { type: 'int', work: () => seconds };
}

/** A value in words. */
function saying(name: string, parts: (Quick | undefined)[], forms: SpokenForms | undefined): Quick | undefined {
  const spoken = SPOKEN_FUNCTIONS.get(name);
  const [value, option] = parts;
  const types = parts.map((part) => part?.type).join();
  if (!spoken || !forms || !value || !spoken.calls.some((call) => call.join() === types)) return undefined;
  const words = (a: Value, b: Value) => inWords(spoken, forms, a as string | number, b as string);
  return binary('string', value, option ?? { type: 'string', work: () => '' }, words);
}

function both(op: '&&' | '||', left: Quick | undefined, right: Quick | undefined): Quick | undefined {
  if (left?.type !== 'bool' || right?.type !== 'bool') return undefined;
  const decides = op === '||';
  const work: Work = (values) => {
    const first = left.work(values);
    return first === undefined || first === decides ? first : right.work(values);
  };
  return { type: 'bool', work };
}

function equality(op: '==' | '!=', left: Quick | undefined, right: Quick | undefined): Quick | undefined {
  if (!left || left.type !== right?.type) return undefined;
  return op === '==' ? binary('bool', left, right, (a, b) => a === b) : binary('bool', left, right, (a, b) => a !== b);
}

function order(op: '<' | '<=' | '>' | '>=', left: Quick | undefined, right: Quick | undefined): Quick | undefined {
  if (!isNumber(left) || !isNumber(right)) return undefined;
  switch (op) {
    case '<':
      return binary('bool', left, right, (a, b) => a < b);
    case '<=':
      return binary('bool', left, right, (a, b) => a <= b);
    case '>':
      return binary('bool', left, right, (a, b) => a > b);
    case '>=':
      return binary('bool', left, right, (a, b) => a >= b);
  }
}

function arithmetic(op: '+' | '-' | '*', left: Quick | undefined, right: Quick | undefined): Quick | undefined {
  if (op === '+' && left?.type === 'string' && right?.type === 'string')
    return binary('string', left, right, (a, b) => (a as string) + (b as string));
  if (!isNumber(left) || !isNumber(right)) return undefined;
  const type = left.type === 'int' && right.type === 'int' ? 'int' : 'double';
  const work = { '+': plus, '-': minus, '*': times }[op];
  if (type === 'double') return binary(type, left, right, work);
  return binary(type, left, right, (a, b) => {
    const result = work(a, b);
    // Whole numbers know no -0.
    return Number.isSafeInteger(result) ? result + 0 : undefined;
  });
}

const plus = (a: Value, b: Value) => (a as number) + (b as number);
const minus = (a: Value, b: Value) => (a as number) - (b as number);
const times = (a: Value, b: Value) => (a as number) * (b as number);

function binary(
  type: ExpressionType,
  left: Quick,
  right: Quick,
  work: (a: Value, b: Value) => Value | undefined,
): Quick {
  return {
    type,
    work: (values) => {
      const a = left.work(values);
      if (a === undefined) return undefined;
      const b = right.work(values);
      return b === undefined ? undefined : work(a, b);
    },
  };
}

function isNumber(quick: Quick | undefined): quick is Quick {
  return quick?.type === 'int' || quick?.type === 'double';
}
