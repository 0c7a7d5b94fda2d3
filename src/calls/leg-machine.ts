import type { EndedBy } from '../reports/journal.ts';
import type { FailureCode } from '../shared/errors.ts';
import type { Machine } from '../shared/machine.ts';

/** A caller's leg from the offer to its end. `early` audio is never sent: a flow answers first, then speaks. */
export type LegState =
  /** The call is offered; nothing was done yet. */
  | { kind: 'offered' }
  /** The media program is asked for an endpoint. */
  | { kind: 'opening' }
  /** Our answer is on its way. */
  | { kind: 'answering' }
  | { kind: 'talking' }
  | { kind: 'ended'; by: EndedBy; reason: string };

export type LegEvent =
  | { kind: 'openAsked' }
  | { kind: 'mediaOpened'; sdp: string }
  | { kind: 'mediaRefused'; code: FailureCode }
  | { kind: 'answerSent' }
  | { kind: 'answerFailed'; reason: string }
  /** The caller gave up before our answer. */
  | { kind: 'cancelled' }
  /** The dialog is over: a BYE, or the server gave it up (no ACK came, the far end is gone). */
  | { kind: 'farEnded'; by: EndedBy; reason: string }
  | { kind: 'hangUpAsked'; by: EndedBy; reason: string; code?: FailureCode }
  | { kind: 'mediaLost' };

export type LegOrder =
  | { do: 'openMedia' }
  | { do: 'closeMedia' }
  | { do: 'sendAnswer'; sdp: string }
  | { do: 'refuse'; code: FailureCode }
  | { do: 'hangUp'; reason: string }
  | { do: 'tellTalking' }
  | { do: 'tellEnded' };

const ended = (by: EndedBy, reason: string): LegState => ({ kind: 'ended', by, reason });
const cancelled = ended('caller', 'caller gave up before the answer');

/**
 * Every way a leg can go. What crosses on the way is settled in `ended`: an endpoint that opens or an answer that gets out
 * after the end is taken back at once, so nothing stays open behind a leg.
 */
export const legMachine: Machine<LegState, LegEvent, LegOrder> = {
  offered: {
    openAsked: () => [{ kind: 'opening' }, { do: 'openMedia' }],
    cancelled: () => [cancelled, { do: 'tellEnded' }],
    farEnded: (_, { by, reason }) => [ended(by, reason), { do: 'tellEnded' }],
    hangUpAsked: (_, { by, reason, code }) => [
      ended(by, reason),
      { do: 'refuse', code: code ?? 'agent.wrongState' },
      { do: 'tellEnded' },
    ],
  },
  opening: {
    mediaOpened: (_, { sdp }) => [{ kind: 'answering' }, { do: 'sendAnswer', sdp }],
    mediaRefused: (_, { code }) => [ended('system', code), { do: 'refuse', code }, { do: 'tellEnded' }],
    mediaLost: () => [ended('system', 'media lost'), { do: 'refuse', code: 'media.noWorker' }, { do: 'tellEnded' }],
    cancelled: () => [cancelled, { do: 'tellEnded' }, { do: 'closeMedia' }],
    farEnded: (_, { by, reason }) => [ended(by, reason), { do: 'tellEnded' }, { do: 'closeMedia' }],
    hangUpAsked: (_, { by, reason, code }) => [
      ended(by, reason),
      { do: 'refuse', code: code ?? 'agent.wrongState' },
      { do: 'tellEnded' },
      { do: 'closeMedia' },
    ],
  },
  answering: {
    answerSent: () => [{ kind: 'talking' }, { do: 'tellTalking' }],
    answerFailed: (_, { reason }) => [ended('system', reason), { do: 'tellEnded' }, { do: 'closeMedia' }],
    cancelled: () => [cancelled, { do: 'tellEnded' }, { do: 'closeMedia' }],
    farEnded: (_, { by, reason }) => [ended(by, reason), { do: 'tellEnded' }, { do: 'closeMedia' }],
    hangUpAsked: (_, { by, reason }) => [ended(by, reason), { do: 'tellEnded' }, { do: 'closeMedia' }],
    mediaLost: () => [ended('system', 'media lost'), { do: 'tellEnded' }],
  },
  talking: {
    farEnded: (_, { by, reason }) => [ended(by, reason), { do: 'tellEnded' }, { do: 'closeMedia' }],
    hangUpAsked: (_, { by, reason }) => [
      ended(by, reason),
      { do: 'hangUp', reason },
      { do: 'tellEnded' },
      { do: 'closeMedia' },
    ],
    mediaLost: () => [ended('system', 'media lost'), { do: 'hangUp', reason: 'media lost' }, { do: 'tellEnded' }],
  },
  ended: {
    mediaOpened: (state) => [state, { do: 'closeMedia' }],
    answerSent: (state) => [state, { do: 'hangUp', reason: state.reason }],
  },
};
