import type { Flow, Step } from '../language/flow.ts';
import { familyOf } from './family.ts';

/** What an `hours` step and a `distribute` step go by, as if they were variables. */
export const THE_HOUR = '$hour';
export const CHANCE = '$chance';
/** The number of the caller, where it decides; elsewhere it is only told. */
export const WHO_CALLS = '$caller';

/**
 * Of each flow, what may still be read when a call is in a step, by step, and after it has called another flow: variables, and what
 * belongs to the call, such as `caller.number`.
 */
export interface Live {
  in: ReadonlyMap<string, ReadonlySet<string>>;
  after: ReadonlyMap<string, ReadonlySet<string>>;
}

const known = new WeakMap<Flow, Live>();

/** Which variables matter where: those that some way reads before it gives them another value. Backwards, until nothing changes. */
export function liveIn(flow: Flow): Live {
  const made = known.get(flow) ?? compute(flow);
  known.set(flow, made);
  return made;
}

function compute(flow: Flow): Live {
  const into = new Map<string, Set<string>>();
  const after = new Map<string, Set<string>>();
  for (const name of flow.steps.keys()) {
    into.set(name, new Set());
    after.set(name, new Set());
  }
  for (let changed = true; changed; ) {
    changed = false;
    for (const step of flow.steps.values()) {
      const left = new Set(
        waysOut(step, flow).flatMap(({ to, given }) => [...(into.get(to) ?? [])].filter((name) => !given.has(name))),
      );
      const entered = new Set([...readsOf(step, flow), ...left]);
      changed ||= entered.size !== into.get(step.name)?.size || left.size !== after.get(step.name)?.size;
      into.set(step.name, entered);
      after.set(step.name, left);
    }
  }
  return { in: into, after };
}

function readsOf(step: Step, flow: Flow): string[] {
  const called = step.traits.calls && flow.flows[step.traits.calls.flow];
  return [...ownReads(step), ...(called ? globalsOf(called) : [])];
}

function ownReads({ reads, verb }: Step): string[] {
  const names = reads.map(({ name }) => name);
  if (verb === 'hours') names.push(THE_HOUR);
  if (verb === 'distribute') names.push(CHANCE);
  if ((verb === 'if' || verb === 'switch') && names.includes('caller.number')) names.push(WHO_CALLS);
  return names;
}

/** What a flow and those inside of it read that is not their own. */
function globalsOf(flow: Flow): string[] {
  const steps = familyOf(flow).flatMap((one) => [...one.steps.values()]);
  return [...new Set(steps.flatMap(ownReads))].filter((name) => name.includes('.') || name.startsWith('$'));
}

/** Where a step can lead, and what it has given other values on that way. */
function waysOut(step: Step, flow: Flow): { to: string; given: ReadonlySet<string> }[] {
  const { gives = {} } = step.traits;
  const exits = Object.entries(step.exits).flatMap(([exit, to]) => {
    return to === null ? [] : [{ to, given: new Set([...(gives['*'] ?? []), ...(gives[exit] ?? [])]) }];
  });
  const handlers = [step.onError, flow.onError, flow.onHangup, flow.maxDuration?.step];
  return [...exits, ...handlers.flatMap((to) => (to === undefined ? [] : [{ to, given: new Set<string>() }]))];
}
