import { z } from 'zod';
import { entry } from '../../shared/own.ts';
import type { Compiler } from '../language/compiler.ts';
import { compileDigitPattern, type DigitPattern } from '../language/digit-pattern.ts';
import { anyStep, target } from '../language/shapes.ts';
import type { Path } from '../language/source.ts';
import type { EntryEnd, Move, StepKind, View } from '../machine/step-kind.ts';
import type { Verdict } from '../machine/verdict.ts';
import {
  type Asked,
  type Asking,
  ask,
  askingLasts,
  digitPressed,
  promptEnded,
  type Question,
  question,
  stopAsking,
  timedOut,
} from './entry/asking.ts';
import { compileQuestion, type QuestionSource, questionShape, saysInterDigit } from './entry/question-shape.ts';

interface CollectSource extends QuestionSource {
  into: string;
  digits?: number | undefined;
  min?: number | undefined;
  max?: number | undefined;
  terminator?: '#' | '*' | 'none' | undefined;
  valid?: string | undefined;
  secure?: boolean | undefined;
}

interface Source {
  collect: CollectSource;
  next: string;
  noInput: string;
  noMatch?: string | undefined;
  onError?: string | undefined;
}

interface Collecting {
  question: Question;
  into: string;
  terminator: string;
  /** The longest entry, in keys, with its terminator. */
  mostKeys: number;
  entry: EntryEnd;
}

const count = z.number().int().min(1).max(64);

const collectShape = {
  ...questionShape,
  into: z.string().meta({ description: 'The variable that receives the digits, as text' }),
  digits: count.optional().meta({ description: 'Exactly so many digits' }),
  min: count.optional().meta({ description: 'The fewest digits; 1 without it' }),
  max: count.optional().meta({ description: 'The most digits; 32 without it' }),
  terminator: z
    .enum(['#', '*', 'none'])
    .optional()
    .meta({ description: 'The key that ends an entry; # when min and max differ' }),
  valid: z.string().min(1).optional().meta({ description: 'A pattern of digits such as [1-5] or 49.{4,10}' }),
  secure: z.boolean().optional().meta({ description: 'The digits reach no log, record, recording, text or condition' }),
};

export const collect: StepKind<Source, Collecting, Asking> = {
  verb: 'collect',
  title: 'Collect',
  summary: 'Asks the caller for digits and keeps them in a variable.',
  example: `collect:
  prompt: { text: "Type your customer number, then the hash key.", language: en }
  into: customer
  min: 4
  max: 8
next: greet
noInput: goodbye`,
  shape: z.strictObject({
    collect: z.strictObject(collectShape).meta({ description: 'The question, and which digits answer it' }),
    next: target,
    noInput: target.meta({ description: 'Where silence leads after the last retry' }),
    noMatch: target
      .optional()
      .meta({ description: 'Where wrong entries lead after the last retry; without it, noInput' }),
    ...anyStep,
  }),
  keys: ['collect', 'next', 'noInput', 'noMatch', 'onError', ...Object.keys(collectShape)],
  exits: ['next', 'noInput', 'noMatch'],
  needsCaller: true,
  declares: ({ collect: { into, secure } }) => ({ name: into, secret: secure === true, path: ['collect', 'into'] }),
  compile: ({ collect: source, ...exits }, compiler, path) => {
    const at = [...path, 'collect'];
    const { min, max } = lengths(source, compiler, at);
    const terminator = source.terminator ?? (min === max ? 'none' : '#');
    const valid = pattern(source.valid, compiler, [...at, 'valid']);
    const parts = compileQuestion(source, compiler, at);
    const secure = source.secure === true;
    const judge = judgeOf({ min, max, terminator, valid });
    compiler.writes(source.into, [...at, 'into']);
    return {
      params: {
        question: question({ ...parts, secure, judge }),
        into: source.into,
        terminator,
        mostKeys: max + 1,
        entry: {
          interDigitMs: parts.interDigitMs,
          isSaid: saysInterDigit(source, compiler),
          mayGoOn: terminator === 'none' && min !== max ? ['next'] : [],
          ...(terminator === 'none'
            ? {}
            : { terminator: { key: terminator, fits: valid?.holds(terminator) ?? false } }),
        },
      },
      exits: { next: exits.next, noInput: exits.noInput, noMatch: exits.noMatch ?? exits.noInput },
      sounds: [...parts.prompt, ...parts.noInputPrompt, ...parts.noMatchPrompt],
    };
  },
  traits: ({ question, into, mostKeys, entry }) => ({
    audible: true,
    gives: { next: [into] },
    ...(question.secure ? { secret: into } : {}),
    acts: { next: 'answer', noInput: 'silence', noMatch: 'wrongAnswer' },
    entry,
    lasts: (exit, playing) => askingLasts(question, exit, mostKeys, playing),
  }),
  enter: (params, view) => {
    const move = moveOf(params, ask(params.question, view), view);
    if (!params.question.secure) return move;
    return { ...move, effects: [{ type: 'secureStarted', step: view.step }, ...move.effects] };
  },
  on: {
    digit: (params, asking, { digit }, view) =>
      moveIf(params, digitPressed(params.question, asking, digit, view), view),
    playEnded: (params, asking, { playId }, view) =>
      moveIf(params, promptEnded(params.question, asking, playId, view), view),
    effectFailed: (params, asking, { id }, view) =>
      moveIf(params, promptEnded(params.question, asking, id, view), view),
    timer: (params, asking, { timerId }, view) =>
      moveIf(params, timedOut(params.question, asking, timerId, view), view),
  },
  leave: ({ question: { secure } }, asking, view) => [
    ...stopAsking(asking),
    ...(secure ? [{ type: 'secureEnded' as const, step: view.step }] : []),
  ],
  judge: ({ question }) => question.judge,
};

