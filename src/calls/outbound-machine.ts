import type { FailureCode } from '../shared/errors.ts';
import type { Machine } from '../shared/machine.ts';

/** How a leg that we called ended. The first three: before anybody talked. */
export type OutboundEnd =
  | 'busy'
  | 'noAnswer'
  | 'failed'
  /** The far end hung up after the answer. */
  | 'hungUp'
  /** We ended it. */
  | 'left';

/** A leg that we call, from the order to its end. */
export type OutboundState =
  | { kind: 'new' }
  /** The media program is asked for an endpoint and its offer. */
  | { kind: 'opening' }
  /** The INVITE is out. */
  | { kind: 'dialling'; rings: boolean }
  /** They answered; the media program is told where their audio goes. */
  | { kind: 'joining' }
  | { kind: 'talking' }
  | { kind: 'ended'; how: OutboundEnd; reason: string };

export type OutboundEvent =
  | { kind: 'dialAsked' }
  | { kind: 'mediaOffered'; sdp: string }
  | { kind: 'mediaRefused'; code: FailureCode }
  | { kind: 'ringing' }
  | { kind: 'answered'; sdp: string }
  | { kind: 'refused'; status: number; reason: string }
  | { kind: 'answerTaken' }
  /** Their SDP cannot be used. */
  | { kind: 'answerBad'; code: FailureCode }
  | { kind: 'ringTimeOver' }
  | { kind: 'farEnded'; by: 'far' | 'system'; reason: string }
  | { kind: 'hangUpAsked'; reason: string }
  | { kind: 'mediaLost' };

export type OutboundOrder =
  | { do: 'openMedia' }
  | { do: 'closeMedia' }
  | { do: 'invite'; sdp: string }
  | { do: 'cancel' }
  | { do: 'takeAnswer'; sdp: string }
  | { do: 'hangUp'; reason: string }
  | { do: 'tellRinging' }
  | { do: 'tellAnswered' }
  | { do: 'tellEnded' };

const BUSY: ReadonlySet<number> = new Set([486, 600, 603]);
const NO_ANSWER: ReadonlySet<number> = new Set([480, 487]);

/**
 * What a refusal means. 408 says that nobody answered where it rang before; without a ring the way there is broken. A redirect (3xx)
 * is not followed: it would dial a number that nobody permitted.
 */
export function refusalMeans(status: number, rang: boolean): 'busy' | 'noAnswer' | 'failed' {
  if (BUSY.has(status)) return 'busy';
  if (NO_ANSWER.has(status) || (status === 408 && rang)) return 'noAnswer';
  return 'failed';
}

const ended = (how: OutboundEnd, reason: string): OutboundState => ({ kind: 'ended', how, reason });
const NOT_ANSWERED = 'not answered in time';

/** We end an answered leg, or cannot go on with it. */
const letGo = {
  hangUpAsked: (_: unknown, { reason }: { reason: string }) =>
    [ended('left', reason), { do: 'hangUp', reason }, { do: 'closeMedia' }, { do: 'tellEnded' }] as const,
  mediaLost: () =>
    [ended('failed', 'media lost'), { do: 'hangUp', reason: 'media lost' }, { do: 'tellEnded' }] as const,
};

/**
 * Every way a leg that we call can go. What crosses on the way is settled in `ended`: an endpoint that opens, or a far end that
 * answers after all, is given back at once.
 */
export const outboundMachine: Machine<OutboundState, OutboundEvent, OutboundOrder> = {
  new: {
    dialAsked: () => [{ kind: 'opening' }, { do: 'openMedia' }],
    hangUpAsked: (_, { reason }) => [ended('left', reason), { do: 'tellEnded' }],
  },
  opening: {
    mediaOffered: (_, { sdp }) => [
      { kind: 'dialling', rings: false },
      { do: 'invite', sdp },
    ],
    mediaRefused: (_, { code }) => [ended('failed', code), { do: 'tellEnded' }],
    mediaLost: () => [ended('failed', 'media lost'), { do: 'tellEnded' }],
    ringTimeOver: () => [ended('noAnswer', NOT_ANSWERED), { do: 'closeMedia' }, { do: 'tellEnded' }],
    hangUpAsked: (_, { reason }) => [ended('left', reason), { do: 'closeMedia' }, { do: 'tellEnded' }],
  },
  dialling: {
    ringing: ({ rings }) =>
      rings ? [{ kind: 'dialling', rings }] : [{ kind: 'dialling', rings: true }, { do: 'tellRinging' }],
    answered: (_, { sdp }) => [{ kind: 'joining' }, { do: 'takeAnswer', sdp }],
    refused: ({ rings }, { status, reason }) => [
      ended(refusalMeans(status, rings), `${status} ${reason}`.trim()),
      { do: 'closeMedia' },
      { do: 'tellEnded' },
    ],
    ringTimeOver: () => [ended('noAnswer', NOT_ANSWERED), { do: 'cancel' }, { do: 'closeMedia' }, { do: 'tellEnded' }],
    hangUpAsked: (_, { reason }) => [
      ended('left', reason),
      { do: 'cancel' },
      { do: 'closeMedia' },
      { do: 'tellEnded' },
    ],
    mediaLost: () => [ended('failed', 'media lost'), { do: 'cancel' }, { do: 'tellEnded' }],
  },
  joining: {
    answerTaken: () => [{ kind: 'talking' }, { do: 'tellAnswered' }],
    answerBad: (_, { code }) => [
      ended('failed', code),
      { do: 'hangUp', reason: code },
      { do: 'closeMedia' },
      { do: 'tellEnded' },
    ],
    farEnded: (_, { by, reason }) => [
      ended(by === 'far' ? 'noAnswer' : 'failed', reason),
      { do: 'closeMedia' },
      { do: 'tellEnded' },
    ],
    ...letGo,
  },
  talking: {
    farEnded: (_, { by, reason }) => [
      ended(by === 'far' ? 'hungUp' : 'failed', reason),
      { do: 'closeMedia' },
      { do: 'tellEnded' },
    ],
    ...letGo,
  },
  ended: {
    mediaOffered: (state) => [state, { do: 'closeMedia' }],
    answered: (state) => [state, { do: 'hangUp', reason: state.reason }],
  },
};
