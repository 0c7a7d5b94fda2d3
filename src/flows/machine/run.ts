import { ExpressionFailure } from '../language/condition.ts';
import type { Flow, Step } from '../language/flow.ts';
import { STEPS } from '../steps/index.ts';
import { flowNamed, popFrame, pushFrame, replaceFlow } from './frames.ts';
import { FAILURE_LIMIT, FRAME_LIMIT, MAX_DURATION_TIMER, PATH_LIMIT, STEP_LIMIT, STEP_LIMIT_GRACE } from './limits.ts';
import type { AnyStepKind, Changes, Move, StepEvent } from './step-kind.ts';
import type { EndReason, FlowEffect, FlowEvent, FlowState, Json, RejectCause, Turn, Visit } from './types.ts';
import { StepView } from './view.ts';

type AnyMove = Move<Json>;
type AnyCell = (params: unknown, local: Json, event: FlowEvent, view: StepView) => AnyMove | undefined;

/** One turn in the making: a fresh state, which only this object changes, and the effects gathered so far. */
export class Run {
  readonly #root: Flow;
  readonly #state: FlowState;
  readonly #effects: FlowEffect[] = [];
  /** The flow the call is in. */
  #flow: Flow;

  constructor(root: Flow, state: FlowState) {
    this.#root = root;
    this.#state = state;
    this.#flow = flowNamed(root, state.inside) ?? root;
  }

  turn(): Turn {
    return { state: this.#state, effects: this.#effects };
  }

  begin(): void {
    const { maxDuration } = this.#root;
    if (maxDuration) {
      this.#state.limit = 'running';
      this.#effects.push({ type: 'setTimer', timerId: MAX_DURATION_TIMER, ms: maxDuration.afterMs });
    }
    this.#go(this.#flow.start);
  }

  /** Gives an event to the step the call is in; false when it means nothing there. */
  take(event: Exclude<FlowEvent, { type: 'hangup' }>): boolean {
    const step = this.#step();
    const kind = step && kindOf(step);
    const cell = kind?.on[event.type as StepEvent] as AnyCell | undefined;
    if (!step || !kind || !cell) return false;
    const view = this.#view(step.name);
    const move = this.#attempt(step, kind, () => cell(step.params, this.#state.local, event, view));
    if (!move) return false;
    this.#go(this.#apply(step, kind, move));
    return true;
  }

  /** The caller is gone: what runs is stopped, and what the flows do after a hang-up is done, from the inside out. */
  hangUp(): void {
    const state = this.#state;
    this.#stopStep('callerLeft');
    state.callerGone = true;
    if (state.frames.length > 0) state.unheard = state.frames.length;
    state.typed = '';
    this.#go(this.#flow.onHangup ?? this.#end('callerLeft'));
  }

  /** The call has lasted as long as it may. */
  timeIsUp(): void {
    const state = this.#state;
    if (state.limit !== 'running' || state.callerGone) return;
    const step = this.#step();
    const kind = step && kindOf(step);
    if (state.local !== null && kind?.inTalk?.(state.local)) {
      state.limit = 'over';
      return;
    }
    this.#stopStep('maxDuration');
    this.#go(this.#limitReached());
  }

  /** Enters a step, and all those after it that do not wait. */
  #go(first: string | null): void {
    let target = first;
    while (target !== null) target = this.#enter(target);
  }

