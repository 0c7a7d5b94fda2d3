import { z } from 'zod';
import type { Compiler } from '../language/compiler.ts';
import { ExpressionFailure } from '../language/condition.ts';
import type { Sound } from '../language/flow.ts';
import { type Audio, anyStep, audio, duration, name, promptName, target } from '../language/shapes.ts';
import type { Path } from '../language/source.ts';
import { renderTemplate, soleExpression, type Template } from '../language/template.ts';
import type { Move, StepKind, Stretch, View } from '../machine/step-kind.ts';
import type { FlowEffect } from '../machine/types.ts';

interface QueueSource {
  name: string;
  priority?: number | string | undefined;
  skills?: string[] | undefined;
  maxWait?: string | undefined;
  music?: string | undefined;
  announce?: { every: string; position?: boolean | undefined; comfort?: Audio | undefined } | undefined;
}

interface Source {
  queue: string | QueueSource;
  onAnsweredEnd?: string | undefined;
  onTimeout: string;
  onNoAgents?: string | undefined;
  onFull?: string | undefined;
  onError?: string | undefined;
}

interface Queueing {
  queue: string;
  priority: number | Template;
  skills: Template[];
  maxWaitMs?: number;
  music?: string;
  announce?: { everyMs: number; position: boolean; comfort: Sound[] };
}

type Local = { queueId: string; talking: boolean };

const SKILL = /^[A-Za-z0-9_.:-]{1,64}$/;
const PRIORITY_LIMIT = 100;
const LONGEST_WAIT_MS = 24 * 3_600_000;

export const queue: StepKind<Source, Queueing, Local> = {
  verb: 'queue',
  title: 'Queue',
  summary: 'Lets the caller wait for an agent and talk with them.',
  shape: z.strictObject({
    queue: z.union([
      name,
      z.strictObject({
        name,
        priority: z.union([z.number().int().min(-PRIORITY_LIMIT).max(PRIORITY_LIMIT), z.string()]).optional(),
        skills: z.array(z.string().min(1).max(200)).max(20).optional(),
        maxWait: duration.optional().meta({ description: 'The longest wait; without it, the limit of the queue' }),
        music: promptName.optional(),
        announce: z
          .strictObject({ every: duration, position: z.boolean().optional(), comfort: audio.optional() })
          .optional()
          .meta({ description: 'What is said while waiting; without it, the settings of the queue' }),
      }),
    ]),
    onAnsweredEnd: target.optional().meta({ description: 'After the agent has hung up; without it, the call ends' }),
    onTimeout: target.meta({ description: 'Nobody came in time' }),
    onNoAgents: target.optional().meta({ description: 'Nobody is on duty; without it, onTimeout' }),
    onFull: target.optional().meta({ description: 'Too many are waiting; without it, onTimeout' }),
    ...anyStep,
  }),
  keys: [
    ...['queue', 'onAnsweredEnd', 'onTimeout', 'onNoAgents', 'onFull', 'onError'],
    ...['name', 'priority', 'skills', 'maxWait', 'music', 'announce', 'every', 'position', 'comfort'],
  ],
  exits: ['answeredEnd', 'timeout', 'noAgents', 'full'],
  needsCaller: true,
  compile: (source, compiler, path) => {
    const at = [...path, 'queue'];
    const written = typeof source.queue === 'string' ? { name: source.queue } : source.queue;
    compiler.refer('queues', written.name, typeof source.queue === 'string' ? at : [...at, 'name']);
    const params = compileQueue(written, compiler, at);
    return {
      params,
      exits: {
        answeredEnd: source.onAnsweredEnd ?? null,
        timeout: source.onTimeout,
        noAgents: source.onNoAgents ?? source.onTimeout,
        full: source.onFull ?? source.onTimeout,
      },
      sounds: params.announce?.comfort ?? [],
    };
  },
  traits: ({ maxWaitMs }) => ({
    audible: true,
    person: true,
    lasts: (exit): Stretch => {
      if (exit === 'answeredEnd') return { leastMs: 0, mostMs: Number.POSITIVE_INFINITY };
      // Without a limit of its own, that of the queue holds, which no flow knows.
      return { leastMs: exit === 'timeout' ? (maxWaitMs ?? 0) : 0, mostMs: maxWaitMs ?? LONGEST_WAIT_MS };
    },
  }),
  enter: (params, view) => {
    const queueId = view.id('queue');
    return { stay: { queueId, talking: false }, effects: [enterEffect(params, queueId, view)], typed: '' };
  },
  on: {
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
    skills: (source.skills ?? []).map((skill, index) => compiler.template(skill, [...path, 'skills', index])),
    ...(maxWait === undefined ? {} : { maxWaitMs: compiler.duration(maxWait, [...path, 'maxWait'], wait) }),
    ...(music === undefined ? {} : { music }),
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

function compilePriority(source: number | string | undefined, compiler: Compiler, path: Path): number | Template {
  if (typeof source !== 'string') return source ?? 0;
  const template = compiler.template(source, path);
  const sole = soleExpression(template);
  if (template.parts.length > 0 && sole?.type !== 'int')
    compiler.wrong('expression.type', path, 'A priority is a whole number, or one expression that gives one');
  return template;
}

function enterEffect(params: Queueing, queueId: string, view: View): FlowEffect {
  const scope = view.scope();
  const { announce } = params;
  return {
    type: 'enterQueue',
    queueId,
    queue: params.queue,
    priority: typeof params.priority === 'number' ? params.priority : priorityNow(params.priority, scope),
    skills: params.skills.map((skill) => skillNow(skill, scope)),
    language: view.state.language,
    ...(params.maxWaitMs === undefined ? {} : { maxWaitMs: params.maxWaitMs }),
    ...(announce === undefined ? {} : { announce: { ...announce, comfort: view.items(announce.comfort) } }),
    ...(params.music === undefined ? {} : { music: params.music }),
  };
}

function priorityNow(template: Template, scope: Record<string, unknown>): number {
  const value = Number(soleExpression(template)?.evaluate(scope) ?? 0);
  return Math.max(-PRIORITY_LIMIT, Math.min(PRIORITY_LIMIT, value));
}

function skillNow(template: Template, scope: Record<string, unknown>): string {
  const skill = renderTemplate(template, scope);
  if (!SKILL.test(skill)) throw new ExpressionFailure('A skill is one word of letters, digits and _ . : -');
  return skill;
}