function lengths(source: CollectSource, compiler: Compiler, path: Path): { min: number; max: number } {
  const { digits } = source;
  if (digits !== undefined) {
    if (source.min !== undefined || source.max !== undefined)
      compiler.wrong('value.wrong', [...path, 'digits'], 'Either digits, or min and max');
    return { min: digits, max: digits };
  }
  const min = source.min ?? 1;
  const max = source.max ?? 32;
  if (min > max) compiler.wrong('value.wrong', [...path, 'min'], `min is ${min}, which is more than max, ${max}`);
  return { min, max };
}

function pattern(source: string | undefined, compiler: Compiler, path: Path): DigitPattern | undefined {
  if (source === undefined) return undefined;
  const compiled = compileDigitPattern(source);
  if (typeof compiled !== 'string') return compiled;
  compiler.wrong(
    'value.wrong',
    path,
    compiled,
    'keys, [1-5], a point for any digit, {3} {2,4} ?, and | between alternatives',
  );
  return undefined;
}

function judgeOf(wanted: {
  min: number;
  max: number;
  terminator: string;
  valid: DigitPattern | undefined;
}): (digits: string) => Verdict {
  const { min, max, terminator, valid } = wanted;
  const fits = (entry: string) => entry.length >= min && entry.length <= max && (valid?.matches(entry) ?? true);
  return (digits) => {
    if (digits.endsWith(terminator)) return fits(digits.slice(0, -1)) ? 'complete' : 'never';
    if (valid === undefined && !/^[0-9]*$/.test(digits)) return 'never';
    const full = digits.length >= max || (valid !== undefined && !valid.canGrow(digits));
    if (full) return fits(digits) ? 'complete' : 'never';
    return fits(digits) ? 'enough' : 'more';
  };
}

function moveIf(params: Collecting, asked: Asked | undefined, view: View): Move<Asking> | undefined {
  return asked === undefined ? undefined : moveOf(params, asked, view);
}

function moveOf(params: Collecting, asked: Asked, view: View): Move<Asking> {
  const { effects, typed } = asked;
  if (asked.kind === 'waiting') return { stay: asked.asking, effects, typed };
  const { secure } = params.question;
  const { at } = view.state;
  if (secure) effects.push({ type: 'secureEnded', step: view.step });
  if (asked.kind === 'gaveUp') return { exit: asked.why, effects, typed };
  const digits = asked.digits.endsWith(params.terminator) ? asked.digits.slice(0, -1) : asked.digits;
  if (secure) {
    effects.push({ type: 'secureDigitsCollected', at, step: view.step });
    return { exit: 'next', effects, typed, secrets: entry(params.into, digits) };
  }
  effects.push({ type: 'digitsCollected', at, step: view.step, digits });
  return { exit: 'next', effects, typed, vars: entry(params.into, digits) };
}