  /** The step that comes right after, or null when the call waits or is over. */
  #enter(name: string): string | null {
    const state = this.#state;
    const step = this.#flow.steps.get(name);
    const kind = step && kindOf(step);
    if (!step || !kind) return this.#end('error');
    if (kind.needsCaller && state.callerGone) return this.#end('callerLeft');
    if (state.limit === 'over' && !state.callerGone) return this.#limitReached();
    if (state.steps >= (state.limitMetAt === undefined ? STEP_LIMIT : state.limitMetAt + STEP_LIMIT_GRACE))
      return this.#overLimit(name);
    state.steps += 1;
    state.step = name;
    state.local = null;
    this.#visit(name, step.verb);
    if (step.traits.audible && !state.answered) {
      return this.#apply(step, kind, { exit: 'error', effects: [], why: 'the call is not answered yet' });
    }
    const view = this.#view(name);
    const move = this.#attempt(step, kind, () => kind.enter(step.params, view));
    return move ? this.#apply(step, kind, move) : null;
  }

  #visit(step: string, verb: string): void {
    const state = this.#state;
    const { at } = state;
    const where = this.#where();
    state.path.push({ step, ...where, at });
    if (state.path.length > PATH_LIMIT) {
      state.path.shift();
      state.pathDropped += 1;
    }
    this.#effects.push({ type: 'stepEntered', at, step, verb, ...where });
  }

  #overLimit(step: string): string | null {
    const state = this.#state;
    const values = { steps: state.steps };
    this.#effects.push({ type: 'log', level: 'warn', step, text: 'the limit of steps is reached', values });
    if (state.limitMetAt !== undefined) return this.#end('stepLimit');
    while (this.#flow.onError === undefined && this.#backOut('error'));
    if (this.#flow.onError === undefined) return this.#end('stepLimit');
    state.limitMetAt = state.steps;
    return this.#flow.onError;
  }

  /** Goes on, in the flow the call began with, where the longest duration leads. */
  #limitReached(): string | null {
    const state = this.#state;
    state.limit = 'handled';
    while (this.#backOut('maxDuration'));
    // A `goto` may have led elsewhere; the limit is that of the flow the call began with.
    if (state.inside !== this.#root.name) this.#goTo(this.#root);
    return this.#root.maxDuration?.step ?? this.#end('maxDuration');
  }

  /** Takes over what a step decided; gives the step to go to, or null when there is none. */
  #apply(step: Step, kind: AnyStepKind, move: AnyMove): string | null {
    const state = this.#state;
    for (const effect of move.effects) this.#effects.push(effect);
    this.#change(step.name, move);
    if ('stay' in move) {
      state.local = move.stay;
      return null;
    }
    if ('call' in move) return this.#call(step, kind, move);
    if ('back' in move) return this.#back(move.back);
    if ('end' in move) {
      this.#leave('end');
      return this.#end(move.end, move.cause);
    }
    this.#leave(move.exit);
    if (move.exit === 'error') return this.#failed(step, move.why ?? 'the step failed');
    const target = step.exits[move.exit];
    return target ?? this.#end(state.callerGone ? 'callerLeft' : 'completed');
  }

  #change(step: string, move: Changes): void {
    const state = this.#state;
    if (move.vars) state.vars = { ...state.vars, ...move.vars };
    if (move.secrets) state.secrets = { ...state.secrets, ...move.secrets };
    if (move.language !== undefined) state.language = move.language;
    if (move.voice !== undefined) state.voice = move.voice;
    if (move.typed !== undefined) state.typed = move.typed;
    if (move.waits) state.waits = { ...state.waits, ...move.waits };
    if (move.loops !== undefined) state.loops = { ...state.loops, [step]: move.loops };
    if (move.answered) state.answered = true;
  }

  #call(step: Step, kind: AnyStepKind, move: Extract<AnyMove, { call: string }>): string | null {
    const state = this.#state;
    const flow = flowNamed(this.#root, move.call);
    const fail = (why: string) => this.#apply(step, kind, { exit: 'error', effects: [], why });
    if (!flow) return fail(`there is no flow ${move.call}`);
    if (move.returns) {
      if (state.frames.length >= FRAME_LIMIT) return fail(`more than ${FRAME_LIMIT} flows wait for one another`);
      pushFrame(state, flow, move.given);
      this.#flow = flow;
    } else {
      this.#leave('next');
      while (this.#backOut('next'));
      this.#goTo(flow);
    }
    return flow.start;
  }

  /** Goes on in a flow that nobody waits for. */
  #goTo(flow: Flow): void {
    replaceFlow(this.#state, flow);
    this.#flow = flow;
  }

  #back(results: Extract<AnyMove, { back: object }>['back']): string | null {
    const state = this.#state;
    this.#leave('return');
    if (this.#isUnwinding()) return this.#end('callerLeft');
    if (!this.#pop()) return this.#end(state.callerGone ? 'callerLeft' : 'completed');
    const step = this.#step();
    const kind = step && kindOf(step);
    if (!step || !kind?.resume) return this.#end('error');
    const { resume } = kind;
    const view = this.#view(step.name);
    const move = this.#attempt(step, kind, () => resume(step.params, results, view));
    return this.#apply(step, kind, move);
  }

  #failed(step: Step, why: string): string | null {
    const state = this.#state;
    state.failures += 1;
    this.#effects.push({ type: 'log', level: 'warn', step: step.name, text: 'a step failed', values: { why } });
    if (state.failures >= FAILURE_LIMIT) return this.#end('error');
    let handler = step.onError ?? this.#flow.onError;
    // A flow that does not catch it fails the step that called it.
    while (handler === undefined && !this.#isUnwinding() && this.#backOut('error')) {
      handler = this.#step()?.onError ?? this.#flow.onError;
    }
    return handler ?? this.#end('error');
  }

  /** Stops what the step the call is in has running, and leaves it. */
  #stopStep(exit: string): void {
    const step = this.#step();
    if (!step) return;
    const { local } = this.#state;
    this.#effects.push(...(kindOf(step)?.leave?.(step.params, local, this.#view(step.name)) ?? []));
    this.#leave(exit);
  }

  /** Leaves the flow for the one that called, and the step that called by `exit`; false in the outermost flow. */
  #backOut(exit: string): boolean {
    if (!this.#pop()) return false;
    this.#leave(exit);
    return true;
  }

  #pop(): boolean {
    if (!popFrame(this.#state, this.#flow)) return false;
    this.#flow = flowNamed(this.#root, this.#state.inside) ?? this.#root;
    return true;
  }

  /** Whether the caller left, and the call is in what one of the flows that were running then does about it. */
  #isUnwinding(): boolean {
    const { callerGone, frames, unheard } = this.#state;
    return callerGone && frames.length > 0 && frames.length === unheard;
  }

  /** The step's latest visit is over. */
  #leave(exit: string): void {
    const state = this.#state;
    const { step, at } = state;
    const where = this.#where();
    const index = state.path.findLastIndex((visit) => isOpen(visit, step, where.flow));
    const visit = state.path[index];
    if (visit) state.path[index] = { ...visit, exit, leftAt: at };
    state.local = null;
    this.#effects.push({ type: 'stepLeft', at, step, exit, ...where });
  }

  #end(reason: EndReason, cause?: RejectCause): string | null {
    const state = this.#state;
    // After a hang-up each flow that waited then may still do something of its own.
    while (state.callerGone && reason !== 'stepLimit' && this.#backOut('callerLeft')) {
      const { length } = state.frames;
      if (state.unheard === undefined || length >= state.unheard) continue;
      state.unheard = length;
      if (this.#flow.onHangup !== undefined) return this.#flow.onHangup;
    }
    while (this.#backOut('end'));
    state.phase = 'ended';
    state.endReason = reason === 'completed' && state.limit === 'handled' ? 'maxDuration' : reason;
    state.typed = '';
    state.secrets = {};
    if (state.limit === 'running') this.#effects.push({ type: 'clearTimer', timerId: MAX_DURATION_TIMER });
    this.#effects.push(this.#lastEffect(state.endReason, cause));
    return null;
  }

  #lastEffect(reason: EndReason, cause: RejectCause | undefined): FlowEffect {
    const { callerGone, answered } = this.#state;
    if (callerGone) return { type: 'finished', reason };
    if (answered) return { type: 'hangup', reason };
    return { type: 'hangup', reason, cause: cause ?? 'declined' };
  }

  /** Values that do not allow an answer are a failure of the step; anything else thrown is a bug and goes on up. */
  #attempt<M extends AnyMove | undefined>(step: Step, kind: AnyStepKind, work: () => M): M | AnyMove {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ExpressionFailure)) throw error;
      const { local } = this.#state;
      const left = local === null ? [] : (kind.leave?.(step.params, local, this.#view(step.name)) ?? []);
      return { exit: 'error', effects: left, why: error.message };
    }
  }

  #step(): Step | undefined {
    return this.#flow.steps.get(this.#state.step);
  }

  #where(): { flow?: string } {
    const { inside } = this.#state;
    return inside === this.#root.name ? {} : { flow: inside };
  }

  #view(step: string): StepView {
    return new StepView(this.#flow, this.#state, step);
  }
}

function kindOf(step: Step): AnyStepKind | undefined {
  return STEPS.get(step.verb);
}

function isOpen(visit: Visit, step: string, flow: string | undefined): boolean {
  return visit.exit === undefined && visit.step === step && visit.flow === flow;
}
