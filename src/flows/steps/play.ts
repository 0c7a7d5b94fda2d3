import { z } from 'zod';
import { type AudioWithBargeIn, anyStep, audioWithBargeIn, target } from '../language/shapes.ts';
import type { StepKind } from '../machine/step-kind.ts';
import { howPlayed, type Playing, playing, say } from './say.ts';

type Source = { play: AudioWithBargeIn; next: string; onError?: string | undefined };

export const play: StepKind<Source, Playing, string> = {
  verb: 'play',
  title: 'Play',
  summary: 'Plays a recording of the prompts folder; a bare name is enough.',
  example: `play: [{ prompt: jingle }, { text: Please hold the line., language: en }]
next: choose`,
  shape: z.strictObject({
    play: audioWithBargeIn.meta({ description: 'What to hear; a bare text is the name of a prompt' }),
    next: target,
    ...anyStep,
  }),
  keys: ['play', ...say.keys.slice(1)],
  exits: ['next'],
  needsCaller: true,
  compile: (source, compiler, path) => {
    const value = typeof source.play === 'string' ? { prompt: source.play } : source.play;
    const sounds = compiler.audio(value, [...path, 'play']);
    const params = { sounds, ...howPlayed(value, compiler, [...path, 'play']) };
    return { params, exits: { next: source.next }, sounds };
  },
  ...playing,
};
