import type { Flow } from '../../src/flows/language/flow.ts';
import { next, start } from '../../src/flows/machine/engine.ts';
import type { FlowEffect, FlowEvent, FlowState } from '../../src/flows/machine/types.ts';

/** What a call has running outside of the engine, by id. */
export type Open = ReadonlyMap<string, FlowEffect['type']>;

export interface WalkedCall {
  events: readonly FlowEvent[];
  /** Effects of all turns so far. */
  effects: readonly FlowEffect[];
  state: FlowState;
  open: Open;
}

type Named = { [key: string]: unknown };

const ID_OF: Partial<Record<FlowEffect['type'], string>> = {
  play: 'playId',
  setTimer: 'timerId',
  enterQueue: 'queueId',
  startVoicemail: 'voicemailId',
  sendDigits: 'sendId',
  http: 'httpId',
  readQueue: 'readId',
  bookCallback: 'callbackId',
  transfer: 'transferId',
};
const TAKEN_BACK_BY: Partial<Record<FlowEffect['type'], string>> = {
  stopPlay: 'playId',
  clearTimer: 'timerId',
  leaveQueue: 'queueId',
  cancelHttp: 'httpId',
  endTransfer: 'transferId',
};
const FIGURES = { waiting: 2, agentsOnDuty: 1, agentsReady: 0, longestWaitMs: 61_000 };

/** What the world may say about something that runs; whether it is over then. */
const ANSWERS: Partial<Record<FlowEffect['type'], (id: string, at: number) => [event: FlowEvent, isOver: boolean][]>> =
  {
    play: (playId, at) => [
      [{ type: 'playEnded', at, playId, reason: 'finished' }, true],
      [{ type: 'playEnded', at, playId, reason: 'failed' }, true],
    ],
    setTimer: (timerId, at) => [[{ type: 'timer', at, timerId }, true]],
    enterQueue: (queueId, at) => [
      [{ type: 'queueAnswered', at, queueId }, false],
      [{ type: 'queueEnded', at, queueId, outcome: 'timeout' }, true],
      [{ type: 'queueEnded', at, queueId, outcome: 'agentEnded' }, true],
    ],
    sendDigits: (sendId, at) => [[{ type: 'digitsSent', at, sendId }, true]],
    http: (httpId, at) => [
      ...[200, 404, 422, 503].map((status): [FlowEvent, boolean] => [
        { type: 'httpAnswered', at, httpId, status, body: { n: 3 } },
        true,
      ]),
      [{ type: 'httpAnswered', at, httpId, status: 200, body: null }, true],
    ],
    readQueue: (readId, at) => [[{ type: 'queueRead', at, readId, figures: FIGURES }, true]],
    bookCallback: (callbackId, at) => [[{ type: 'callbackBooked', at, callbackId }, true]],
    transfer: (transferId, at) => [
      [{ type: 'transferAnswered', at, transferId }, false],
      [{ type: 'transferEnded', at, transferId, outcome: 'ended' }, true],
      [{ type: 'transferEnded', at, transferId, outcome: 'busy' }, true],
    ],
  };

/** Every way a call can go within `depth` events: keys, a hang-up, and whatever the world may say about what runs. */
export function* everyCall(flow: Flow, depth: number, keys: string): Generator<WalkedCall> {
  const first = start(flow, { at: 1_000_000, caller: { number: '+4930123456', name: 'Ada' }, called: '1000' });
  yield* walk({ events: [], effects: first.effects, state: first.state, open: after(new Map(), first.effects) }, depth);

  function* walk(call: WalkedCall, left: number): Generator<WalkedCall> {
    yield call;
    if (left === 0 || call.state.phase === 'ended') return;
    const at = call.state.at + 10;
    for (const [event, isOver] of possible(call.open, at)) {
      const open = new Map(call.open);
      if (isOver) for (const [id] of call.open) if (Object.values(event).includes(id)) open.delete(id);
      const { state, effects } = next(flow, call.state, event);
      const walked = { events: [...call.events, event], effects: [...call.effects, ...effects], state };
      yield* walk({ ...walked, open: after(open, effects) }, left - 1);
    }
  }

  function possible(open: Open, at: number): [FlowEvent, boolean][] {
    const world = [...open].flatMap(([id, type]): [FlowEvent, boolean][] => [
      ...(ANSWERS[type]?.(id, at) ?? []),
      [{ type: 'effectFailed', at, id, code: 'media.unreachable' }, true],
    ]);
    const digits = [...keys].map((digit): [FlowEvent, boolean] => [{ type: 'digit', at, digit }, false]);
    return [...world, ...digits, [{ type: 'hangup', at, by: 'caller' }, false]];
  }
}

function after(before: Open, effects: readonly FlowEffect[]): Open {
  const open = new Map(before);
  for (const effect of effects) {
    const begun = ID_OF[effect.type];
    const takenBack = TAKEN_BACK_BY[effect.type];
    if (begun !== undefined) open.set(String((effect as Named)[begun]), effect.type);
    if (takenBack !== undefined) open.delete(String((effect as Named)[takenBack]));
  }
  return open;
}
