import { z } from 'zod';

/** Flows over HTTP, below `/api/v1/flows`. Times are UTC ms. */

export const flowAlias = z.enum(['live', 'canary', 'draft']);

const flowMistake = z.object({
  file: z.string(),
  line: z.number(),
  column: z.number(),
  rule: z.string(),
  text: z.string(),
  hint: z.string().optional(),
});

const canary = z.object({
  percent: z.number(),
  /** Absent: the draft. */
  number: z.number().optional(),
  version: z.string().optional(),
  startedAt: z.number(),
});

export const flowEntry = z.object({
  flow: z.string(),
  title: z.string(),
  /** The flow as it stands in the folder, in its last good form; absent when its file is gone or never was good. */
  draft: z.object({ file: z.string(), version: z.string(), mistakes: z.array(flowMistake) }).optional(),
  /** What callers get; absent for a flow that was never published: they get the draft. */
  live: z.object({ number: z.number(), version: z.string(), since: z.number() }).optional(),
  canary: canary.optional(),
});
export type FlowEntry = z.infer<typeof flowEntry>;

export const flowList = z.object({ flows: z.array(flowEntry) });

const fieldChange = z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() });

export const flowChange = z.object({
  flow: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  head: z.array(fieldChange),
  steps: z.array(
    z.union([
      z.object({ step: z.string(), change: z.enum(['added', 'removed']) }),
      z.object({ step: z.string(), change: z.literal('changed'), fields: z.array(fieldChange) }),
    ]),
  ),
});

export const publishedVersion = z.object({
  flow: z.string(),
  number: z.number(),
  version: z.string(),
  author: z.string(),
  message: z.string(),
  publishedAt: z.number(),
  parent: z.number().optional(),
  changes: z.array(flowChange),
});

export const flowVersionList = z.object({ versions: z.array(publishedVersion) });

const versionWord = z.string().min(2).max(64);

export const publishBody = z.strictObject({
  message: z.string().max(500).default(''),
  keepLive: z.boolean().default(false),
});

/** `version`: `v3` or the first letters of a hash; absent: what was live before. */
export const rollbackBody = z.strictObject({ version: versionWord.optional() });

/** `version`: also `draft`; absent: the newest one when it is not live, else the draft. */
export const canaryBody = z.strictObject({
  percent: z.number().int().min(1).max(100),
  version: versionWord.optional(),
});

/** The most days that figures can be asked of. */
export const MOST_DAYS = 3_660;

export const flowFigures = z.object({
  flow: z.string(),
  days: z.number(),
  versions: z.array(
    z.object({
      /** Absent: never published under this hash. */
      number: z.number().optional(),
      version: z.string(),
      alias: flowAlias,
      calls: z.number(),
      /** Calls by outcome. */
      outcomes: z.record(z.string(), z.number()),
      reached: z.number(),
      meanTimeToPersonMs: z.number().optional(),
      lastAt: z.number(),
    }),
  ),
});

export const flowCoverage = z.object({
  flow: z.string(),
  /** The version whose steps these are. */
  version: z.string(),
  days: z.number(),
  steps: z.array(
    z.object({
      step: z.string(),
      verb: z.string(),
      visits: z.number(),
      /** The last visit ever; absent: there was none. */
      lastAt: z.number().optional(),
      meanMs: z.number().optional(),
      exits: z.array(
        z.object({
          exit: z.string(),
          to: z.string().optional(),
          count: z.number(),
          lastAt: z.number().optional(),
        }),
      ),
      isGone: z.literal(true).optional(),
    }),
  ),
});

