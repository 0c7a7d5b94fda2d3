import { ExpressionFailure } from '../language/condition.ts';
import type { Flow, Step } from '../language/flow.ts';
import { STEPS } from '../steps/index.ts';
import { itemsOf, scopeOf } from './scope.ts';
import type { AnyStepKind, Move, StepEvent, View } from './step-kind.ts';
import type { EndReason, FlowEffect, FlowEvent, FlowInit, FlowState, FlowValue, Json, Turn } from './types.ts';

/** Steps one call may enter, and how many more for what handles the error after that. */
export const STEP_LIMIT = 2_000;
export const STEP_LIMIT_GRACE = 50;
/** Failures one call may meet; an error handler that fails itself is stopped by this. */
export const FAILURE_LIMIT = 20;

/** The first turn of a call. */
export function start(flow: Flow, init: FlowInit): Turn {
  const wish = init.language;
  const state: FlowState = {
    flow: flow.name,
    flowHash: flow.version,
    phase: 'running',
    startedAt: init.at,
    at: init.at,
    caller: { number: init.caller.number, name: init.caller.name },
    called: init.called,
    language: wish !== undefined && flow.languages.includes(wish) ? wish : flow.languages[0],
    vars: { ...flow.vars },
    secrets: {},
    typed: '',
    callerGone: false,
    answered: true,
    seed: init.seed ?? 0,
    inside: flow.name,
    frames: [],
    loops: {},
    waits: {},
    step: flow.start,
    local: null,
    path: [],
    steps: 0,
    failures: 0,
  };
  const run = new Run(flow, state);
  run.go(flow.start);
  return run.turn();
}

/**
 * What one event leads to. The given state is not changed; an event that means nothing gives it back with nothing to do. The
 * flow has to be the one whose hash the state carries.
 */
export function next(flow: Flow, state: FlowState, event: FlowEvent): Turn {
  if (state.flowHash !== flow.version) throw new RangeError(`This call runs on another version of ${state.flow}`);
  if (state.phase === 'ended') return { state, effects: [] };
  const run = new Run(flow, { ...state, at: event.at, vars: { ...state.vars }, path: [...state.path] });
  if (event.type === 'hangup') {
    run.hangUp();
    return run.turn();
  }
  return run.take(event) ? run.turn() : { state, effects: [] };
}

/** One turn in the making: a fresh state, which only this object changes, and the effects gathered so far. */
class Run {
  readonly #flow: Flow;
  readonly #state: FlowState;
  readonly #effects: FlowEffect[] = [];

  constructor(flow: Flow, state: FlowState) {
    this.#flow = flow;
    this.#state = state;
  }

  turn(): Turn {
    return { state: this.#state, effects: this.#effects };
  }

  /** Gives an event to the step the call is in; false when it means nothing there. */
  take(event: Exclude<FlowEvent, { type: 'hangup' }>): boolean {
    const here = this.#here();
    const cell = here?.kind.on[event.type as StepEvent] as AnyCell | undefined;
    if (!here || !cell) return false;
    const { step } = here;
    const move = this.#attempt(step, () => cell(step.params, this.#state.local, event, this.#view(step.name)));
    if (!move) return false;
    this.#settle(step, move);
    return true;
  }

  /** The caller is gone: what runs is stopped, and what the flow does after a hang-up is done. */
  hangUp(): void {
    const state = this.#state;
    const here = this.#here();
    if (here) {
      const { kind, step } = here;
      this.#effects.push(...(kind.leave?.(step.params, state.local, this.#view(step.name)) ?? []));
      this.#leave('callerLeft');
    }
    state.callerGone = true;
    state.typed = '';
    if (this.#flow.onHangup !== undefined) this.go(this.#flow.onHangup);
    else this.#end('callerLeft');
  }

  /** Enters a step, and all those after it that do not wait. */
  go(first: string): void {
    let target: string | null = first;
    while (target !== null) target = this.#enter(target);
  }

  /** The step that comes right after, or null when the call waits or is over. */
  #enter(name: string): string | null {
    const state = this.#state;
    const step = this.#flow.steps.get(name);
    const kind = step && STEPS.get(step.verb);
    if (!step || !kind) return this.#end('error');
    if (kind.needsCaller && state.callerGone) return this.#end('callerLeft');
    if (state.steps >= (state.limitMetAt ?? STEP_LIMIT) + (state.limitMetAt === undefined ? 0 : STEP_LIMIT_GRACE)) {
      return this.#overLimit(name);
    }
    state.steps += 1;
    state.step = name;
    state.local = null;
    state.path.push({ step: name, at: state.at });
    this.#effects.push({ type: 'stepEntered', at: state.at, step: name, verb: step.verb });
    const move = this.#attempt(step, () => kind.enter(step.params, this.#view(name)));
    return move ? this.#apply(step, move) : null;
  }

  #overLimit(step: string): string | null {
    const state = this.#state;
    const values = { steps: state.steps };
    this.#effects.push({ type: 'log', level: 'warn', step, text: 'the limit of steps is reached', values });
    const handler = this.#flow.onError;
    if (state.limitMetAt !== undefined || handler === undefined) return this.#end('stepLimit');
    state.limitMetAt = state.steps;
    return handler;
  }

