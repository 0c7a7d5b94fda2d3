import { z } from 'zod';
import { type Assigned, assignedValue, compileAssigned } from '../language/assigned.ts';
import type { Compiler } from '../language/compiler.ts';
import { ExpressionFailure } from '../language/condition.ts';
import { didYouMean } from '../language/near.ts';
import { anyStep, scalar, target } from '../language/shapes.ts';
import type { Path } from '../language/source.ts';
import { staticText } from '../language/template.ts';
import { AT_ONCE, type Move, type StepKind, type View } from '../machine/step-kind.ts';
import type { FlowValue } from '../machine/types.ts';

type Source = { set: Record<string, FlowValue>; next: string; onError?: string | undefined };

const LANGUAGE = 'call.language';
const VOICE = 'call.voice';
const VOICES = ['female', 'male'] as const;

export const set: StepKind<Source, Assigned[], null> = {
  verb: 'set',
  title: 'Set',
  summary:
    'Gives variables new values; `call.language` changes the language of the call, `call.voice` the voice of its texts.',
  example: `set: { attempts: "{{ attempts + 1 }}", call.language: zh }
next: choose`,
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
    gives: { '*': params.map(({ name }) => name).filter((name) => name !== LANGUAGE && name !== VOICE) },
    ...voicesOf(params),
    lasts: () => AT_ONCE,
  }),
  enter: (params, view) => assign(params, view),
  on: {},
};

function assigned(name: string, value: FlowValue, compiler: Compiler, path: Path): Assigned[] {
  if (name === LANGUAGE) return choice(name, value, compiler.languages, compiler, path);
  if (name === VOICE) return choice(name, value, VOICES, compiler, path);
  const type = compiler.typeOfVariable(name);
  if (type !== undefined) {
    compiler.writes(name, path);
    return compileAssigned(name, value, compiler, path, type);
  }
  const hint = didYouMean(name, compiler.variables) ?? 'declare it under vars, with its first value';
  compiler.wrongKey('variable.unknown', path, `There is no variable ${name.slice(0, 64)}`, hint);
  return [];
}

/** A setting of the call that takes one of a few words. */
function choice(name: string, value: FlowValue, known: readonly string[], compiler: Compiler, path: Path): Assigned[] {
  const rule = name === LANGUAGE ? 'text.language' : 'value.wrong';
  if (typeof value !== 'string') {
    compiler.wrong('type.wrong', path, `${name} is one of ${known.join(', ')}`);
    return [];
  }
  if (!value.includes('{{') && !known.includes(value)) {
    const sentence = name === LANGUAGE ? `The flow does not speak ${value}` : `There is no voice ${value}`;
    compiler.wrong(rule, path, sentence, didYouMean(value, known) ?? `one of ${known.join(', ')}`);
    return [];
  }
  return compileAssigned(name, value, compiler, path);
}

function voicesOf(params: readonly Assigned[]): { voices?: typeof VOICES | [(typeof VOICES)[number]] } {
  const chosen = params.find(({ name }) => name === VOICE);
  if (!chosen) return {};
  const fixed = 'template' in chosen ? staticText(chosen.template) : chosen.value;
  const voice = VOICES.find((known) => known === fixed);
  return { voices: voice === undefined ? VOICES : [voice] };
}

/** All values are worked out before the first is set, so that two variables can change places. */
function assign(params: readonly Assigned[], view: View): Move<null> {
  const scope = view.scope();
  const vars: Record<string, FlowValue> = {};
  const move: Move<null> = { exit: 'next', effects: [], vars };
  for (const one of params) {
    const value = assignedValue(one, scope);
    if (one.name === LANGUAGE)
      move.language = oneOf(view.flow.languages, value, 'The flow does not speak this language');
    else if (one.name === VOICE) move.voice = oneOf(VOICES, value, 'There is no such voice');
    else vars[one.name] = value;
  }
  return move;
}

function oneOf<T extends string>(known: readonly T[], value: FlowValue, sentence: string): T {
  const found = known.find((word) => word === value);
  if (found === undefined) throw new ExpressionFailure(sentence);
  return found;
}
