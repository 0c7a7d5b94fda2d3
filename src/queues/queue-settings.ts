import { z } from 'zod';
import type { CallbackRules } from '../calls/queue-port.ts';
import { type FlowError, Mistakes } from '../flows/language/errors.ts';
import { tellIssues } from '../flows/language/issues.ts';
import { duration, name, promptName } from '../flows/language/shapes.ts';
import { readYaml } from '../flows/language/source.ts';
import { parseDuration } from '../shared/time.ts';

/** How one queue works. Times in ms. */
export interface QueueSettings {
  queue: string;
  /** Account names of those who serve it, or everyone. */
  agents: 'all' | readonly string[];
  /** How long a desk rings before the next one does. */
  ringMs: number;
  wrapUpMs: number;
  /** The longest wait, unless the flow says another. */
  maxWaitMs: number;
  maxWaiting: number;
  /** How often callers are told where they stand. */
  announceEveryMs: number;
  announcePosition: boolean;
  /** A prompt to loop while waiting; absent: the built-in music. */
  music?: string;
  /** Calls in a row an agent may let ring before they are sent on a break. */
  missesAllowed: number;
  callback: Omit<CallbackRules, 'mostOpen'>;
}

const shape = z.strictObject({
  queue: name,
  version: z.literal(1),
  agents: z.union([z.literal('all'), z.array(z.string().min(1).max(100)).min(1).max(1_000)]).optional(),
  ringTime: duration.optional(),
  wrapUp: duration.optional(),
  maxWait: duration.optional(),
  maxWaiting: z.number().int().min(1).max(10_000).optional(),
  announce: z.strictObject({ every: duration.optional(), position: z.boolean().optional() }).optional(),
  music: promptName.optional(),
  missesAllowed: z.number().int().min(1).max(20).optional(),
  callback: z
    .strictObject({
      attempts: z.number().int().min(1).max(20).optional(),
      every: duration.optional(),
      ringTime: duration.optional(),
      within: duration.optional(),
    })
    .optional(),
});

const KEYS = [
  ...['queue', 'version', 'agents', 'ringTime', 'wrapUp', 'maxWait', 'maxWaiting', 'announce', 'every', 'position'],
  ...['music', 'missesAllowed', 'callback', 'attempts', 'within'],
];

/** What holds at the desk where no queue says anything; the time in ms. */
export const USUAL_DESK = { wrapUpMs: 30_000, missesAllowed: 2 } as const;

/** Allowed times, in ms. */
const LIMITS = {
  ringTime: { usual: 20_000, least: 3_000, most: 300_000 },
  wrapUp: { usual: USUAL_DESK.wrapUpMs, least: 0, most: 3_600_000 },
  maxWait: { usual: 30 * 60_000, least: 1_000, most: 24 * 3_600_000 },
  every: { usual: 30_000, least: 5_000, most: 3_600_000 },
  callEvery: { usual: 15 * 60_000, least: 10_000, most: 24 * 3_600_000 },
  callRing: { usual: 30_000, least: 5_000, most: 180_000 },
  within: { usual: 24 * 3_600_000, least: 60_000, most: 7 * 24 * 3_600_000 },
} as const;

export type LoadedQueue = { ok: true; settings: QueueSettings } | { ok: false; errors: FlowError[] };

/** Reads a queue's file. All mistakes are told with their places; nothing is thrown. */
export function loadQueue(text: string, file: string): LoadedQueue {
  const mistakes = new Mistakes(file);
  const source = readYaml(text, mistakes);
  if (!source) return { ok: false, errors: mistakes.list() };
  const parsed = shape.safeParse(source.value);
  if (!parsed.success) {
    tellIssues(parsed.error.issues, [], source, mistakes, KEYS);
    return { ok: false, errors: mistakes.list() };
  }
  const { data } = parsed;
  const time = (written: string | undefined, key: keyof typeof LIMITS, path: string[]): number => {
    const { usual, least, most } = LIMITS[key];
    const ms = written === undefined ? usual : parseDuration(written);
    if (ms !== undefined && ms >= least && ms <= most) return ms;
    mistakes.add('value.wrong', source.place(path), `"${path.at(-1)}" has to be from ${least} ms to ${most} ms`);
    return usual;
  };
  const settings: QueueSettings = {
    queue: data.queue,
    agents: data.agents ?? 'all',
    ringMs: time(data.ringTime, 'ringTime', ['ringTime']),
    wrapUpMs: time(data.wrapUp, 'wrapUp', ['wrapUp']),
    maxWaitMs: time(data.maxWait, 'maxWait', ['maxWait']),
    maxWaiting: data.maxWaiting ?? 100,
    announceEveryMs: time(data.announce?.every, 'every', ['announce', 'every']),
    announcePosition: data.announce?.position ?? true,
    ...(data.music === undefined ? {} : { music: data.music }),
    missesAllowed: data.missesAllowed ?? USUAL_DESK.missesAllowed,
    callback: {
      attempts: data.callback?.attempts ?? 3,
      everyMs: time(data.callback?.every, 'callEvery', ['callback', 'every']),
      ringMs: time(data.callback?.ringTime, 'callRing', ['callback', 'ringTime']),
      withinMs: time(data.callback?.within, 'within', ['callback', 'within']),
    },
  };
  return mistakes.any ? { ok: false, errors: mistakes.list() } : { ok: true, settings };
}
