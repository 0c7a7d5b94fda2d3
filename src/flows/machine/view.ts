import type { Scope } from '../language/condition.ts';
import type { Flow, Sound } from '../language/flow.ts';
import { chanceOf } from './chance.ts';
import { itemsOf, scopeOf } from './scope.ts';
import type { View } from './step-kind.ts';
import type { FlowState, PlayItem } from './types.ts';

/**
 * What the step that the call is in sees. One view serves a whole turn: it looks at the state as it is at the moment, and so do the
 * values it gives to expressions.
 */
export class StepView implements View {
  readonly state: Readonly<FlowState>;
  #flow: Flow;
  #scope: Scope | undefined;

  constructor(flow: Flow, state: FlowState) {
    this.#flow = flow;
    this.state = state;
  }

  get flow(): Flow {
    return this.#flow;
  }

  set flow(flow: Flow) {
    this.#flow = flow;
    this.#scope = undefined;
  }

  get step(): string {
    return this.state.step;
  }

  id(what: string): string {
    return `${what}-${this.state.steps}`;
  }

  items(sounds: readonly Sound[]): PlayItem[] {
    return itemsOf(this, sounds);
  }

  scope(): Scope {
    this.#scope ??= scopeOf(this.#flow, this.state);
    return this.#scope;
  }

  chance(): number {
    return chanceOf(this.state.seed, `${this.#flow.name}/${this.step}`);
  }
}
