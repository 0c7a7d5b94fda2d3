import type { Machine } from '../shared/machine.ts';

/** Which agent is asked, by which offer. */
export interface Asked {
  offerId: string;
  agentId: string;
}

export type WaitingState =
  | { kind: 'waiting' }
  /** Caller and agent are being reserved for each other. `late`: the longest wait passed meanwhile. */
  | ({ kind: 'claiming'; late: boolean } & Asked)
  /** The desk rings. */
  | ({ kind: 'offered'; late: boolean } & Asked)
  /** The agent has answered; the two are being joined. */
  | ({ kind: 'connecting'; late: boolean } & Asked)
  | ({ kind: 'talking' } & Asked)
  | { kind: 'left' };

export type WaitOutcome = 'answered' | 'abandoned' | 'timeout' | 'noAgents';
export type OfferOutcome = 'answered' | 'declined' | 'rangOut' | 'callerLeft' | 'agentLost';

export type WaitingEvent =
  | ({ kind: 'chosen' } & Asked)
  | { kind: 'claimed' }
  /** Someone else has one of the two, or the store does not answer. */
  | { kind: 'claimRefused' }
  /** The agent was no longer free when their desk should have rung. */
  | { kind: 'notRung' }
  | { kind: 'accepted' }
  | { kind: 'declined' }
  | { kind: 'rangOut' }
  /** The agent's desk is out of reach. */
  | { kind: 'agentLost' }
  | { kind: 'connected' }
  | { kind: 'connectFailed' }
  | { kind: 'callerLeft' }
  | { kind: 'waitedTooLong' }
  /** Nobody is on duty any more. */
  | { kind: 'deserted' }
  | { kind: 'talkEnded' }
  /** In the middle of the talk, for good. */
  | { kind: 'agentVanished' };

export type WaitingOrder =
  | { do: 'claim' | 'release' }
  | { do: 'ring' }
  /** Tells the desk that the offer is over. */
  | { do: 'stopRinging'; why: 'callerLeft' | 'rangOut' }
  | { do: 'connect' | 'dropTalk' }
  /** Not this agent again for a while. */
  | { do: 'passOver' }
  | { do: 'endOffer'; outcome: OfferOutcome }
  | { do: 'endWait'; outcome: WaitOutcome }
  | { do: 'tellAnswered' }
  | { do: 'tellEnded'; outcome: 'agentEnded' | 'timeout' | 'noAgents' }
  /** The caller waits again after a talk that was cut off, at the front. */
  | { do: 'waitAgain' }
  | { do: 'lookForAgent' };

type Busy = Extract<WaitingState, { late: boolean }>;
const asked = ({ offerId, agentId }: Asked): Asked => ({ offerId, agentId });

/** After an offer that came to nothing: on with waiting, unless the longest wait is over. */
function goOn(state: Busy, ...before: WaitingOrder[]): readonly [WaitingState, ...WaitingOrder[]] {
  const orders: WaitingOrder[] = [...before, { do: 'release' }];
  if (!state.late) return [{ kind: 'waiting' }, ...orders, { do: 'lookForAgent' }];
  return [{ kind: 'left' }, ...orders, { do: 'endWait', outcome: 'timeout' }, { do: 'tellEnded', outcome: 'timeout' }];
}

/**
 * One caller's stay in a queue. The caller and an agent may decide at the same moment: whichever event is taken first wins,
 * and the other finds no cell or one that undoes. A claim or a talk that comes about after the end is given back at once.
 */
export const waitingMachine: Machine<WaitingState, WaitingEvent, WaitingOrder> = {
  waiting: {
    chosen: (_, { offerId, agentId }) => [{ kind: 'claiming', offerId, agentId, late: false }, { do: 'claim' }],
    callerLeft: () => [{ kind: 'left' }, { do: 'endWait', outcome: 'abandoned' }],
    waitedTooLong: () => [
      { kind: 'left' },
      { do: 'endWait', outcome: 'timeout' },
      { do: 'tellEnded', outcome: 'timeout' },
    ],
    deserted: () => [
      { kind: 'left' },
      { do: 'endWait', outcome: 'noAgents' },
      { do: 'tellEnded', outcome: 'noAgents' },
    ],
  },
  claiming: {
    claimed: (state) => [{ kind: 'offered', ...asked(state), late: state.late }, { do: 'ring' }],
    claimRefused: (state) => goOn(state),
    callerLeft: () => [{ kind: 'left' }, { do: 'endWait', outcome: 'abandoned' }],
    waitedTooLong: (state) => [{ ...state, late: true }],
  },
  offered: {
    notRung: (state) => goOn(state),
    accepted: (state) => [{ kind: 'connecting', ...asked(state), late: state.late }, { do: 'connect' }],
    declined: (state) => goOn(state, { do: 'endOffer', outcome: 'declined' }, { do: 'passOver' }),
    rangOut: (state) =>
      goOn(state, { do: 'endOffer', outcome: 'rangOut' }, { do: 'stopRinging', why: 'rangOut' }, { do: 'passOver' }),
    agentLost: (state) => goOn(state, { do: 'endOffer', outcome: 'agentLost' }),
    callerLeft: () => [
      { kind: 'left' },
      { do: 'endOffer', outcome: 'callerLeft' },
      { do: 'stopRinging', why: 'callerLeft' },
      { do: 'release' },
      { do: 'endWait', outcome: 'abandoned' },
    ],
    waitedTooLong: (state) => [{ ...state, late: true }],
  },
  connecting: {
    connected: (state) => [
      { kind: 'talking', ...asked(state) },
      { do: 'endOffer', outcome: 'answered' },
      { do: 'endWait', outcome: 'answered' },
      { do: 'tellAnswered' },
    ],
    connectFailed: (state) => goOn(state, { do: 'endOffer', outcome: 'agentLost' }, { do: 'passOver' }),
    callerLeft: () => [
      { kind: 'left' },
      { do: 'endOffer', outcome: 'callerLeft' },
      { do: 'release' },
      { do: 'endWait', outcome: 'abandoned' },
    ],
    waitedTooLong: (state) => [{ ...state, late: true }],
  },
  talking: {
    talkEnded: () => [{ kind: 'left' }, { do: 'release' }, { do: 'tellEnded', outcome: 'agentEnded' }],
    callerLeft: () => [{ kind: 'left' }, { do: 'dropTalk' }, { do: 'release' }],
    agentVanished: () => [
      { kind: 'waiting' },
      { do: 'dropTalk' },
      { do: 'release' },
      { do: 'waitAgain' },
      { do: 'lookForAgent' },
    ],
  },
  left: {
    claimed: (state) => [state, { do: 'release' }],
    connected: (state) => [state, { do: 'dropTalk' }, { do: 'release' }],
  },
};
