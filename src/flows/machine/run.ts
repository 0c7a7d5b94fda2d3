import { entry } from '../../shared/own.ts';
import { ExpressionFailure } from '../language/condition.ts';
import type { Flow, Step } from '../language/flow.ts';
import { flowNamed, popFrame, pushFrame, replaceFlow } from './frames.ts';
import { FAILURE_LIMIT, FRAME_LIMIT, MAX_DURATION_TIMER, PATH_LIMIT, STEP_LIMIT, STEP_LIMIT_GRACE } from './limits.ts';
import type { Changes, Move, StepEvent } from './step-kind.ts';
import type { EndReason, FlowEffect, FlowEvent, FlowState, Json, RejectCause, Turn, Visit } from './types.ts';
import { StepView } from './view.ts';

type AnyMove = Move<Json>;
type AnyCell = (params: unknown, local: Json, event: FlowEvent, view: StepView) => AnyMove | undefined;

/**
 * One turn in the making: a fresh state, which only this object changes, and the effects gathered so far. What the state holds is
 * shared with the state before and replaced, never changed; the path is copied once, before its first change.
 */
export class Run {
  readonly #root: Flow;
  readonly #state: FlowState;
  readonly #view: StepView;
  readonly #effects: FlowEffect[] = [];
  /** The flow the call is in. */
  #flow: Flow;
  #ownsPath = false;

  constructor(root: Flow, state: FlowState) {
    this.#root = root;
    this.#state = state;
    this.#flow = flowNamed(root, state.inside) ?? root;
    this.#view = new StepView(this.#flow, state);
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
    const cell = step?.kind.on[event.type as StepEvent] as AnyCell | undefined;
    if (!step || !cell) return false;
    const move = this.#answer(step, cell, event);
    if (!move) return false;
    this.#go(this.#apply(step, move));
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
    if (state.local !== null && this.#step()?.kind.inTalk?.(state.local)) {
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
    if (!step) return this.#end('error');
    if (state.callerGone && step.kind.needsCaller) return this.#end('callerLeft');
    if (state.limit === 'over' && !state.callerGone) return this.#limitReached();
    if (state.steps >= (state.limitMetAt === undefined ? STEP_LIMIT : state.limitMetAt + STEP_LIMIT_GRACE))
      return this.#overLimit(name);
    state.steps += 1;
    state.step = name;
    state.local = null;
    this.#visit(name, step.verb);
    if (!state.answered && step.traits.audible) {
      return this.#apply(step, { exit: 'error', effects: [], why: 'the call is not answered yet' });
    }
    return this.#apply(step, this.#begin(step));
  }

  #visit(step: string, verb: string): void {
    const state = this.#state;
    const { at, inside: flow } = state;
    const path = this.#ownPath();
    const isInside = flow !== this.#root.name;
    path.push(isInside ? { step, flow, at } : { step, at });
    if (path.length > PATH_LIMIT) {
      path.shift();
      state.pathDropped += 1;
    }
    const entered: FlowEffect = { type: 'stepEntered', at, step, verb };
    this.#effects.push(isInside ? { ...entered, flow } : entered);
  }

  #ownPath(): Visit[] {
    const state = this.#state;
    if (!this.#ownsPath) state.path = state.path.slice();
    this.#ownsPath = true;
    return state.path;
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
  #apply(step: Step, move: AnyMove): string | null {
    const state = this.#state;
    for (const effect of move.effects) this.#effects.push(effect);
    this.#change(step.name, move);
    if (move.exit !== undefined) {
      this.#leave(move.exit);
      if (move.exit === 'error') return this.#failed(step, move.why ?? 'the step failed');
      return step.exits[move.exit] ?? this.#end(state.callerGone ? 'callerLeft' : 'completed');
    }
    if (move.stay !== undefined) {
      state.local = move.stay;
      return null;
    }
    if (move.call !== undefined) return this.#call(step, move);
    if (move.back !== undefined) return this.#back(move.back);
    this.#leave('end');
    return this.#end(move.end, move.cause);
  }

