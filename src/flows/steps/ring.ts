import { z } from 'zod';
import { anyStep, duration, target } from '../language/shapes.ts';
import type { StepKind } from '../machine/step-kind.ts';

interface Source {
  ring: string;
  next: string;
  onError?: string | undefined;
}

export const ring: StepKind<Source, number, string> = {
  verb: 'ring',
  title: 'Ring',
  summary: 'Lets the caller hear ringing for a while before the call is answered.',
  example: `ring: 3s
next: pickUp`,
  shape: z.strictObject({
    ring: duration.meta({ description: 'How long it rings: from 100ms to 2m' }),
    next: target,
    ...anyStep,
  }),
  keys: ['ring', 'next', 'onError'],
  exits: ['next'],
  needsCaller: true,
  compile: (source, compiler, path) => {
    const params = compiler.duration(source.ring, [...path, 'ring'], { minMs: 100, maxMs: 120_000 });
    return { params, exits: { next: source.next }, sounds: [] };
  },
  traits: (ms) => ({ unanswered: true, lasts: () => ({ leastMs: ms, mostMs: ms }) }),
  enter: (ms, view) => {
    if (view.state.answered) return { exit: 'error', effects: [], why: 'the call is answered already' };
    const timerId = view.id('ring');
    return { stay: timerId, effects: [{ type: 'ring' }, { type: 'setTimer', timerId, ms }] };
  },
  on: {
    timer: (_, timerId, event) => (event.timerId === timerId ? { exit: 'next', effects: [] } : undefined),
  },
  leave: (_, timerId) => [{ type: 'clearTimer', timerId }],
};
