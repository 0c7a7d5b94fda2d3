import { z } from 'zod';
import { entry, own } from '../../shared/own.ts';
import type { Compiler } from '../language/compiler.ts';
import type { Sound } from '../language/flow.ts';
import { type Audio, anyStep, audio, duration, name, promptName, target } from '../language/shapes.ts';
import type { Path } from '../language/source.ts';
import type { Template } from '../language/template.ts';
import type { Move, StepKind, Stretch, View } from '../machine/step-kind.ts';
import type { FlowEffect } from '../machine/types.ts';
import { compilePriority, compileSkills, priorityNow, priorityShape, skillNow, skillsShape } from './queue/wishes.ts';

interface QueueSource {
  name: string;
  priority?: number | string | undefined;
  skills?: string[] | undefined;
  maxWait?: string | undefined;
  music?: string | undefined;
  announce?: { every: string; position?: boolean | undefined; comfort?: Audio | undefined } | undefined;
  whisper?: Audio | undefined;
  callbackKey?: string | undefined;
}

interface Source {
  queue: string | QueueSource;
  onAnsweredEnd?: string | undefined;
  onTimeout: string;
  onNoAgents?: string | undefined;
  onFull?: string | undefined;
  onCallback?: string | undefined;
  onError?: string | undefined;
}

interface Queueing {
  queue: string;
  priority: number | Template;
  skills: Template[];
  maxWaitMs?: number;
  music?: string;
  announce?: { everyMs: number; position: boolean; comfort: Sound[] };
  whisper: Sound[];
  callbackKey?: string;
}

type Local = { queueId: string; talking: boolean };

const LONGEST_WAIT_MS = 24 * 3_600_000;

