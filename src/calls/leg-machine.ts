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
  /** The call came without an offer: our answer is on its way and brings ours (RFC 3261 section 13.3.1.4). */
  | { kind: 'offering' }
  /** Our offer is out; the caller's ACK brings the answer to it. */
  | { kind: 'awaiting' }
  /** The media program is told where the caller's audio goes. */
  | { kind: 'joining' }
  | { kind: 'talking' }
  | { kind: 'ended'; by: EndedBy; reason: string };

export type LegEvent =
  | { kind: 'openAsked' }
  /** `offers`: the caller made no offer, and `sdp` is ours. */
  | { kind: 'mediaOpened'; sdp: string; offers: boolean }
  | { kind: 'mediaRefused'; code: FailureCode }
  | { kind: 'answerSent' }
  | { kind: 'answerFailed'; reason: string }
  /** The ACK with the caller's answer to an offer of ours; empty when it brings none. */
  | { kind: 'acknowledged'; sdp: string }
  | { kind: 'answerTaken' }
  /** Their answer cannot be used. */
  | { kind: 'answerBad'; code: FailureCode }
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
  | { do: 'takeAnswer'; sdp: string }
  /** The answer to an offer that we made in the running call. */
  | { do: 'takeNewAnswer'; sdp: string }
  | { do: 'tellAnswered' }
  | { do: 'tellTalking' }
  | { do: 'tellEnded' };

const ended = (by: EndedBy, reason: string): LegState => ({ kind: 'ended', by, reason });
const cancelled = ended('caller', 'caller gave up before the answer');

type Move = readonly [LegState, ...LegOrder[]];

const farEnded = (_: LegState, { by, reason }: { by: EndedBy; reason: string }): Move => [
  ended(by, reason),
  { do: 'tellEnded' },
  { do: 'closeMedia' },
];

const hungUp = (by: EndedBy, reason: string): Move => [
  ended(by, reason),
  { do: 'hangUp', reason },
  { do: 'tellEnded' },
  { do: 'closeMedia' },
];

/** While our answer is on its way. A dialog that comes about after the end is hung up in `ended`. */
const answering = {
  answerFailed: (_: LegState, { reason }: { reason: string }): Move => farEnded(_, { by: 'system', reason }),
  cancelled: (): Move => [cancelled, { do: 'tellEnded' }, { do: 'closeMedia' }],
  farEnded,
  hangUpAsked: farEnded,
  mediaLost: (): Move => [ended('system', 'media lost'), { do: 'tellEnded' }],
};

/** While the dialog stands. */
const inDialog = {
  farEnded,
  hangUpAsked: (_: LegState, { by, reason }: { by: EndedBy; reason: string }): Move => hungUp(by, reason),
  mediaLost: (): Move => [ended('system', 'media lost'), { do: 'hangUp', reason: 'media lost' }, { do: 'tellEnded' }],
};

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
    mediaOpened: (_, { sdp, offers }) => [{ kind: offers ? 'offering' : 'answering' }, { do: 'sendAnswer', sdp }],
    mediaRefused: (_, { code }) => [ended('system', code), { do: 'refuse', code }, { do: 'tellEnded' }],
    mediaLost: () => [ended('system', 'media lost'), { do: 'refuse', code: 'media.noWorker' }, { do: 'tellEnded' }],
    cancelled: () => [cancelled, { do: 'tellEnded' }, { do: 'closeMedia' }],
    farEnded,
    hangUpAsked: (_, { by, reason, code }) => [
      ended(by, reason),
      { do: 'refuse', code: code ?? 'agent.wrongState' },
      { do: 'tellEnded' },
      { do: 'closeMedia' },
    ],
  },
  answering: {
    ...answering,
    answerSent: () => [{ kind: 'talking' }, { do: 'tellAnswered' }, { do: 'tellTalking' }],
  },
  offering: {
    ...answering,
    answerSent: () => [{ kind: 'awaiting' }, { do: 'tellAnswered' }],
  },
  awaiting: {
    ...inDialog,
    acknowledged: (_, { sdp }) =>
      sdp === '' ? hungUp('system', 'no answer in the ACK') : [{ kind: 'joining' }, { do: 'takeAnswer', sdp }],
  },
  joining: {
    ...inDialog,
    answerTaken: () => [{ kind: 'talking' }, { do: 'tellTalking' }],
    answerBad: (_, { code }) => hungUp('system', code),
    acknowledged: (state, { sdp }) => [state, { do: 'takeNewAnswer', sdp }],
  },
  talking: {
    ...inDialog,
    acknowledged: (state, { sdp }) => [state, { do: 'takeNewAnswer', sdp }],
  },
  ended: {
    mediaOpened: (state) => [state, { do: 'closeMedia' }],
    answerSent: (state) => [state, { do: 'hangUp', reason: state.reason }],
  },
};
