import { z } from 'zod';
import type { Sound } from '../language/flow.ts';
import { type AudioWithBargeIn, anyStep, audioWithBargeIn, type BargeIn, target } from '../language/shapes.ts';
import type { Move, StepKind, View } from '../machine/step-kind.ts';
import type { FlowEffect } from '../machine/types.ts';
import { keep } from './typed.ts';

export interface Playing {
  sounds: Sound[];
  bargeIn: BargeIn;
}

/** The id of the play that is being waited for. */
type Local = string;

type Source = { say: AudioWithBargeIn; next: string; onError?: string | undefined };

/** Plays something from beginning to end; `say` and `play` differ in what a bare text means. */
export const playing: Pick<StepKind<unknown, Playing, Local>, 'traits' | 'enter' | 'on' | 'leave'> = {
  traits: ({ sounds, bargeIn }) => ({
    audible: true,
    lasts: (_, playing) => (bargeIn === 'any' ? { ...playing(sounds), leastMs: 0 } : playing(sounds)),
  }),
  enter: ({ sounds, bargeIn }, view) => {
    const typed = bargeIn === 'none' ? '' : view.state.typed;
    if (bargeIn === 'any' && typed !== '') return { exit: 'next', effects: [], typed };
    const items = view.items(sounds);
    if (items.length === 0) return { exit: 'next', effects: [], typed };
    const playId = view.id('play');
    return { stay: playId, effects: [{ type: 'play', playId, items }], typed };
  },
  on: {
    digit: ({ bargeIn }, playId, { digit }, view) => {
      if (bargeIn === 'none') return undefined;
      const typed = keep(view, digit);
      if (bargeIn === 'match') return { stay: playId, effects: [], typed };
      return { exit: 'next', effects: [{ type: 'stopPlay', playId }], typed };
    },
    playEnded: (_, playId, event, view) => {
      if (event.playId !== playId) return undefined;
      return event.reason === 'failed' ? failed(view, 'playing failed') : { exit: 'next', effects: [] };
    },
    effectFailed: (_, playId, event, view) => (event.id === playId ? failed(view, event.code) : undefined),
  },
  leave: (_, playId) => [{ type: 'stopPlay', playId }],
};

/** A call is not lost because a prompt is: without an `onError` of its own the step goes on. */
function failed(view: View, why: string): Move<Local> {
  if (view.flow.steps.get(view.step)?.onError !== undefined) return { exit: 'error', effects: [], why };
  const log: FlowEffect = {
    type: 'log',
    level: 'warn',
    step: view.step,
    text: 'audio was not played',
    values: { why },
  };
  return { exit: 'next', effects: [log] };
}

export const say: StepKind<Source, Playing, Local> = {
  verb: 'say',
  title: 'Say',
  summary: 'Speaks words, in the language of the call.',
  shape: z.strictObject({ say: audioWithBargeIn, next: target, ...anyStep }),
  keys: ['say', 'next', 'onError', 'text', 'prompt', 'hours', 'silence', 'tone', 'language', 'items', 'bargeIn'],
  exits: ['next'],
  needsCaller: true,
  compile: (source, compiler, path) => {
    const sounds = compiler.audio(source.say, [...path, 'say']);
    return { params: { sounds, bargeIn: compiler.bargeInOf(source.say) }, exits: { next: source.next }, sounds };
  },
  ...playing,
};
