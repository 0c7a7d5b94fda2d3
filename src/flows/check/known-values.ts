import { ExpressionFailure } from '../language/condition.ts';
import type { Flow, Step } from '../language/flow.ts';
import { freshState } from '../machine/engine.ts';
import type { FlowState, FlowValue } from '../machine/types.ts';
import { StepView } from '../machine/view.ts';
import { lasts } from './graph.ts';

/** The values of those variables that are followed, by name. */
export type Values = Readonly<Record<string, FlowValue>>;

/** More combinations of values are not followed in one flow: the walk takes each step once in each. */
const MOST_COMBINATIONS = 24;

/**
 * Follows variables that are only ever set to what stands in the file, such as `agreed: "yes"`, so that conditions on them are known. All
 * others may hold anything.
 */
export class KnownValues {
  readonly first: Values;
  readonly #flow: Flow;
  readonly #state: FlowState;
  readonly #sets: ReadonlyMap<Step, Values>;

  constructor(flow: Flow) {
    this.#flow = flow;
    this.#state = freshState(flow, { at: 0, caller: { number: '', name: '' }, called: '' });
    const followed = new Set(this.#followed());
    const only = (values: Values) => Object.fromEntries(Object.entries(values).filter(([name]) => followed.has(name)));
    this.first = only(flow.vars);
    this.#sets = new Map([...flow.steps.values()].map((step) => [step, only(this.#settledBy(step) ?? {})]));
  }

  /** The exit by which a condition is left; undefined when it hangs on more than is known. */
  exitOf(step: Step, values: Values): string | undefined {
    if (!decides(step) || step.reads.some(({ name }) => values[name] === undefined)) return undefined;
    return this.#enter(step, values)?.exit;
  }

  after(step: Step, values: Values): Values {
    const set = this.#sets.get(step);
    return set && Object.keys(set).length > 0 ? { ...values, ...set } : values;
  }

  /** Variables that conditions ask for and that have few values, all of which stand in the file. */
  #followed(): string[] {
    const { steps, vars, params, places } = this.#flow;
    const all = [...steps.values()];
    const asked = new Set(all.filter(decides).flatMap(({ reads }) => reads.map(({ name }) => name)));
    const values = new Map<string, Set<FlowValue>>();
    for (const name of asked) {
      const first = vars[name];
      if (first !== undefined && !params.has(name) && places.names.has(name)) values.set(name, new Set([first]));
    }
    for (const step of all) {
      const set = this.#settledBy(step);
      for (const { name } of step.writes) {
        const value = set?.[name];
        if (value === undefined) values.delete(name);
        else values.get(name)?.add(value);
      }
    }
    return fewest(values);
  }

  /** What a step sets its variables to, when that stands in the file. */
  #settledBy(step: Step): Values | undefined {
    const { traits, reads, writes } = step;
    if (traits.calls || writes.length === 0 || reads.length > 0 || lasts(step)) return undefined;
    return this.#enter(step, {})?.vars;
  }

  #enter(step: Step, values: Values): { exit?: string; vars?: Values } | undefined {
    const state = { ...this.#state, vars: { ...this.#flow.vars, ...values }, step: step.name };
    try {
      const { exit, vars } = step.kind.enter(step.params, new StepView(this.#flow, state));
      return { ...(exit !== undefined && { exit }), ...(vars && { vars }) };
    } catch (error) {
      if (error instanceof ExpressionFailure) return undefined;
      throw error;
    }
  }
}

/** Those with the fewest values, as many as can be followed together. */
function fewest(values: ReadonlyMap<string, ReadonlySet<FlowValue>>): string[] {
  let combinations = 1;
  return [...values]
    .sort(([, a], [, b]) => a.size - b.size)
    .filter(([, { size }]) => {
      const isFine = size > 1 && combinations * size <= MOST_COMBINATIONS;
      if (isFine) combinations *= size;
      return isFine;
    })
    .map(([name]) => name);
}

/** A condition: it takes one of several exits at once, by what it reads. */
function decides(step: Step): boolean {
  return step.reads.length > 0 && Object.keys(step.exits).length > 1 && !step.traits.calls && !lasts(step);
}
