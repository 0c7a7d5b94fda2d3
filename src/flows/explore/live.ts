import type { Flow, Step } from '../language/flow.ts';

/** Of each flow, the variables that may still be read when a call is in a step, by step; and after it has called another flow. */
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
      const entered = new Set([...step.reads.map(({ name }) => name), ...left]);
      changed ||= entered.size !== into.get(step.name)?.size || left.size !== after.get(step.name)?.size;
      into.set(step.name, entered);
      after.set(step.name, left);
    }
  }
  return { in: into, after };
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
