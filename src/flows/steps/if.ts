import { z } from 'zod';
import type { Expression } from '../language/condition.ts';
import { anyStep, target } from '../language/shapes.ts';
import { AT_ONCE, type StepKind } from '../machine/step-kind.ts';

type Case = { when: string; then: string };
type Source = { if: string | Case[]; then?: string | undefined; else: string; onError?: string | undefined };

interface Branch {
  when: Expression;
  exit: string;
}

const condition = z.string().min(1).max(1_000).meta({ description: "A condition such as tier == 'vip'" });

// biome-ignore lint/suspicious/noThenProperty: the word people expect after a condition; these objects are never awaited.
const oneCase = z.strictObject({ when: condition, then: target });

export const branch: StepKind<Source, Branch[], null> = {
  verb: 'if',
  title: 'If',
  summary: 'Goes one way or another by a condition, or by the first of several that is true.',
  example: `if:
  - { when: tier == 'gold' && attempts < 3, then: gold }
  - { when: caller.number.startsWith('+86'), then: chinese }
else: standard`,
  shape: z.strictObject({
    if: z
      .union([condition, z.array(oneCase).min(1).max(50)])
      .meta({ description: 'A condition, or several in order, each with its step' }),
    // biome-ignore lint/suspicious/noThenProperty: the word people expect after "if"; these objects are never awaited.
    then: target.optional().meta({ description: 'Where a single condition leads when it is true' }),
    else: target.meta({ description: 'Where to go when no condition is true' }),
    ...anyStep,
  }),
  keys: ['if', 'then', 'else', 'when', 'onError'],
  exits: ['then', 'else', '(case1, case2, …)'],
  needsCaller: false,
  compile: (source, compiler, path) => {
    const exits: Record<string, string> = { else: source.else };
    const params: Branch[] = [];
    const add = (text: string, exit: string, to: string, at: readonly (string | number)[]) => {
      const when = compiler.expression(text, at, 'bool');
      if (when) params.push({ when, exit });
      exits[exit] = to;
    };
    if (typeof source.if === 'string') {
      if (source.then === undefined) compiler.wrongKey('key.missing', path, '"then" is missing');
      add(source.if, 'then', source.then ?? source.else, [...path, 'if']);
    } else {
      if (source.then !== undefined) {
        const hint = 'each condition has its own then';
        compiler.wrongKey('key.unknown', [...path, 'then'], 'A list of conditions has no "then" of its own', hint);
      }
      source.if.forEach((one, index) => {
        add(one.when, `case${index + 1}`, one.then, [...path, 'if', index, 'when']);
      });
    }
    return { params, exits, sounds: [] };
  },
  traits: (params) => ({ gives: filledBehind(params), lasts: () => AT_ONCE }),
  enter: (params, view) => {
    const scope = view.scope();
    const taken = params.find(({ when }) => when.evaluate(scope) === true);
    return { exit: taken?.exit ?? 'else', effects: [] };
  },
  on: {},
};

/** The texts that are not empty behind each exit: what its own condition says, and what those before it left. */
function filledBehind(branches: readonly Branch[]): Record<string, string[]> {
  const gives: Record<string, string[]> = {};
  let before: string[] = [];
  for (const { when, exit } of branches) {
    gives[exit] = [...before, ...when.filled.yes];
    before = [...before, ...when.filled.no];
  }
  return { ...gives, else: before };
}
