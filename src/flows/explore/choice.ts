import type { Decision } from '../run/decisions.ts';
import type { VirtualCall } from '../run/virtual-call.ts';

/** What the model caller or the world does next. */
export type Choice =
  /** Nothing but time: the next thing that happens by itself. */
  | { act: 'wait' }
  | { act: 'press'; keys: string }
  | { act: 'hangUp' }
  /** What becomes of that which was left open. */
  | { act: 'decide'; decision: Decision };

/** How long after something has happened the caller does something about it, in ms. */
export const REACTION_MS = 20;
/** Between two keys, in ms; a test presses them so too. */
const KEY_MS = 200;
/** What comes so soon after a decision that nothing is worth doing meanwhile, in ms. */
const SOON_MS = 1_500;

/** Whether the caller can do anything before the next thing happens by itself. */
export function canAct(call: VirtualCall): boolean {
  return !call.state.callerGone && (call.nextAt === undefined || call.nextAt > call.now + REACTION_MS);
}

/** A choice as it was carried out, with the time that passed before it and after it, in ms. */
export interface Carried {
  /** Keys may lead on before the last one is pressed; those that were pressed. */
  choice: Choice;
  beforeMs: number;
  afterMs: number;
}

export function carryOut(call: VirtualCall, choice: Choice): Carried {
  const since = call.now;
  switch (choice.act) {
    case 'wait':
      if (call.nextAt !== undefined) call.pass(call.nextAt - call.now);
      return { choice, beforeMs: 0, afterMs: call.now - since };
    case 'hangUp':
      call.pass(REACTION_MS);
      call.hangUp();
      call.pass(0);
      return { choice, beforeMs: REACTION_MS, afterMs: 0 };
    case 'press':
      return press(call, choice.keys);
    case 'decide':
      call.decide(choice.decision);
      call.pass(0);
      if (isSoon(choice.decision)) passUntilDone(call, choice.decision.what);
      return { choice, beforeMs: 0, afterMs: call.now - since };
  }
}

/** Presses keys until something comes up that has to be decided. */
function press(call: VirtualCall, keys: string): Carried {
  call.pass(REACTION_MS);
  let pressed = '';
  let lastAt = call.now;
  for (const key of keys) {
    if (pressed !== '') call.pass(KEY_MS);
    if (call.isOver || call.open !== undefined) break;
    call.press(key);
    lastAt = call.now;
    pressed += key;
  }
  if (call.open === undefined) call.pass(0);
  return { choice: { act: 'press', keys: pressed }, beforeMs: REACTION_MS, afterMs: call.now - lastAt };
}

/** Answers that come at once are gone through at once; a wait is a state of its own, in which the caller may leave. */
function isSoon(decision: Decision): boolean {
  switch (decision.what) {
    case 'http':
      return decision.answers.every(({ afterMs }) => afterMs < SOON_MS);
    case 'callback':
    case 'queueStatus':
      return true;
    default:
      return false;
  }
}

function passUntilDone(call: VirtualCall, what: Decision['what']): void {
  const before = call.works[what];
  call.passUntil(() => call.isOver || call.works[what] !== before, SOON_MS * 10);
  if (call.open === undefined) call.pass(0);
}
