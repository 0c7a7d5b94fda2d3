import { z } from 'zod';
import type { Compiler } from '../language/compiler.ts';
import { ExpressionFailure, MAX_TEXT } from '../language/condition.ts';
import { typeOf } from '../language/flow.ts';
import { didYouMean } from '../language/near.ts';
import { anyStep, scalar, target } from '../language/shapes.ts';
import type { Path } from '../language/source.ts';
import { renderTemplate, soleExpression, type Template } from '../language/template.ts';
import { AT_ONCE, type Move, type StepKind, type View } from '../machine/step-kind.ts';
import type { FlowValue } from '../machine/types.ts';

type Source = { set: Record<string, FlowValue>; next: string; onError?: string | undefined };

type Assigned = { name: string } & ({ value: FlowValue } | { template: Template });

const LANGUAGE = 'call.language';

export const set: StepKind<Source, Assigned[], null> = {
  verb: 'set',
  title: 'Set',
  summary: 'Gives variables new values; `call.language` changes the language of the call.',
  shape: z.strictObject({
    set: z
      .record(z.string(), scalar)
      .meta({ description: 'Variables with their new values; {{ … }} holds an expression' }),
    next: target,
    ...anyStep,
  }),
  keys: ['set', 'next', 'onError'],
  exits: ['next'],
  needsCaller: false,
  compile: (source, compiler, path) => {
    const names = Object.keys(source.set);
    if (names.length === 0) compiler.wrong('value.wrong', [...path, 'set'], 'At least one variable is set');
    const params = names.flatMap((name) => assigned(name, source.set[name] ?? '', compiler, [...path, 'set', name]));
    return { params, exits: { next: source.next }, sounds: [] };
  },
  traits: (params) => ({
    gives: { '*': params.map(({ name }) => name).filter((name) => name !== LANGUAGE) },
    lasts: () => AT_ONCE,
  }),
  enter: (params, view) => assign(params, view),
  on: {},
};

function assigned(name: string, value: FlowValue, compiler: Compiler, path: Path): Assigned[] {
  if (name === LANGUAGE) return language(value, compiler, path);
  const type = compiler.typeOfVariable(name);
  if (type === undefined) {
    const hint = didYouMean(name, compiler.variables) ?? 'declare it under vars, with its first value';
    compiler.wrongKey('variable.unknown', path, `There is no variable ${name.slice(0, 64)}`, hint);
    return [];
  }
  const template = typeof value === 'string' ? compiler.template(value, path) : undefined;
  // A text whose expressions are wrong has been told already; its type would only be an echo.
  if (template?.parts.length === 0 && value !== '') return [];
  const sole = template === undefined ? undefined : soleExpression(template);
  const given = sole?.type ?? (template === undefined ? typeOf(value) : 'string');
  const widened = type === 'double' && given === 'int';
  if (given !== type && !widened)
    compiler.wrong(
      'variable.type',
      path,
      `${name} is ${type}, and this is ${given}`,
      'a variable keeps the type it has under vars',
    );
  return [template === undefined ? { name, value } : { name, template }];
}

function language(value: FlowValue, compiler: Compiler, path: Path): Assigned[] {
  if (typeof value === 'string' && !value.includes('{{')) {
    if (!compiler.languages.includes(value))
      compiler.wrong('text.language', path, `The flow does not speak ${value}`, didYouMean(value, compiler.languages));
    return [{ name: LANGUAGE, value }];
  }
  if (typeof value !== 'string') {
    compiler.wrong('type.wrong', path, 'A language is a text such as "en"');
    return [];
  }
  return [{ name: LANGUAGE, template: compiler.template(value, path) }];
}

/** All values are worked out before the first is set, so that two variables can change places. */
function assign(params: readonly Assigned[], view: View): Move<null> {
  const scope = view.scope();
  const vars: Record<string, FlowValue> = {};
  let spoken: string | undefined;
  for (const one of params) {
    const value = 'value' in one ? one.value : worked(one.template, scope);
    if (one.name !== LANGUAGE) vars[one.name] = value;
    else if (typeof value === 'string' && view.flow.languages.includes(value)) spoken = value;
    else throw new ExpressionFailure('The flow does not speak this language');
  }
  return { exit: 'next', effects: [], vars, ...(spoken === undefined ? {} : { language: spoken }) };
}

function worked(template: Template, scope: Record<string, unknown>): FlowValue {
  const sole = soleExpression(template);
  return sole ? sole.evaluate(scope) : renderTemplate(template, scope).slice(0, MAX_TEXT);
}
