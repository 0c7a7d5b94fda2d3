import { z } from 'zod';
import type { Compiler } from '../language/compiler.ts';
import type { Sound } from '../language/flow.ts';
import { type AudioWithBargeIn, anyStep, audioWithBargeIn, type BargeIn, target } from '../language/shapes.ts';
import type { Path } from '../language/source.ts';
import type { Move, StepKind, View } from '../machine/step-kind.ts';
import type { FlowEffect } from '../machine/types.ts';
import { keep } from './typed.ts';

export interface Playing {
  sounds: Sound[];
  bargeIn: BargeIn;
  /** The caller is told that the call is recorded, and has to hear it to the end. */
  consent: boolean;
}

/** The id of the play that is being waited for. */
type Local = string;

type Source = { say: AudioWithBargeIn; next: string; onError?: string | undefined };

/** Plays something from beginning to end; `say` and `play` differ in what a bare text means. */
export const playing: Pick<StepKind<unknown, Playing, Local>, 'traits' | 'enter' | 'on' | 'leave'> = {
  traits: ({ sounds, bargeIn, consent }) => ({
    audible: true,
    ...(consent ? { consents: true, fails: true } : {}),
    lasts: (_, playing) => (bargeIn === 'any' ? { ...playing(sounds), leastMs: 0 } : playing(sounds)),
  }),
  enter: ({ sounds, bargeIn, consent }, view) => {
    const typed = bargeIn === 'none' ? '' : view.state.typed;
    if (bargeIn === 'any' && typed !== '') return { exit: 'next', effects: [], typed };
    const items = view.items(sounds);
    if (items.length === 0)
      return consent ? failed(view, 'there was nothing to hear', consent) : { exit: 'next', effects: [], typed };
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
    playEnded: ({ consent }, playId, event, view) => {
      if (event.playId !== playId) return undefined;
      if (event.reason === 'failed') return failed(view, 'playing failed', consent);
      const { at } = view.state;
      return { exit: 'next', effects: consent ? [{ type: 'consentPlayed', at, step: view.step }] : [] };
    },
    effectFailed: ({ consent }, playId, event, view) =>
      event.id === playId ? failed(view, event.code, consent) : undefined,
  },
  leave: (_, playId) => [{ type: 'stopPlay', playId }],
};

/**
 * A call is not lost because a prompt is: without an `onError` of its own the step goes on. One that has to be heard fails.
 */
function failed(view: View, why: string, consent: boolean): Move<Local> {
  if (consent || view.flow.steps.get(view.step)?.onError !== undefined) return { exit: 'error', effects: [], why };
  const log: FlowEffect = {
    type: 'log',
    level: 'warn',
    step: view.step,
    text: 'audio was not played',
    values: { why },
  };
  return { exit: 'next', effects: [log] };
}

/** Barge-in and consent: what has to be heard to the end is cut short by no key. */
export function howPlayed(
  source: AudioWithBargeIn,
  compiler: Compiler,
  path: Path,
): Pick<Playing, 'bargeIn' | 'consent'> {
  const consent = typeof source === 'object' && !Array.isArray(source) && source.consent === true;
  if (!consent) return { bargeIn: compiler.bargeInOf(source), consent };
  if (source.bargeIn !== undefined && source.bargeIn !== 'none')
    compiler.wrong(
      'value.wrong',
      [...path, 'bargeIn'],
      'No key cuts short what the caller has to hear',
      'leave it out',
    );
  return { bargeIn: 'none', consent };
}

export const say: StepKind<Source, Playing, Local> = {
  verb: 'say',
  title: 'Say',
  summary: 'Speaks words, in the language of the call.',
  example: `say: { text: { en: Welcome to Parley., zh: 欢迎致电 Parley。 } }
next: choose`,
  shape: z.strictObject({
    say: audioWithBargeIn.meta({ description: 'What to hear; a bare text is spoken' }),
    next: target,
    ...anyStep,
  }),
  keys: [
    ...['say', 'next', 'onError', 'text', 'prompt', 'hours', 'silence', 'tone', 'language', 'items'],
    ...['bargeIn', 'consent'],
  ],
  exits: ['next'],
  needsCaller: true,
  compile: (source, compiler, path) => {
    const sounds = compiler.audio(source.say, [...path, 'say']);
    const params = { sounds, ...howPlayed(source.say, compiler, [...path, 'say']) };
    return { params, exits: { next: source.next }, sounds };
  },
  ...playing,
};