const at = { atMs: z.number().int().min(0).max(86_400_000) };
const keys = z.string().regex(/^[0-9A-D*#]{1,64}$/, 'keys 0-9, *, #, A-D');
const count = z.number().int().min(0).max(999_999_999);

/**
 * Something that happens in a made-up call, `atMs` after its beginning. What becomes of requests, waits and transfers is decided at
 * once; `callback`, `voicemail` and `figures` hold from then on.
 */
export const simulationEvent = z.union([
  z.strictObject({ ...at, press: keys }),
  z.strictObject({ ...at, say: z.string().min(1).max(2_000) }),
  z.strictObject({ ...at, hangUp: z.literal(true) }),
  z.strictObject({
    ...at,
    http: z.strictObject({ status: z.number().int().min(100).max(599), body: z.json().optional() }),
  }),
  z.strictObject({ ...at, httpFails: z.enum(['timeout', 'unreachable', 'tooLarge', 'notJson']) }),
  z.strictObject({ ...at, queue: z.enum(['answered', 'timeout', 'noAgents', 'full', 'failed']) }),
  z.strictObject({ ...at, transfer: z.enum(['answered', 'busy', 'noAnswer', 'failed']) }),
  /** The one the caller talks with hangs up. */
  z.strictObject({ ...at, talkEnds: z.literal(true) }),
  z.strictObject({ ...at, callback: z.enum(['booked', 'failed']) }),
  z.strictObject({ ...at, voicemail: z.enum(['stored', 'failed']) }),
  z.strictObject({
    ...at,
    figures: z.strictObject({
      queue: z.string().min(1).max(64),
      waiting: count.optional(),
      agentsOnDuty: count.optional(),
      agentsReady: count.optional(),
      longestWaitMs: count.optional(),
      estimatedWaitMs: count.optional(),
    }),
  }),
]);
export type SimulationEvent = z.infer<typeof simulationEvent>;

/** A made-up call. Nothing of it is kept: who wants to go on sends it all again, with more events. */
export const simulateBody = z.strictObject({
  /** The text of the flow; absent: the flow as it is stored. */
  source: z.string().max(400_000).optional(),
  /** `draft`, `live`, `v3` or the first letters of a hash; absent: the draft, or what is live where there is none. */
  version: versionWord.optional(),
  from: z.string().max(100).optional(),
  to: z.string().max(100).optional(),
  language: z.string().max(35).optional(),
  /** `2026-03-29T10:00 Europe/Berlin`, or in UTC with `Z`; absent: a Monday morning. */
  at: z.string().max(100).optional(),
  seed: z.number().int().min(0).max(0xffffffff).optional(),
  /** The world around the call, in the words of test files. */
  fake: z.record(z.string(), z.json()).optional(),
  events: z.array(simulationEvent).max(500).default([]),
  /** How far the call goes; absent: to the last event. */
  untilMs: z.number().int().min(0).max(86_400_000).optional(),
});
export type SimulateBody = z.infer<typeof simulateBody>;

const flowVars = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

export const simulatedCall = z.object({
  flow: z.string(),
  version: z.string(),
  /** What happened, each with its time since the call began, its kind, and in words. */
  transcript: z.array(z.object({ ms: z.number(), what: z.string(), text: z.string() })),
  /** `step:exit`, or `flow/step:exit` inside of another flow; the last one without an exit while the call is in it. */
  path: z.array(z.string()),
  /** Of the flow that the call is in. */
  vars: flowVars,
  /** Variables that hold secret digits. */
  secrets: z.array(z.string()),
  state: z.object({
    phase: z.enum(['running', 'ended']),
    ended: z.string().optional(),
    flow: z.string(),
    step: z.string(),
    language: z.string(),
    ms: z.number(),
  }),
  /** What the caller hears at the end, in words. */
  hears: z.string(),
  waitsFor: z.array(
    z.union([
      z.object({ for: z.literal('keys'), step: z.string(), secret: z.boolean() }),
      z.object({ for: z.literal('http'), method: z.string(), service: z.string(), path: z.string() }),
      z.object({ for: z.literal('queue'), queue: z.string(), talking: z.boolean() }),
      z.object({ for: z.literal('transfer'), to: z.string(), talking: z.boolean() }),
      z.object({ for: z.literal('message') }),
      /** Something that happens by itself, in so long. */
      z.object({ for: z.literal('time'), ms: z.number() }),
    ]),
  ),
  /** Events that made no sense at their moment and changed nothing. */
  refused: z.array(z.object({ event: z.number(), text: z.string() })),
});
export type SimulatedCall = z.infer<typeof simulatedCall>;
