import { spokenHours } from '../calendars/spoken.ts';
import { type Names, type Scope, VALUES } from '../language/condition.ts';
import type { Flow, Sound } from '../language/flow.ts';
import { renderTemplate, tidy } from '../language/template.ts';
import type { View } from './step-kind.ts';
import type { FlowState, FlowValue, PlayItem } from './types.ts';

/** How the values of a flow's variables are looked up, by the names it declares: one class a flow, made when first asked for. */
const scopes = new WeakMap<Names, new (state: Readonly<FlowState>) => Scope>();

/**
 * The values expressions see: at each look those of the state as it is then. Whole numbers become BigInt, which is how CEL knows
 * them from fractions.
 */
export function scopeOf({ names }: Flow, state: Readonly<FlowState>): Scope {
  let made = scopes.get(names);
  if (!made) {
    made = scopeClass(names);
    scopes.set(names, made);
  }
  return new made(state);
}

function scopeClass(names: Names): new (state: Readonly<FlowState>) => Scope {
  class FlowScope {
    readonly #state: Readonly<FlowState>;

    constructor(state: Readonly<FlowState>) {
      this.#state = state;
    }

    get [VALUES]() {
      return this.#state;
    }

    get caller() {
      return this.#state.caller;
    }

    get call() {
      const { called, language, at, startedAt } = this.#state;
      return { called, language, seconds: BigInt(Math.max(0, Math.floor((at - startedAt) / 1_000))) };
    }

    static variable(scope: FlowScope, name: string): FlowValue | undefined {
      return scope.#state.vars[name];
    }
  }
  for (const [name, type] of names) {
    const get =
      type === 'int'
        ? function (this: FlowScope) {
            return inCel(FlowScope.variable(this, name));
          }
        : function (this: FlowScope) {
            return FlowScope.variable(this, name);
          };
    Object.defineProperty(FlowScope.prototype, name, { get });
  }
  return FlowScope as unknown as new (
    state: Readonly<FlowState>,
  ) => Scope;
}

function inCel(value: FlowValue | undefined): unknown {
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** What the sounds are in a language: words worked out, hours told, nothing left that is empty. */
export function itemsOf(view: Pick<View, 'flow' | 'state' | 'scope'>, sounds: readonly Sound[]): PlayItem[] {
  const { language, voice } = view.state;
  const items: PlayItem[] = [];
  const speak = (text: string, spoken: string) => {
    if (text === '') return;
    items.push(
      voice === undefined ? { type: 'text', text, language: spoken } : { type: 'text', text, language: spoken, voice },
    );
  };
  for (const sound of sounds) {
    switch (sound.kind) {
      case 'text': {
        const spoken = sound.language ?? language;
        const template = sound.texts[spoken];
        if (template) speak(template.words ?? tidy(renderTemplate(template, view.scope())), spoken);
        break;
      }
      case 'prompt':
        items.push({ type: 'prompt', prompt: sound.prompt, language: sound.language ?? language });
        break;
      case 'hours': {
        const calendar = view.flow.calendars[sound.calendar];
        const spoken = sound.language ?? language;
        if (calendar) speak(spokenHours(calendar, spoken), spoken);
        break;
      }
      case 'silence':
        items.push({ type: 'silence', durationMs: sound.durationMs });
        break;
      case 'tone':
        items.push({ type: 'tone', frequenciesHz: [...sound.frequenciesHz], durationMs: sound.durationMs });
        break;
    }
  }
  return items;
}
