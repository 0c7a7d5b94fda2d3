import type { Flow, Step } from '../language/flow.ts';
import { type FlowGraph, stepNamed, type Way } from './graph.ts';
import type { Insides } from './inside.ts';
import { KnownValues, type Values } from './known-values.ts';
import { afterExit, failsHere, type Standing, standingKey } from './standing.ts';
import type { Visited } from './trail.ts';

/** One step on one way through the flows. The way before it is a shortest one in its flow. */
export interface Passage extends Visited {
  flow: Flow;
  standing: Standing;
  /** The variables of the flow that are known. */
  values: Values;
  /** Of a step that counts: it has counted to its end. */
  goesOn: boolean;
}

/** What a walk is told of: each step in each standing it can be entered in, and each way by which the call ends. */
export interface Walker {
  enters(passage: Passage): void;
  ends(passage: Passage, way: Way, standing: Standing): void;
}

/** How a call can stand when a flow that was entered in one standing goes back, or fails, to the one that called. */
interface Outcome {
  returned: Map<string, Standing>;
  failed: Map<string, Standing>;
}

/**
 * Walks every way a call can take from the start of a flow, through the flows inside of it, until nothing new is found. Each step is
 * entered once in each situation, so the walk takes time in proportion to steps and ways. What happens after the caller
 * has left is not walked.
 */
export class Walk {
  readonly #insides: Insides;
  readonly #walker: Walker;
  readonly #known = new Map<string, Outcome>();
  readonly #values = new Map<string, KnownValues>();

  constructor(insides: Insides, walker: Walker) {
    this.#insides = insides;
    this.#walker = walker;
  }

  /** Walks from the start of the flow that a call begins in. Flows do not call one another in a circle, so this comes to its end. */
  from(flow: Flow, standing: Standing): void {
    this.#into(flow, standing, { late: stepNamed(flow, flow.maxDuration?.step) });
  }

  /** `late`: where the longest duration of the call leads; that of a flow inside does not count. */
  #into(flow: Flow, standing: Standing, { late, caller }: { late?: Step | undefined; caller?: Passage }): Outcome {
    const key = `${flow.name} ${standingKey(standing)}`;
    const known = this.#known.get(key);
    if (known) return known;
    const outcome: Outcome = { returned: new Map(), failed: new Map() };
    this.#known.set(key, outcome);
    const graph = this.#insides.get(flow.name)?.graph;
    const start = { standing, values: this.#valuesOf(flow).first };
    if (graph) this.#explore(graph, new Frontier(flow, start, caller), outcome, late);
    return outcome;
  }

  #valuesOf(flow: Flow): KnownValues {
    const known = this.#values.get(flow.name) ?? new KnownValues(flow);
    this.#values.set(flow.name, known);
    return known;
  }

  #explore(graph: FlowGraph, frontier: Frontier, outcome: Outcome, late: Step | undefined): void {
    for (const passage of frontier.open) {
      const { step, standing, values } = passage;
      if (passage.goesOn) {
        this.#goOn(graph, passage, frontier, outcome);
        continue;
      }
      this.#walker.enters(passage);
      // By then something was heard.
      frontier.enter(late, { standing: { ...standing, heard: true }, values }, passage);
      const fails = failsHere(step, standing);
      if (fails || mayFailItself(graph, step)) this.#fail(graph, passage, standing, frontier, outcome);
      if (fails) continue;
      if (step.traits.calls) this.#call(graph, passage, frontier, outcome);
      else this.#goOn(graph, passage, frontier, outcome);
    }
  }

  #goOn({ flow, ways }: FlowGraph, passage: Passage, frontier: Frontier, outcome: Outcome): void {
    const { step, standing, goesOn } = passage;
    const { bound, returns } = step.traits;
    const known = this.#valuesOf(flow);
    const taken = known.exitOf(step, passage.values);
    const values = known.after(step, passage.values);
    for (const way of ways(step)) {
      if (bound && (way.exit === bound.exit) !== goesOn) continue;
      if (taken !== undefined && way.exit !== taken) continue;
      const after = afterExit(standing, step, way.exit);
      if (way.to) frontier.enter(way.to, { standing: after, values }, passage);
      else if (returns) outcome.returned.set(standingKey(after), after);
      else this.#walker.ends(passage, way, after);
    }
  }

  #call(graph: FlowGraph, passage: Passage, frontier: Frontier, outcome: Outcome): void {
    const { step, standing, values } = passage;
    const { calls } = step.traits;
    const called = calls && this.#insides.get(calls.flow)?.graph.flow;
    if (!called) return;
    const inside = this.#into(called, standing, { caller: passage });
    if (!calls.returns) return;
    for (const failed of inside.failed.values()) this.#fail(graph, passage, failed, frontier, outcome);
    for (const { to } of graph.ways(step)) {
      for (const returned of inside.returned.values()) frontier.enter(to, { standing: returned, values }, passage);
    }
  }

  #fail(graph: FlowGraph, passage: Passage, standing: Standing, frontier: Frontier, outcome: Outcome): void {
    const handler = graph.handler(passage.step);
    // That a failure is heard of is not what the rules are about.
    const failed = { ...standing, heard: true };
    if (handler) frontier.enter(handler, { standing: failed, values: passage.values }, passage);
    else outcome.failed.set(standingKey(failed), failed);
  }
}

/** How a call stands, with what is known of the variables of the flow that it is in. */
type Situation = Pick<Passage, 'standing' | 'values'>;

/** The steps still to be looked at, each once in each situation. */
class Frontier {
  readonly open: Passage[] = [];
  readonly #flow: Flow;
  readonly #seen = new Map<string, 'once' | 'again'>();

  constructor(flow: Flow, start: Situation, caller: Passage | undefined) {
    this.#flow = flow;
    this.enter(stepNamed(flow, flow.start), start, caller);
  }

  enter(step: Step | undefined, { standing, values }: Situation, before?: Passage): void {
    if (!step) return;
    const key = `${standingKey(standing)} ${step.name} ${JSON.stringify(Object.values(values))}`;
    const seen = this.#seen.get(key);
    // What counts goes round at least once before it leads on.
    const goesOn = seen === 'once' && step.traits.bound !== undefined;
    if (seen !== undefined && !goesOn) return;
    this.#seen.set(key, seen === undefined ? 'once' : 'again');
    this.open.push({ flow: this.#flow, step, standing, values, before, goesOn });
  }
}

/** What a called flow makes of the step that called is known from the walk through it. */
function mayFailItself({ mayFail }: FlowGraph, step: Step): boolean {
  return step.traits.calls ? step.reads.length > 0 : mayFail(step);
}