  #settle(step: Step, move: Move<Json>): void {
    const target = this.#apply(step, move);
    if (target !== null) this.go(target);
  }

  /** Takes over what a step decided; gives the step to go to, or null when there is none. */
  #apply(step: Step, move: Move<Json>): string | null {
    const state = this.#state;
    this.#effects.push(...move.effects);
    if (move.vars) this.#keep(move.vars);
    if (move.secrets) state.secrets = { ...state.secrets, ...move.secrets };
    if (move.language !== undefined) state.language = move.language;
    if (move.typed !== undefined) state.typed = move.typed;
    if ('stay' in move) {
      state.local = move.stay;
      return null;
    }
    this.#leave(move.exit);
    if (move.exit === 'error') return this.#failed(step, move.why ?? 'the step failed');
    const target = step.exits[move.exit];
    return target ?? this.#end(state.callerGone ? 'callerLeft' : 'completed');
  }

  #keep(vars: Record<string, FlowValue>): void {
    for (const [name, value] of Object.entries(vars)) this.#state.vars[name] = value;
  }

  #failed(step: Step, why: string): string | null {
    const state = this.#state;
    state.failures += 1;
    this.#effects.push({ type: 'log', level: 'warn', step: step.name, text: 'a step failed', values: { why } });
    const handler = step.onError ?? this.#flow.onError;
    if (handler === undefined || state.failures >= FAILURE_LIMIT) return this.#end('error');
    return handler;
  }

  #leave(exit: string): void {
    const state = this.#state;
    const visit = state.path.pop();
    if (visit) state.path.push({ ...visit, exit, leftAt: state.at });
    state.local = null;
    this.#effects.push({ type: 'stepLeft', at: state.at, step: state.step, exit });
  }

  #end(reason: EndReason): null {
    const state = this.#state;
    state.phase = 'ended';
    state.endReason = reason;
    state.typed = '';
    state.secrets = {};
    this.#effects.push({ type: state.callerGone ? 'finished' : 'hangup', reason });
    return null;
  }

  /** Values that do not allow an answer are a failure of the step; anything else thrown is a bug and goes on up. */
  #attempt<M extends Move<Json> | undefined>(step: Step, work: () => M): M | Move<Json> {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ExpressionFailure)) throw error;
      const { kind } = this.#here(step.name) ?? {};
      const left =
        this.#state.local === null ? [] : (kind?.leave?.(step.params, this.#state.local, this.#view(step.name)) ?? []);
      return { exit: 'error', effects: left, why: error.message };
    }
  }

  #here(name: string = this.#state.step): { step: Step; kind: AnyStepKind } | undefined {
    const step = this.#flow.steps.get(name);
    const kind = step && STEPS.get(step.verb);
    return step && kind ? { step, kind } : undefined;
  }

  #view(step: string): View {
    const flow = this.#flow;
    const state = this.#state;
    let scope: Record<string, unknown> | undefined;
    const values = () => {
      scope ??= scopeOf(flow, state);
      return scope;
    };
    return {
      flow,
      state,
      step,
      id: (what) => `${what}-${state.steps}`,
      items: (sounds) => itemsOf(flow, sounds, state.language, values),
      scope: values,
    };
  }
}

type AnyCell = (params: unknown, local: Json, event: FlowEvent, view: View) => Move<Json> | undefined;