  #change(step: string, move: Changes): void {
    const state = this.#state;
    if (move.vars) state.vars = { ...state.vars, ...move.vars };
    if (move.secrets) state.secrets = { ...state.secrets, ...move.secrets };
    if (move.language !== undefined) state.language = move.language;
    if (move.voice !== undefined) state.voice = move.voice;
    if (move.typed !== undefined) state.typed = move.typed;
    if (move.waits) state.waits = { ...state.waits, ...move.waits };
    if (move.loops !== undefined) state.loops = { ...state.loops, ...entry(step, move.loops) };
    if (move.answered) state.answered = true;
  }

  #call(step: Step, move: Extract<AnyMove, { call: string }>): string | null {
    const state = this.#state;
    const flow = flowNamed(this.#root, move.call);
    const fail = (why: string) => this.#apply(step, { exit: 'error', effects: [], why });
    if (!flow) return fail(`there is no flow ${move.call}`);
    if (move.returns) {
      if (state.frames.length >= FRAME_LIMIT) return fail(`more than ${FRAME_LIMIT} flows wait for one another`);
      pushFrame(state, flow, move.given);
      this.#isIn(flow);
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
    this.#isIn(flow);
  }

  #isIn(flow: Flow): void {
    this.#flow = flow;
    this.#view.flow = flow;
  }

  #back(results: Extract<AnyMove, { back: object }>['back']): string | null {
    const state = this.#state;
    this.#leave('return');
    if (this.#isUnwinding()) return this.#end('callerLeft');
    if (!this.#pop()) return this.#end(state.callerGone ? 'callerLeft' : 'completed');
    const step = this.#step();
    return step ? this.#apply(step, this.#resume(step, results)) : this.#end('error');
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
    this.#effects.push(...this.#undo(step));
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
    this.#isIn(flowNamed(this.#root, this.#state.inside) ?? this.#root);
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
    const { step, at, inside: flow } = state;
    const isInside = flow !== this.#root.name;
    const path = this.#ownPath();
    for (let index = path.length - 1; index >= 0; index -= 1) {
      const visit = path[index];
      if (visit?.step !== step || visit.exit !== undefined || visit.flow !== (isInside ? flow : undefined)) continue;
      path[index] = isInside
        ? { step, flow, at: visit.at, exit, leftAt: at }
        : { step, at: visit.at, exit, leftAt: at };
      break;
    }
    state.local = null;
    const left: FlowEffect = { type: 'stepLeft', at, step, exit };
    this.#effects.push(isInside ? { ...left, flow } : left);
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

  #begin(step: Step): AnyMove {
    try {
      return step.kind.enter(step.params, this.#view);
    } catch (error) {
      return this.#failure(step, error);
    }
  }

  #answer(step: Step, cell: AnyCell, event: FlowEvent): AnyMove | undefined {
    try {
      return cell(step.params, this.#state.local, event, this.#view);
    } catch (error) {
      return this.#failure(step, error);
    }
  }

  #resume(step: Step, results: Extract<AnyMove, { back: object }>['back']): AnyMove {
    try {
      const move = step.kind.resume?.(step.params, results, this.#view);
      return move ?? { exit: 'error', effects: [], why: 'the step does not wait for a flow' };
    } catch (error) {
      return this.#failure(step, error);
    }
  }

  /** Values that do not allow an answer are a failure of the step; anything else thrown is a bug and goes on up. */
  #failure(step: Step, error: unknown): AnyMove {
    if (!(error instanceof ExpressionFailure)) throw error;
    return { exit: 'error', effects: this.#state.local === null ? [] : this.#undo(step), why: error.message };
  }

  /** What stops everything that the step has running. */
  #undo(step: Step): FlowEffect[] {
    return step.kind.leave?.(step.params, this.#state.local, this.#view) ?? [];
  }

  #step(): Step | undefined {
    return this.#flow.steps.get(this.#state.step);
  }
}
