import type { Scope } from '../language/condition.ts';
import type { Flow, Sound } from '../language/flow.ts';
import { chanceOf } from './chance.ts';
import { itemsOf, scopeOf } from './scope.ts';
import type { View } from './step-kind.ts';
import type { FlowState, PlayItem } from './types.ts';

/** What a step sees at one moment; the values for expressions are gathered when the first one asks for them. */
export class StepView implements View {
  readonly flow: Flow;
  readonly state: Readonly<FlowState>;
  readonly step: string;
  #scope: Scope | undefined;

  constructor(flow: Flow, state: FlowState, step: string) {
    this.flow = flow;
    this.state = state;
    this.step = step;
  }

  id(what: string): string {
    return `${what}-${this.state.steps}`;
  }

  items(sounds: readonly Sound[]): PlayItem[] {
    return itemsOf(this.flow, sounds, this.state, () => this.scope());
  }

  scope(): Scope {
    this.#scope ??= scopeOf(this.flow, this.state);
    return this.#scope;
  }

  chance(): number {
    return chanceOf(this.state.seed, `${this.flow.name}/${this.step}`);
  }
}
