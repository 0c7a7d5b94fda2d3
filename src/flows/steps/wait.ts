import { z } from 'zod';
import { anyStep, duration, target } from '../language/shapes.ts';
import type { StepKind } from '../machine/step-kind.ts';
import { keep } from './typed.ts';

interface Source {
  wait: string;
  next: string;
  onError?: string | undefined;
}

export const wait: StepKind<Source, number, string> = {
  verb: 'wait',
  title: 'Wait',
  summary: 'Is silent for a while; keys are kept for the next question.',
  example: `wait: 3s
next: choose`,
  shape: z.strictObject({
    wait: duration.meta({ description: 'How long: from 20ms to 10m' }),
    next: target,
    ...anyStep,
  }),
  keys: ['wait', 'next', 'onError'],
  exits: ['next'],
  needsCaller: true,
  compile: (source, compiler, path) => {
    const params = compiler.duration(source.wait, [...path, 'wait'], { minMs: 20, maxMs: 600_000 });
    return { params, exits: { next: source.next }, sounds: [] };
  },
  traits: (ms) => ({ audible: true, silent: true, lasts: () => ({ leastMs: ms, mostMs: ms }) }),
  enter: (ms, view) => {
    const timerId = view.id('wait');
    return { stay: timerId, effects: [{ type: 'setTimer', timerId, ms }] };
  },
  on: {
    digit: (_, timerId, { digit }, view) => ({ stay: timerId, effects: [], typed: keep(view, digit) }),
    timer: (_, timerId, event) => (event.timerId === timerId ? { exit: 'next', effects: [] } : undefined),
  },
  leave: (_, timerId) => [{ type: 'clearTimer', timerId }],
};
