import { ExpressionFailure } from '../language/condition.ts';
import type { Flow, Step } from '../language/flow.ts';
import { freshState } from '../machine/engine.ts';
import { StepView } from '../machine/view.ts';
import { lasts, type Way } from './graph.ts';

/** Expressions read the time of the call by this name. */
const TIME = 'call.seconds';

/** A call that lasts longer is no call. */
const LONG_MS = 30 * 24 * 3_600_000;

/**
 * Whether the step sees to it that a call leaves a circle that it is a part of. `out` are its ways that lead out, `counted` what
 * changes from round to round.
 */
export function isWayOut(step: Step, flow: Flow, out: readonly Way[], counted: ReadonlySet<string>): boolean {
  const { bound } = step.traits;
  if (bound) return out.some(({ exit }) => exit === bound.exit);
  const decides = Object.keys(step.exits).length > 1 && !lasts(step);
  if (!decides || out.length === 0 || !step.reads.some(({ name }) => counted.has(name))) return false;
  const late = exitAfterLong(step, flow);
  return late === undefined || out.some(({ exit }) => exit === late);
}

/**
 * What changes from round to round: the time, if it `passes`, what is worked out of itself, and what is worked out of those.
 */
export function countedIn(circle: readonly Step[], passes: boolean): Set<string> {
  const worked = circle.filter(({ writes, reads }) => writes.length > 0 && reads.length > 0);
  const written = new Set(worked.flatMap(({ writes }) => writes.map(({ name }) => name)));
  const counted = new Set(passes ? [TIME] : []);
  for (const { writes, reads } of worked) {
    if (!reads.some(({ name }) => counted.has(name) || written.has(name))) continue;
    for (const { name } of writes) counted.add(name);
  }
  return counted;
}

/** Where a condition leads that hangs on the time alone, once much of it has passed; undefined for every other step. */
function exitAfterLong(step: Step, flow: Flow): string | undefined {
  if (step.reads.some(({ name }) => name !== TIME)) return undefined;
  const state = freshState(flow, { at: 0, caller: { number: '', name: '' }, called: '' });
  try {
    return step.kind.enter(step.params, new StepView(flow, { ...state, at: LONG_MS, step: step.name })).exit;
  } catch (error) {
    if (error instanceof ExpressionFailure) return undefined;
    throw error;
  }
}
