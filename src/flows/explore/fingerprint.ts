import { createHash } from 'node:crypto';
import type { Flow } from '../language/flow.ts';
import { flowNamed } from '../machine/frames.ts';
import { type Happening, isSpoken } from '../run/happenings.ts';
import type { Untimed } from '../run/untimed.ts';
import type { VirtualCall } from '../run/virtual-call.ts';
import type { Compared } from './compared.ts';
import { statusesOf } from './family.ts';
import { CHANCE, type Live, liveIn, THE_HOUR, WHO_CALLS } from './live.ts';

const ID = /^[A-Za-z]+\d*-\d+$/;
/** What says only how often or when something was done. */
const PASSING: ReadonlySet<string> = new Set(['timers', 'at', 'since']);

/**
 * A hash of all that decides how a call can go on, without ids and times: two calls of one fingerprint are taken for the same. `more` is
 * what else has to tell them apart.
 */
export function fingerprintOf(call: VirtualCall, compared: Compared, more: readonly unknown[] = []): string {
  const { state, works, flow, happenings } = call;
  const isAddressed = happenings.some(isHeard);
  if (call.isOver)
    return hash(['over', state.endReason, state.callerGone, state.inside, state.step, isAddressed, more]);
  const { queue, transfer, voicemail } = works;
  const live = liveNow(call);
  return hash([
    [
      state.inside,
      state.step,
      compared.classesOf(state.vars, liveOf(flow, state.inside)?.in.get(state.step)),
      state.typed,
      state.loops,
      state.voice,
      failedAgain(call),
    ],
    [
      compared.byLanguage ? state.language : null,
      compared.matters(WHO_CALLS, live) ? state.caller.number : null,
      compared.matters('caller.number', live) ? state.caller.number === '' : null,
      compared.matters('call.seconds', live)
        ? compared.timeClass(Math.floor((call.now - state.startedAt) / 1_000))
        : null,
      compared.matters(THE_HOUR, live) ? statusesOf(flow, call.now) : null,
      compared.matters(CHANCE, live) ? state.seed : null,
    ],
    [isAddressed, state.callerGone, state.answered, state.limit, state.limitMetAt !== undefined, state.unheard],
    [Object.keys(state.secrets), Object.keys(state.waits)],
    state.frames.map(({ secrets, vars, language: _, ...frame }) => [
      frame,
      Object.keys(secrets),
      compared.classesOf(vars, liveOf(flow, frame.flow)?.after.get(frame.step)),
    ]),
    withoutIds(state.local),
    call.due.flatMap(({ value }) => (isIdle(value) ? [] : [withoutIds(value)])),
    [queue?.talking, transfer?.talking, voicemail !== undefined, call.open, call.playing.length > 0],
    more,
  ]);
}

/** How often steps failed that had failed before; so long as each fails once, none is counted. */
function failedAgain({ state, happenings }: VirtualCall): number {
  if (state.failures < 2) return 0;
  const failed = new Set(happenings.flatMap((one) => (one.what === 'failed' ? [one.step] : [])));
  return state.failures - failed.size;
}

/** The end of a prompt that was stopped means nothing to anybody. */
function isIdle(event: Untimed): boolean {
  return event.type === 'playEnded' && event.reason === 'stopped';
}

/** Whether the caller hears words, or a person. */
export function isHeard(one: Happening): boolean {
  return isSpoken(one) || one.what === 'queueAnswered' || one.what === 'transferAnswered';
}

/** All that may still be read, in the flow that the call is in and in those that wait. */
function liveNow({ flow, state }: VirtualCall): ReadonlySet<string> {
  const waiting = state.frames.flatMap((frame) => [...(liveOf(flow, frame.flow)?.after.get(frame.step) ?? [])]);
  const here = liveOf(flow, state.inside)?.in.get(state.step) ?? [];
  return waiting.length === 0 && here instanceof Set ? here : new Set([...here, ...waiting]);
}

function liveOf(root: Flow, name: string): Live | undefined {
  const home = flowNamed(root, name);
  return home && liveIn(home);
}

function withoutIds(value: unknown): unknown {
  if (typeof value === 'string') return ID.test(value) ? value.replace(/\d*-\d+$/, '') : value;
  if (Array.isArray(value)) return value.map(withoutIds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).flatMap(([key, one]) => (PASSING.has(key) ? [] : [[key, withoutIds(one)]]));
}

function hash(parts: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}
