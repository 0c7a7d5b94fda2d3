import { z } from 'zod';
import { type Machine, step } from '../../shared/machine.ts';
import type { Sound } from '../language/flow.ts';
import { type Audio, anyStep, audio, duration, name, TONES, target } from '../language/shapes.ts';
import type { Move, StepKind, View } from '../machine/step-kind.ts';
import type { FlowEffect } from '../machine/types.ts';

interface Source {
  voicemail: string | { box: string; max?: string | undefined; prompt?: Audio | undefined; beep?: boolean | undefined };
  next: string;
  onError?: string | undefined;
}

interface Recording {
  box: string;
  maxMs: number;
  prompt: Sound[];
  beep: Sound[];
}

/** The message from its greeting to its storing. `done` and `failed` have no arrows. */
export type VoicemailState =
  | { kind: 'greeting' }
  | { kind: 'beep' }
  | { kind: 'recording' }
  | { kind: 'storing' }
  | { kind: 'done' }
  | { kind: 'failed' };

export type VoicemailEvent = { kind: 'key' | 'playEnded' | 'timer' | 'stored' | 'failed' };
type Order = 'stopPlay' | 'playBeep' | 'record' | 'stopRecording' | 'startTimer' | 'stopTimer' | 'giveStoringTime';

/** The beep comes after the greeting or after a key that cuts it short; a key, the time limit or the far end ends the message. */
export const voicemailMachine: Machine<VoicemailState, VoicemailEvent, Order> = {
  greeting: {
    key: () => [{ kind: 'beep' }, 'stopPlay', 'playBeep'],
    playEnded: () => [{ kind: 'beep' }, 'playBeep'],
  },
  beep: { playEnded: () => [{ kind: 'recording' }, 'record', 'startTimer'] },
  recording: {
    key: () => [{ kind: 'storing' }, 'stopTimer', 'stopRecording', 'giveStoringTime'],
    timer: () => [{ kind: 'storing' }, 'stopRecording', 'giveStoringTime'],
    stored: () => [{ kind: 'done' }, 'stopTimer'],
    failed: () => [{ kind: 'failed' }, 'stopTimer'],
  },
  storing: {
    stored: () => [{ kind: 'done' }, 'stopTimer'],
    timer: () => [{ kind: 'failed' }],
    failed: () => [{ kind: 'failed' }, 'stopTimer'],
  },
  done: {},
  failed: {},
};

type Local = {
  state: VoicemailState['kind'];
  playId: string | null;
  timerId: string | null;
  voicemailId: string;
  timers: number;
};

/** How long the driver may take to store a message before the caller goes on without. */
const STORING_MS = 10_000;

