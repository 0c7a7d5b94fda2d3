import type { Machine } from '../../shared/machine.ts';
import {
  ACKNOWLEDGE,
  type ClientEvent,
  endAfter,
  FAIL_TIMEOUT,
  FAIL_TRANSPORT,
  FORGET,
  resendAfter,
  SEND,
  SEND_AGAIN,
  STOP_ENDING,
  STOP_RESENDING,
  TELL,
  type TransactionEffect,
} from './machine-words.ts';
import type { TimerValues } from './timers.ts';

/** INVITE that we sent: RFC 3261 section 17.1.1 with the `accepted` state of RFC 6026 section 7.2. */
export type ClientInviteState =
  | { kind: 'idle' }
  | { kind: 'calling'; gapMs: number }
  | { kind: 'proceeding' }
  | { kind: 'accepted' }
  | { kind: 'completed' }
  | { kind: 'terminated' };

const proceeding = { kind: 'proceeding' } as const;
const accepted = { kind: 'accepted' } as const;
const completed = { kind: 'completed' } as const;
const terminated = { kind: 'terminated' } as const;

/** The table for one kind of transport; over a reliable one nothing is retransmitted and nothing need be absorbed. */
export function clientInviteMachine(
  t: TimerValues,
  reliable: boolean,
): Machine<ClientInviteState, ClientEvent, TransactionEffect> {
  const answered = () => [accepted, STOP_RESENDING, endAfter(t.giveUp), TELL] as const;
  // Timer D is zero over a reliable transport: the failure will not be repeated.
  const refused = reliable
    ? () => [terminated, STOP_RESENDING, STOP_ENDING, ACKNOWLEDGE, TELL, FORGET] as const
    : () => [completed, STOP_RESENDING, endAfter(t.absorbFailures), ACKNOWLEDGE, TELL] as const;
  const unsendable = () => [terminated, STOP_RESENDING, STOP_ENDING, FAIL_TRANSPORT, FORGET] as const;
  return {
    idle: {
      started: () =>
        reliable
          ? [{ kind: 'calling', gapMs: 0 }, endAfter(t.giveUp), SEND]
          : [{ kind: 'calling', gapMs: t.t1 }, resendAfter(t.t1), endAfter(t.giveUp), SEND],
    },
    calling: {
      resendDue: ({ gapMs }) => [{ kind: 'calling', gapMs: gapMs * 2 }, SEND_AGAIN, resendAfter(gapMs * 2)],
      endDue: () => [terminated, STOP_RESENDING, FAIL_TIMEOUT, FORGET],
      transportFailed: unsendable,
      provisional: () => [proceeding, STOP_RESENDING, STOP_ENDING, TELL],
      success: answered,
      failure: refused,
    },
    proceeding: {
      provisional: () => [proceeding, TELL],
      success: answered,
      failure: refused,
      cancelSent: () => [proceeding, endAfter(t.giveUp)],
      endDue: () => [terminated, FAIL_TIMEOUT, FORGET],
    },
    accepted: {
      // Repeats and answers of other branches of a fork: the dialogs tell them apart.
      success: () => [accepted, TELL],
      endDue: () => [terminated, FORGET],
    },
    completed: {
      failure: () => [completed, ACKNOWLEDGE],
      endDue: () => [terminated, FORGET],
      transportFailed: () => [terminated, STOP_ENDING, FORGET],
    },
    terminated: {},
  };
}