export const queue: StepKind<Source, Queueing, Local> = {
  verb: 'queue',
  title: 'Queue',
  summary: 'Lets the caller wait for an agent and talk with them.',
  example: `queue:
  name: support
  priority: "{{ tier == 'gold' ? 10 : 0 }}"
  skills: ["lang:{{ call.language }}"]
  maxWait: 10m
  announce: { every: 30s, position: true }
onAnsweredEnd: goodbye
onTimeout: message`,
  shape: z.strictObject({
    queue: z
      .union([
        name,
        z.strictObject({
          name,
          priority: priorityShape,
          skills: skillsShape,
          maxWait: duration.optional().meta({ description: 'The longest wait; without it, the limit of the queue' }),
          music: promptName
            .optional()
            .meta({ description: 'A recording to play over and over; without it, the music of the queue' }),
          announce: z
            .strictObject({
              every: duration.meta({ description: 'The time between two, from 5s to 1h' }),
              position: z.boolean().optional().meta({ description: 'Whether the position is told; true without it' }),
              comfort: audio.optional().meta({ description: 'Played after the position' }),
            })
            .optional()
            .meta({ description: 'What is said while waiting; without it, the settings of the queue' }),
          whisper: audio.optional().meta({ description: 'What the agent alone hears before they are joined' }),
          callbackKey: z
            .string()
            .regex(/^[0-9*#]$/, 'one key')
            .optional()
            .meta({ description: 'The key that ends the wait for a call back' }),
        }),
      ])
      .meta({ description: 'A queue by name, or what is wanted of it' }),
    onAnsweredEnd: target.optional().meta({ description: 'After the agent has hung up; without it, the call ends' }),
    onTimeout: target.meta({ description: 'Nobody came in time' }),
    onNoAgents: target.optional().meta({ description: 'Nobody is on duty; without it, onTimeout' }),
    onFull: target.optional().meta({ description: 'Too many are waiting; without it, onTimeout' }),
    onCallback: target.optional().meta({ description: 'Where the callback key leads' }),
    ...anyStep,
  }),
  keys: [
    ...['queue', 'onAnsweredEnd', 'onTimeout', 'onNoAgents', 'onFull', 'onCallback', 'onError'],
    ...['name', 'priority', 'skills', 'maxWait', 'music', 'announce', 'every', 'position', 'comfort'],
    ...['whisper', 'callbackKey'],
  ],
  exits: ['answeredEnd', 'timeout', 'noAgents', 'full', 'callback'],
  needsCaller: true,
  compile: (source, compiler, path) => {
    const at = [...path, 'queue'];
    const written = typeof source.queue === 'string' ? { name: source.queue } : source.queue;
    compiler.refer('queues', written.name, typeof source.queue === 'string' ? at : [...at, 'name']);
    if ((written.callbackKey === undefined) !== (source.onCallback === undefined))
      compiler.wrong('value.wrong', at, 'callbackKey and onCallback stand together, or neither does');
    const params = compileQueue(written, compiler, at);
    return {
      params,
      exits: {
        answeredEnd: source.onAnsweredEnd ?? null,
        timeout: source.onTimeout,
        noAgents: source.onNoAgents ?? source.onTimeout,
        full: source.onFull ?? source.onTimeout,
        ...(source.onCallback === undefined ? {} : { callback: source.onCallback }),
      },
      sounds: [...(params.announce?.comfort ?? []), ...params.whisper],
    };
  },
  traits: ({ maxWaitMs }) => ({
    audible: true,
    fails: true,
    person: true,
    acts: { answeredEnd: 'person', callback: 'answer' },
    lasts: (exit): Stretch => {
      if (exit === 'answeredEnd') return { leastMs: 0, mostMs: Number.POSITIVE_INFINITY };
      // Without a limit of its own, that of the queue holds, which no flow knows.
      return { leastMs: exit === 'timeout' ? (maxWaitMs ?? 0) : 0, mostMs: maxWaitMs ?? LONGEST_WAIT_MS };
    },
  }),
  enter: (params, view) => {
    const queueId = view.id('queue');
    const since = own(view.state.waits, params.queue) ?? view.state.at;
    return {
      stay: { queueId, talking: false },
      effects: [enterEffect(params, queueId, since, view)],
      typed: '',
      waits: entry(params.queue, since),
    };
  },
  on: {
    digit: ({ callbackKey }, { queueId, talking }, { digit }) =>
      digit === callbackKey && !talking ? { exit: 'callback', effects: [{ type: 'leaveQueue', queueId }] } : undefined,
    queueAnswered: (_, local, { queueId }) =>
      queueId === local.queueId && !local.talking ? { stay: { ...local, talking: true }, effects: [] } : undefined,
    queueEnded: (_, local, { queueId, outcome }) => {
      if (queueId !== local.queueId) return undefined;
      return { exit: outcome === 'agentEnded' ? 'answeredEnd' : outcome, effects: [] };
    },
    effectFailed: (_, local, { id, code }): Move<Local> | undefined =>
      id === local.queueId ? { exit: 'error', effects: [], why: code } : undefined,
  },
  inTalk: ({ talking }) => talking,
  leave: (_, { queueId }) => [{ type: 'leaveQueue', queueId }],
};

function compileQueue(source: QueueSource, compiler: Compiler, path: Path): Queueing {
  const { music, maxWait, announce } = source;
  if (music !== undefined) compiler.refer('prompts', music, [...path, 'music']);
  const wait = { minMs: 1_000, maxMs: LONGEST_WAIT_MS };
  return {
    queue: source.name,
    priority: compilePriority(source.priority, compiler, [...path, 'priority']),
    skills: compileSkills(source.skills, compiler, [...path, 'skills']),
    ...(maxWait === undefined ? {} : { maxWaitMs: compiler.duration(maxWait, [...path, 'maxWait'], wait) }),
    ...(music === undefined ? {} : { music }),
    whisper: source.whisper === undefined ? [] : compiler.audio(source.whisper, [...path, 'whisper']),
    ...(source.callbackKey === undefined ? {} : { callbackKey: source.callbackKey }),
    ...(announce === undefined
      ? {}
      : {
          announce: {
            everyMs: compiler.duration(announce.every, [...path, 'announce', 'every'], {
              minMs: 5_000,
              maxMs: 3_600_000,
            }),
            position: announce.position ?? true,
            comfort:
              announce.comfort === undefined ? [] : compiler.audio(announce.comfort, [...path, 'announce', 'comfort']),
          },
        }),
  };
}

function enterEffect(params: Queueing, queueId: string, since: number, view: View): FlowEffect {
  const scope = view.scope();
  const whisper = view.items(params.whisper);
  const { announce } = params;
  return {
    type: 'enterQueue',
    queueId,
    queue: params.queue,
    priority: priorityNow(params.priority, scope),
    skills: params.skills.map((skill) => skillNow(skill, scope)),
    language: view.state.language,
    ...(params.maxWaitMs === undefined ? {} : { maxWaitMs: params.maxWaitMs }),
    ...(announce === undefined ? {} : { announce: { ...announce, comfort: view.items(announce.comfort) } }),
    ...(params.music === undefined ? {} : { music: params.music }),
    ...(whisper.length === 0 ? {} : { whisper }),
    ...(since === view.state.at ? {} : { since }),
  };
}
