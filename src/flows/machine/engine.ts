import type { Flow } from '../language/flow.ts';
import { MAX_DURATION_TIMER } from './limits.ts';
import { Run } from './run.ts';
import type { FlowEvent, FlowInit, FlowState, Turn } from './types.ts';

/** The first turn of a call. */
export function start(flow: Flow, init: FlowInit): Turn {
  const run = new Run(flow, freshState(flow, init));
  run.begin();
  return run.turn();
}

/** A call before its first step. */
export function freshState(flow: Flow, init: FlowInit): FlowState {
  const wish = init.language;
  return {
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
    answered: !flow.answersByStep,
    seed: (init.seed ?? 0) >>> 0,
    inside: flow.name,
    frames: [],
    loops: {},
    waits: {},
    step: flow.start,
    local: null,
    path: [],
    pathDropped: 0,
    steps: 0,
    failures: 0,
  };
}

/**
 * What one event leads to. The given state is not changed; an event that means nothing gives it back with nothing to do. The
 * flow has to be the one whose version the state carries.
 */
export function next(flow: Flow, state: FlowState, event: FlowEvent): Turn {
  if (state.flowHash !== flow.version) throw new RangeError(`This call runs on another version of ${state.flow}`);
  if (state.phase === 'ended' || (state.callerGone && event.type === 'hangup')) return { state, effects: [] };
  const run = new Run(flow, { ...state, at: event.at });
  if (event.type === 'hangup') {
    run.hangUp();
    return run.turn();
  }
  if (event.type === 'timer' && event.timerId === MAX_DURATION_TIMER) {
    run.timeIsUp();
    return run.turn();
  }
  return run.take(event) ? run.turn() : { state, effects: [] };
}
