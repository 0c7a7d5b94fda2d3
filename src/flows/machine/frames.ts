import { emptyValue, type Flow } from '../language/flow.ts';
import type { FlowState, FlowValue } from './types.ts';

/** The flow that a name means in a call that began with `root`. */
export function flowNamed(root: Flow, name: string): Flow | undefined {
  return name === root.name ? root : root.flows[name];
}

/** Goes into another flow: its variables are its own, and what called waits. */
export function pushFrame(state: FlowState, flow: Flow, given: Readonly<Record<string, FlowValue>>): void {
  const { inside, step, vars, secrets, loops, language } = state;
  const foreign = flow.languages.includes(language) ? {} : { language };
  state.frames = [...state.frames, { flow: inside, step, vars, secrets, loops, ...foreign }];
  enterFlow(state, flow, given);
}

/** Goes on in another flow that nobody waits for. */
export function replaceFlow(state: FlowState, flow: Flow): void {
  state.frames = [];
  enterFlow(state, flow, {});
}

/** Back from `flow` in the one that called, at the step that did; false when there is none. */
export function popFrame(state: FlowState, flow: Flow): boolean {
  const frame = state.frames.at(-1);
  if (!frame) return false;
  state.frames = state.frames.slice(0, -1);
  state.inside = frame.flow;
  state.step = frame.step;
  state.vars = frame.vars;
  state.secrets = frame.secrets;
  state.loops = frame.loops;
  state.local = null;
  if (frame.language !== undefined && state.language === flow.languages[0]) state.language = frame.language;
  return true;
}

function enterFlow(state: FlowState, flow: Flow, given: Readonly<Record<string, FlowValue>>): void {
  const vars: Record<string, FlowValue> = { ...flow.vars };
  for (const [name, type] of flow.params) vars[name] = given[name] ?? emptyValue(type);
  state.inside = flow.name;
  state.vars = vars;
  state.secrets = {};
  state.loops = {};
  state.local = null;
  if (!flow.languages.includes(state.language)) state.language = flow.languages[0];
}