export const voicemail: StepKind<Source, Recording, Local> = {
  verb: 'voicemail',
  title: 'Voicemail',
  summary: 'Takes a message for a mail box; any key ends it.',
  example: `voicemail:
  box: support
  max: 2m
  prompt: { text: Please leave a message after the tone., language: en }
next: goodbye`,
  shape: z.strictObject({
    voicemail: z
      .union([
        name,
        z.strictObject({
          box: name.meta({ description: 'The mail box; a queue has one of its own name' }),
          max: duration.optional().meta({ description: 'The longest message, from 1s to 30m; 2m without it' }),
          prompt: audio.optional().meta({ description: 'Played before the tone; a key skips it' }),
          beep: z.boolean().optional().meta({ description: 'Whether a tone says when to speak; true without it' }),
        }),
      ])
      .meta({ description: 'A mail box by name, or how the message is taken' }),
    next: target,
    ...anyStep,
  }),
  keys: ['voicemail', 'next', 'onError', 'box', 'max', 'prompt', 'beep'],
  exits: ['next'],
  needsCaller: true,
  compile: (source, compiler, path) => {
    const at = [...path, 'voicemail'];
    const written = typeof source.voicemail === 'string' ? { box: source.voicemail } : source.voicemail;
    compiler.refer('boxes', written.box, typeof source.voicemail === 'string' ? at : [...at, 'box']);
    const prompt = written.prompt === undefined ? [] : compiler.audio(written.prompt, [...at, 'prompt']);
    const { frequenciesHz, durationMs } = TONES.beep;
    const beep: Sound[] = [{ kind: 'tone', frequenciesHz: [...frequenciesHz], durationMs }];
    const params = {
      box: written.box,
      maxMs: compiler.duration(written.max ?? '2m', [...at, 'max'], { minMs: 1_000, maxMs: 1_800_000 }),
      prompt,
      beep: written.beep === false ? [] : beep,
    };
    return { params, exits: { next: source.next }, sounds: prompt };
  },
  traits: ({ prompt, beep, maxMs }) => ({
    audible: true,
    fails: true,
    lasts: (_, playing) => {
      const mostMs = playing(prompt).mostMs + playing(beep).mostMs + maxMs + STORING_MS;
      return { leastMs: 0, mostMs };
    },
  }),
  enter: (params, view) => {
    const items = view.items(params.prompt);
    const local: Local = {
      state: 'greeting',
      playId: null,
      timerId: null,
      voicemailId: view.id('voicemail'),
      timers: 0,
    };
    if (items.length === 0) return { ...react(params, local, 'playEnded', view), typed: '' };
    const playId = view.id('greeting');
    return { stay: { ...local, playId }, effects: [{ type: 'play', playId, items }], typed: '' };
  },
  on: {
    digit: (params, local, _, view) => react(params, local, 'key', view),
    playEnded: (params, local, { playId }, view) =>
      playId === local.playId ? react(params, { ...local, playId: null }, 'playEnded', view) : undefined,
    timer: (params, local, { timerId }, view) =>
      timerId === local.timerId ? react(params, { ...local, timerId: null }, 'timer', view) : undefined,
    voicemailEnded: (params, local, { voicemailId }, view) =>
      voicemailId === local.voicemailId ? react(params, local, 'stored', view) : undefined,
    effectFailed: (params, local, { id }, view) => {
      if (id === local.playId) return react(params, { ...local, playId: null }, 'playEnded', view);
      return id === local.voicemailId ? react(params, local, 'failed', view) : undefined;
    },
  },
  leave: (_, { state, playId, timerId, voicemailId }) => [
    ...(playId === null ? [] : [{ type: 'stopPlay' as const, playId }]),
    ...(timerId === null ? [] : [{ type: 'clearTimer' as const, timerId }]),
    ...(state === 'recording' ? [{ type: 'stopVoicemail' as const, voicemailId }] : []),
  ],
};

function react(params: Recording, local: Local, kind: VoicemailEvent['kind'], view: View): Move<Local> {
  const move = step(voicemailMachine, { kind: local.state }, { kind });
  let now: Local = { ...local, state: move.state.kind };
  const effects: FlowEffect[] = [];
  for (const order of move.effects) now = obey(order, params, now, effects, view);
  if (now.state === 'done') return { exit: 'next', effects };
  if (now.state === 'failed') return { exit: 'error', effects, why: 'the message was not stored' };
  if (now.state === 'beep' && now.playId === null) return chained(react(params, now, 'playEnded', view), effects);
  return { stay: now, effects };
}

function chained(move: Move<Local>, before: FlowEffect[]): Move<Local> {
  return { ...move, effects: [...before, ...move.effects] };
}

function obey(order: Order, params: Recording, local: Local, effects: FlowEffect[], view: View): Local {
  switch (order) {
    case 'stopPlay':
      if (local.playId !== null) effects.push({ type: 'stopPlay', playId: local.playId });
      return { ...local, playId: null };
    case 'playBeep': {
      const items = view.items(params.beep);
      if (items.length === 0) return { ...local, playId: null };
      const playId = view.id('beep');
      effects.push({ type: 'play', playId, items });
      return { ...local, playId };
    }
    case 'record':
      effects.push({ type: 'startVoicemail', voicemailId: local.voicemailId, box: params.box, maxMs: params.maxMs });
      return local;
    case 'stopRecording':
      effects.push({ type: 'stopVoicemail', voicemailId: local.voicemailId });
      return local;
    case 'startTimer':
      return timed(params.maxMs, local, effects, view);
    case 'giveStoringTime':
      return timed(STORING_MS, local, effects, view);
    case 'stopTimer':
      if (local.timerId !== null) effects.push({ type: 'clearTimer', timerId: local.timerId });
      return { ...local, timerId: null };
  }
}

function timed(ms: number, local: Local, effects: FlowEffect[], view: View): Local {
  const timerId = view.id(`timer${local.timers}`);
  effects.push({ type: 'setTimer', timerId, ms });
  return { ...local, timerId, timers: local.timers + 1 };
}
