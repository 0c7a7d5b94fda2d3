import { z } from 'zod';
import { anyStep, target } from '../language/shapes.ts';
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

/** The question, and what it takes for granted when a key is awaited that would make another choice of one. */
interface Choosing extends Question {
  entry: EntryEnd;
}

interface Source {
  menu: QuestionSource;
  choices: Record<string, string>;
  noInput: string;
  noMatch?: string | undefined;
  onError?: string | undefined;
}

const MAX_CHOICE_KEYS = 8;
const CHOICE = /^[0-9*#]{1,8}$/;

export const menu: StepKind<Source, Choosing, Asking> = {
  verb: 'menu',
  title: 'Menu',
  summary: 'Asks the caller to press a key and goes where the key leads.',
  example: `menu:
  prompt: { text: "For sales, press 1. For support, press 2.", language: en }
  noMatchPrompt: { text: That key leads nowhere., language: en }
  retries: 1
choices: { "1": sales, "2": support }
noInput: goodbye`,
  shape: z.strictObject({
    menu: z.strictObject(questionShape).meta({ description: 'The question' }),
    choices: z.record(z.string(), target).meta({ description: 'Quoted digits, each with the step it leads to' }),
    noInput: target.meta({ description: 'Where silence leads after the last retry' }),
    noMatch: target.optional().meta({ description: 'Where wrong keys lead after the last retry; without it, noInput' }),
    ...anyStep,
  }),
  keys: ['menu', 'choices', 'noInput', 'noMatch', 'onError', ...Object.keys(questionShape)],
  exits: ['(digits)', 'noInput', 'noMatch'],
  needsCaller: true,
  compile: (source, compiler, path) => {
    const choices = Object.keys(source.choices);
    if (choices.length === 0) compiler.wrong('value.wrong', [...path, 'choices'], 'A menu has at least one choice');
    for (const choice of choices) {
      const at = [...path, 'choices', choice];
      if (typeof compiler.writtenKey(at) !== 'string')
        compiler.wrongKey('digits.quoted', at, `The choice ${choice} is not quoted`, `write "${choice}"`);
      else if (!CHOICE.test(choice))
        compiler.wrongKey(
          'value.wrong',
          at,
          `A choice is one to eight keys of 0-9, * and #, not "${choice.slice(0, 20)}"`,
        );
    }
    const parts = compileQuestion(source.menu, compiler, [...path, 'menu']);
    const begun = new Set(choices.flatMap(beginnings));
    return {
      params: {
        ...question({ ...parts, secure: false, judge: judgeOf(choices) }),
        entry: {
          interDigitMs: parts.interDigitMs,
          isSaid: saysInterDigit(source.menu, compiler),
          mayGoOn: choices.filter((choice) => begun.has(choice)),
        },
      },
      exits: { ...source.choices, noInput: source.noInput, noMatch: source.noMatch ?? source.noInput },
      sounds: [...parts.prompt, ...parts.noInputPrompt, ...parts.noMatchPrompt],
    };
  },
  traits: (params) => ({
    audible: true,
    acts: { '*': 'answer', noInput: 'silence', noMatch: 'wrongAnswer' },
    entry: params.entry,
    lasts: (exit, playing) => askingLasts(params, exit, MAX_CHOICE_KEYS, playing),
  }),
  enter: (params, view) => moveOf(ask(params, view), view),
  on: {
    digit: (params, asking, { digit }, view) => moveIf(digitPressed(params, asking, digit, view), view),
    playEnded: (params, asking, { playId }, view) => moveIf(promptEnded(params, asking, playId, view), view),
    effectFailed: (params, asking, { id }, view) => moveIf(promptEnded(params, asking, id, view), view),
    timer: (params, asking, { timerId }, view) => moveIf(timedOut(params, asking, timerId, view), view),
  },
  leave: (_, asking) => stopAsking(asking),
  judge: ({ judge }) => judge,
};

function judgeOf(choices: readonly string[]): (digits: string) => Verdict {
  const whole = new Set(choices);
  const verdicts = new Map<string, Verdict>(choices.map((choice) => [choice, 'complete']));
  for (const begin of choices.flatMap(beginnings)) verdicts.set(begin, whole.has(begin) ? 'enough' : 'more');
  return (digits) => verdicts.get(digits) ?? 'never';
}

/** What of a choice may have been pressed before it is complete. */
function beginnings(choice: string): string[] {
  return Array.from({ length: Math.max(0, Math.min(choice.length, MAX_CHOICE_KEYS) - 1) }, (_, index) =>
    choice.slice(0, index + 1),
  );
}

function moveIf(asked: Asked | undefined, view: View): Move<Asking> | undefined {
  return asked === undefined ? undefined : moveOf(asked, view);
}

function moveOf(asked: Asked, view: View): Move<Asking> {
  const { effects, typed } = asked;
  switch (asked.kind) {
    case 'waiting':
      return { stay: asked.asking, effects, typed };
    case 'gaveUp':
      return { exit: asked.why, effects, typed };
    case 'answered': {
      const { at } = view.state;
      effects.push({ type: 'digitsCollected', at, step: view.step, digits: asked.digits });
      return { exit: asked.digits, effects, typed };
    }
  }
}
