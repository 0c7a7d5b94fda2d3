import type { FlowState } from './types.ts';

const HIDDEN = '[hidden]';

/**
 * A state that may be written down: secret digits, and keys that may be part of one, are replaced. It reads well and is no longer
 * good for going on.
 */
export function printable(state: FlowState): FlowState {
  return {
    ...state,
    secrets: hidden(state.secrets),
    frames: state.frames.map((frame) => ({ ...frame, secrets: hidden(frame.secrets) })),
    typed: state.typed === '' ? '' : HIDDEN,
    local: isSecret(state) ? HIDDEN : state.local,
  };
}

function hidden(secrets: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(secrets).map((name) => [name, HIDDEN]));
}

/** Whether the caller is entering secret digits at this moment. */
export function isSecret({ local }: Pick<FlowState, 'local'>): boolean {
  return typeof local === 'object' && local !== null && !Array.isArray(local) && local['secure'] === true;
}
