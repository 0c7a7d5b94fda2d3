import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Expressions, type ExpressionType, type Scope, VALUES } from '../../../src/flows/language/condition.ts';
import { start } from '../../../src/flows/machine/engine.ts';
import { scopeOf } from '../../../src/flows/machine/scope.ts';
import type { FlowState, FlowValue } from '../../../src/flows/machine/types.ts';
import { flowWith } from '../../support/flow-call.ts';

const flow = flowWith('  one: { hangup: {} }', 'vars: { i: 0, j: 0, d: 0.5, e: 0.5, s: "", t: "", b: true, c: false }');
const first = start(flow, { at: 0, caller: { number: '+49301', name: 'Ada' }, called: '1000' }).state;
const expressions = new Expressions(flow.names);

/** Expressions of every type over all operators that are quick, and some that are not. */
const grammar = fc.letrec<Record<ExpressionType | 'number', string>>((tie) => ({
  int: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('i', 'j', '0', '1', '-7', '9007199254740991', 'call.seconds', 'size(s)', "seconds('1m')"),
    fc.tuple(tie('int'), fc.constantFrom('+', '-', '*', '/', '%'), tie('int')).map(infix),
    tie('int').map((inner) => `-(${inner})`),
    fc.tuple(tie('bool'), tie('int'), tie('int')).map(ternary),
  ),
  double: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('d', 'e', '0.0', '1.5', '-2.5', '1e300'),
    fc.tuple(tie('double'), fc.constantFrom('+', '-', '*', '/'), tie('number')).map(infix),
    fc.tuple(tie('int'), fc.constantFrom('+', '-', '*', '/'), tie('double')).map(infix),
    tie('double').map((inner) => `-(${inner})`),
    fc.tuple(tie('bool'), tie('double'), tie('double')).map(ternary),
  ),
  number: fc.oneof({ depthSize: 'small' }, tie('int'), tie('double')),
  string: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('s', 't', "''", "'49'", "'ä€😀'", 'caller.number', 'caller.name', 'call.called', 'call.language'),
    fc.tuple(tie('string'), tie('string')).map(([a, b]) => `(${a} + ${b})`),
    tie('int').map((inner) => `string(${inner})`),
    fc.tuple(tie('bool'), tie('string'), tie('string')).map(ternary),
  ),
  bool: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('b', 'c', 'true', 'false'),
    fc.tuple(tie('bool'), fc.constantFrom('&&', '||'), tie('bool')).map(infix),
    tie('bool').map((inner) => `!(${inner})`),
    fc.tuple(tie('number'), fc.constantFrom('<', '<=', '>', '>='), tie('number')).map(infix),
    ...(['int', 'double', 'string', 'bool'] as const).map((type) =>
      fc.tuple(tie(type), fc.constantFrom('==', '!='), tie(type)).map(infix),
    ),
    fc
      .tuple(tie('string'), fc.constantFrom('startsWith', 'endsWith', 'contains'), tie('string'))
      .map(([a, name, b]) => `(${a}).${name}(${b})`),
    fc.tuple(tie('string'), fc.constantFrom('^4', '9$', '[0-9]+', 'x*')).map(([a, b]) => `(${a}).matches('${b}')`),
    fc.tuple(tie('bool'), tie('bool'), tie('bool')).map(ternary),
  ),
}));

function infix([a, op, b]: [string, string, string]): string {
  return `(${a} ${op} ${b})`;
}

function ternary([condition, yes, no]: [string, string, string]): string {
  return `(${condition} ? ${yes} : ${no})`;
}

const whole = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.maxSafeInteger());
const text = fc.oneof(
  fc.constantFrom('', '49', '4930', 'x'.repeat(3_000)),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const values: fc.Arbitrary<Record<string, FlowValue>> = fc.record({
  ...{ i: whole, j: whole, d: fc.double(), e: fc.double(), s: text, t: text, b: fc.boolean(), c: fc.boolean() },
});

function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return String(error);
  }
}

it('[F8] the quick way and the library give the same value or the same refusal, whatever the values', () => {
  const any = fc.oneof(grammar.int, grammar.double, grammar.string, grammar.bool);
  let quick = 0;
  fc.assert(
    fc.property(any, values, (source, vars) => {
      const compiled = expressions.compile(source);
      if (!('evaluate' in compiled)) return;
      const state: FlowState = { ...first, vars, at: 4_000 };
      const scope = scopeOf(flow, state);
      const names = ['caller', 'call', ...flow.names.keys()];
      const plain: Scope = Object.fromEntries(names.map((name) => [name, scope[name]]));
      if (scope[VALUES] === state) quick += 1;
      expect(outcome(() => compiled.evaluate(scope))).toBe(outcome(() => compiled.evaluate(plain)));
    }),
    { numRuns: 3_000 },
  );
  expect(quick).toBeGreaterThan(1_000);
});

it('[F8] what flows mostly use is quick', () => {
  const compiled = [
    'i + 1',
    "s.startsWith('9') ? 'gold' : t",
    'b && i < 3 || !c',
    'd * 1.5 > 2.0',
    'caller.number != s',
    "call.seconds > seconds('2m')",
    "s.matches('^[0-9]{4}$')",
  ];
  for (const source of compiled) {
    const expression = expressions.compile(source);
    if (!('evaluate' in expression)) throw new Error(expression.text);
    // The quick way never looks at the names that the library goes by.
    expect(() => expression.evaluate({ [VALUES]: first })).not.toThrow();
  }
});

it('[F8] a whole number and a fraction give a fraction', () => {
  for (const source of ['i + d', 'd * i', '-(i - d)'])
    expect(expressions.compile(source)).toMatchObject({ type: 'double' });
});
