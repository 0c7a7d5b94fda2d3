import { z } from 'zod';
import { anyStep, target } from '../language/shapes.ts';
import type { StepKind } from '../machine/step-kind.ts';

interface Source {
  answer: Record<string, never>;
  next: string;
  onError?: string | undefined;
}

export const answer: StepKind<Source, null, string> = {
  verb: 'answer',
  title: 'Answer',
  summary: 'Answers the call, in a flow with "answer: byStep".',
  example: `answer: {}
next: greet`,
  shape: z.strictObject({
    answer: z.strictObject({}).meta({ description: '{}, for there is nothing more to say' }),
    next: target,
    ...anyStep,
  }),
  keys: ['answer', 'next', 'onError'],
  exits: ['next'],
  needsCaller: true,
  compile: (source) => ({ params: null, exits: { next: source.next }, sounds: [] }),
  traits: () => ({ answers: true, lasts: () => ({ leastMs: 0, mostMs: ANSWERING_MS }) }),
  enter: (_, view) => {
    if (view.state.answered) return { exit: 'next', effects: [] };
    const answerId = view.id('answer');
    return { stay: answerId, effects: [{ type: 'answer', answerId }] };
  },
  on: {
    answered: (_, answerId, event) =>
      event.answerId === answerId ? { exit: 'next', effects: [], answered: true } : undefined,
    effectFailed: (_, answerId, event) =>
      event.id === answerId ? { exit: 'error', effects: [], why: event.code } : undefined,
  },
};

/** RFC 3261, timer H: how long the caller's acknowledgement may take. */
const ANSWERING_MS = 32_000;
