import { z } from 'zod';
import type { Expression } from '../language/condition.ts';
import { anyStep, target } from '../language/shapes.ts';
import { AT_ONCE, type StepKind } from '../machine/step-kind.ts';

interface Source {
  switch: string;
  cases: Record<string, string>;
  else: string;
  onError?: string | undefined;
}

interface Switching {
  value: Expression | undefined;
  cases: ReadonlySet<string>;
}

export const choose: StepKind<Source, Switching, null> = {
  verb: 'switch',
  title: 'Switch',
  summary: 'Goes where the value of an expression leads, compared as text.',
  example: `switch: tier
cases: { gold: sales, silver: choose }
else: support`,
  shape: z.strictObject({
    switch: z.string().min(1).max(1_000).meta({ description: 'An expression such as tier' }),
    cases: z.record(z.string().min(1).max(200), target).meta({ description: 'Values with the step each leads to' }),
    else: target.meta({ description: 'Where every other value leads' }),
    ...anyStep,
  }),
  keys: ['switch', 'cases', 'else', 'onError'],
  exits: ['(values)', 'else'],
  needsCaller: false,
  compile: (source, compiler, path) => {
    const values = Object.keys(source.cases);
    if (values.length === 0) compiler.wrong('value.wrong', [...path, 'cases'], 'A switch has at least one case');
    for (const value of values) {
      const at = [...path, 'cases', value];
      if (RESERVED.has(value)) compiler.wrongKey('value.wrong', at, `"${value}" cannot be a case`);
      else if (typeof compiler.writtenKey(at) === 'number')
        compiler.wrongKey('digits.quoted', at, `The case ${value} is not quoted`, `write "${value}"`);
    }
    const value = compiler.expression(source.switch, [...path, 'switch']);
    return { params: { value, cases: new Set(values) }, exits: { ...source.cases, else: source.else }, sounds: [] };
  },
  traits: () => ({ lasts: () => AT_ONCE }),
  enter: ({ value, cases }, view) => {
    const now = String(value?.evaluate(view.scope()));
    return { exit: cases.has(now) ? now : 'else', effects: [] };
  },
  on: {},
};

/** Exits that mean something else. */
const RESERVED = new Set(['else', 'error']);
