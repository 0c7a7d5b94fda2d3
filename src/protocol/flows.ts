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
