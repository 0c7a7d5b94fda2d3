import type { Place } from '../language/errors.ts';
import type { Flow, Step } from '../language/flow.ts';
import type { Act, Stretch } from '../machine/step-kind.ts';
import type { Insides } from './inside.ts';

/** One way out of a step. */
export interface Way {
  exit: string;
  /** Undefined: the call, or this flow, ends here. */
  to: Step | undefined;
  /** What people have to do for it; undefined: it comes about by itself. */
  act: Act | undefined;
  /** Where it is written; the name of the step when it goes without saying. */
  place: Pick<Place, 'line' | 'column'>;
}

/** The steps of one flow, and the ways between them. What happens after the caller has left is not among the ways. */
export interface FlowGraph {
  flow: Flow;
  /** The ways of a step that has done what it is for. */
  ways(step: Step): readonly Way[];
  /** Whether the step can fail, of its own or because the flow that it calls does. */
  mayFail(step: Step): boolean;
  /** Whether the step can fail, or stands where it must: it rings a call that was answered. */
  mayFailThere(step: Step): boolean;
  /** Where a step leads that fails; undefined: out of the flow. */
  handler(step: Step): Step | undefined;
  /** Steps that a caller can get to, and those that are run after one has left. */
  reached: ReadonlySet<Step>;
}

/** `insides`: what is known of the flows inside. */
export function graphOf(flow: Flow, insides: Insides): FlowGraph {
  const known = new Map<Step, Way[]>();
  const ways = (step: Step): readonly Way[] => {
    const made = known.get(step) ?? waysOf(step, flow, insides);
    known.set(step, made);
    return made;
  };
  const handler = (step: Step) => stepNamed(flow, step.onError ?? flow.onError);
  const onward = (step: Step) => [...ways(step).map(({ to }) => to), stepNamed(flow, step.onError)];
  const live = reach(
    [flow.start, flow.onError, flow.maxDuration?.step].map((name) => stepNamed(flow, name)),
    onward,
  );
  // A step that needs a caller ends the run when there is none.
  const gone = reach([stepNamed(flow, flow.onHangup)], (step) => (step.kind.needsCaller ? [] : onward(step)));
  const mayFail = ({ traits, reads, onError }: Step) => {
    const fails = traits.fails === true || reads.length > 0 || onError !== undefined;
    return fails || (traits.calls?.returns === true && insides.get(traits.calls.flow)?.fails !== false);
  };
  const mayFailThere = (step: Step) => mayFail(step) || step.traits.unanswered === true;
  return { flow, ways, mayFail, mayFailThere, handler, reached: new Set([...live, ...gone]) };
}

export function stepNamed(flow: Flow, name: string | null | undefined): Step | undefined {
  return name === undefined || name === null ? undefined : flow.steps.get(name);
}

/** Everything that can be got to from `from`, those included. */
export function reach(
  from: readonly (Step | undefined)[],
  onward: (step: Step) => readonly (Step | undefined)[],
): Set<Step> {
  const reached = new Set<Step>();
  const open = [...from];
  while (open.length > 0) {
    const step = open.pop();
    if (!step || reached.has(step)) continue;
    reached.add(step);
    open.push(...onward(step));
  }
  return reached;
}

/** The ways from step to step the other way round. */
export function backwards(
  steps: Iterable<Step>,
  onward: (step: Step) => readonly (Step | undefined)[],
): (step: Step) => readonly Step[] {
  const before = new Map<Step, Step[]>();
  for (const step of steps) {
    for (const to of onward(step)) {
      if (to === undefined) continue;
      const known = before.get(to);
      if (known) known.push(step);
      else before.set(to, [step]);
    }
  }
  return (step) => before.get(step) ?? [];
}

function waysOf(step: Step, flow: Flow, insides: Insides): Way[] {
  const { calls, returns, acts } = step.traits;
  if (returns) return [{ exit: 'return', to: undefined, act: undefined, place: step.keyPlace }];
  if (calls && !calls.returns) return [{ exit: 'goto', to: undefined, act: undefined, place: step.keyPlace }];
  const inside = calls && insides.get(calls.flow);
  const ways = Object.entries(step.exits).map(([exit, to]): Way => {
    const act = calls ? (inside?.returnsByItself ? undefined : 'answer') : (acts?.[exit] ?? acts?.['*']);
    return { exit, to: stepNamed(flow, to), act, place: placeOfExit(step, exit, to) };
  });
  if (!calls) return ways;
  const ended: Way = { exit: 'end', to: undefined, act: undefined, place: step.keyPlace };
  return [...(inside?.returns === false ? [] : ways), ...(inside?.ends ? [ended] : [])];
}

/** Where the exit is written, or one that it takes the place of. */
function placeOfExit(step: Step, exit: string, to: string | null): Pick<Place, 'line' | 'column'> {
  const written =
    step.targets.find((target) => target.exit === exit) ??
    step.targets.find((target) => target.to === to && target.exit !== 'error');
  return written?.place ?? step.keyPlace;
}

/** Whether a step that is left by this exit has taken any time, however short its audio. */
export function takesTime({ traits }: Step, exit: string): boolean {
  return traits.lasts(exit, (sounds): Stretch => ({ leastMs: 0, mostMs: sounds.length })).mostMs > 0;
}

/** Whether a step takes time on any of its exits. */
export function lasts(step: Step): boolean {
  return Object.keys(step.exits).some((exit) => takesTime(step, exit));
}
