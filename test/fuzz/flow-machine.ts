import type { Flow } from '../../src/flows/language/flow.ts';
import { next, start } from '../../src/flows/machine/engine.ts';
import { FRAME_LIMIT, PATH_LIMIT, STEP_LIMIT, STEP_LIMIT_GRACE } from '../../src/flows/machine/limits.ts';
import type { FlowEvent, FlowInit, FlowState, Turn } from '../../src/flows/machine/types.ts';
import { PendingOrders } from '../support/pending-orders.ts';
import { randomFlow } from '../support/random-flow.ts';
import { pick, type Rng, seeded } from './mutate.ts';
import type { FuzzTarget } from './target.ts';

/** Flows of every verb, drawn at random, with calls in which anything may happen: every promise of the engine holds. */
export const flowMachine: FuzzTarget = {
  name: 'flow-machine',
  run: (seed, iterations) => {
    const rng = seeded(seed);
    let flow = randomFlow(rng);
    for (let iteration = 0; iteration < iterations; iteration += 1) {
      if (iteration % 10 === 9) flow = randomFlow(rng);
      try {
        if (iteration % 10 === 0) runToEnd(flow, rng);
        else runRandomly(flow, rng, 40);
      } catch (cause) {
        throw new Error(`seed ${seed}, iteration ${iteration}`, { cause });
      }
    }
  },
};

const BEGUN_AT = 1_700_000_000_000;

export function initOf(rng: Rng): FlowInit {
  const caller = { number: '+4930', name: '' };
  return {
    at: BEGUN_AT,
    caller,
    called: '1000',
    language: pick(rng, ['en', 'zh', 'xx']),
    seed: Math.floor(rng() * 2 ** 32),
  };
}

/** Plays a call with answers to whatever runs and some that belong to nothing; throws when the engine breaks a promise. */
export function runRandomly(flow: Flow, rng: Rng, length: number, init: FlowInit = initOf(() => 0)): FlowEvent[] {
  const events: FlowEvent[] = [];
  const pending = new PendingOrders();
  let { at } = init;
  let turn = start(flow, init);
  for (let count = 0; count <= length; count += 1) {
    pending.take(turn.effects, turn.state);
    checkTurn(turn, pending);
    at += Math.floor(rng() * 5_000);
    const event = randomEvent(rng, at, pending);
    events.push(event);
    turn = checkedNext(flow, turn.state, event);
  }
  return events;
}

/** Plays a call in which everything that was ordered comes to its end, and nothing else happens, until it is over. */
export function runToEnd(flow: Flow, rng: Rng): FlowState {
  const pending = new PendingOrders();
  let at = BEGUN_AT;
  let turn = start(flow, initOf(rng));
  // A step has several rounds at most, each of a few events.
  for (let count = 0; count < 50 * (STEP_LIMIT + STEP_LIMIT_GRACE); count += 1) {
    pending.take(turn.effects, turn.state);
    checkTurn(turn, pending);
    if (turn.state.phase === 'ended') return turn.state;
    at += Math.floor(rng() * 5_000);
    const event = pending.event(rng, at);
    if (event) turn = next(flow, turn.state, event);
  }
  throw new Error(`a call does not come to its end in ${turn.state.step}`);
}

function checkTurn({ state }: Turn, pending: PendingOrders): void {
  if (state.frames.length > FRAME_LIMIT) throw new Error(`${state.frames.length} flows wait`);
  if (state.steps > STEP_LIMIT + STEP_LIMIT_GRACE) throw new Error(`${state.steps} steps were entered`);
  if (state.path.length > PATH_LIMIT || state.path.length + state.pathDropped !== state.steps)
    throw new Error('the path has a gap');
  if (state.phase === 'ended') {
    if (state.path.some(({ exit }) => exit === undefined)) throw new Error('a visit is open after the end');
    if (pending.ids.length > 0) throw new Error(`after the end there is still ${pending.ids}`);
    return;
  }
  if (state.local === null) throw new Error(`the call waits for nothing in ${state.step}`);
  if (!pending.hasWayOut) throw new Error(`there is no way out of ${state.step}`);
  const late = pending.leftBehind(state);
  if (late.length > 0) throw new Error(`${late} goes on, and the call is in ${state.step}`);
}

function checkedNext(flow: Flow, state: FlowState, event: FlowEvent): Turn {
  const before = JSON.stringify(state);
  const turn = next(flow, state, event);
  if (JSON.stringify(state) !== before) throw new Error('the given state was changed');
  const after = JSON.stringify(turn);
  if (JSON.stringify(JSON.parse(after)) !== after) throw new Error('a turn is no JSON');
  if (JSON.stringify(next(flow, JSON.parse(before) as FlowState, event)) !== after)
    throw new Error('the same state and event led elsewhere');
  const ends = turn.effects.filter(({ type }) => type === 'hangup' || type === 'finished').length;
  if (ends !== (turn.state.phase === 'ended' && state.phase === 'running' ? 1 : 0)) throw new Error('a wrong end');
  if (ends === 1 && !['hangup', 'finished'].includes(turn.effects.at(-1)?.type ?? ''))
    throw new Error('something happens after the end');
  return turn;
}

function randomEvent(rng: Rng, at: number, pending: PendingOrders): FlowEvent {
  const chance = rng();
  if (chance < 0.01) return { type: 'hangup', at, by: 'caller' };
  if (chance < 0.6) {
    const event = pending.event(rng, at);
    if (event) return event;
  }
  const id = rng() < 0.5 ? 'other-1' : pick(rng, ['maxDuration', ...pending.ids]);
  const choices: (() => FlowEvent)[] = [
    () => ({ type: 'digit', at, digit: pick(rng, [...'0123456789*#A']) }),
    () => ({ type: 'digit', at, digit: pick(rng, [...'129*']) }),
    () => ({ type: 'playEnded', at, playId: 'other-1', reason: pick(rng, ['finished', 'stopped', 'failed']) }),
    () => ({ type: 'timer', at, timerId: 'other-1' }),
    () => ({ type: 'queueAnswered', at, queueId: id }),
    () => ({ type: 'queueEnded', at, queueId: 'other-1', outcome: 'timeout' }),
    () => ({ type: 'voicemailEnded', at, voicemailId: 'other-1', durationMs: 1_000 }),
    () => ({ type: 'answered', at, answerId: 'other-1' }),
    () => ({ type: 'httpAnswered', at, httpId: 'other-1', status: 200, body: {} }),
    () => ({ type: 'transferEnded', at, transferId: 'other-1', outcome: 'busy' }),
    () => ({ type: 'effectFailed', at, id: 'other-1', code: 'voice.failed' }),
  ];
  return pick(rng, choices)();
}
