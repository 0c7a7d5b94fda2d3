import type { Machine } from '../../shared/machine.ts';
import {
  endAfter,
  FORGET,
  resendAfter,
  SEND,
  SEND_AGAIN,
  type ServerEvent,
  STOP_ENDING,
  STOP_RESENDING,
  type TransactionEffect,
} from './machine-words.ts';
import type { TimerValues } from './timers.ts';

/** INVITE from the network: RFC 3261 section 17.2.1 with the `accepted` state of RFC 6026 section 7.1. */
export type ServerInviteState =
  | { kind: 'proceeding' }
  /** A 2xx is out. Its repeats belong to the dialog, not to us; we only keep the INVITE's repeats away from it. */
  | { kind: 'accepted' }
  | { kind: 'completed'; gapMs: number }
  | { kind: 'confirmed' }
  | { kind: 'terminated' };

const proceeding = { kind: 'proceeding' } as const;
const accepted = { kind: 'accepted' } as const;
const terminated = { kind: 'terminated' } as const;

export function serverInviteMachine(
  t: TimerValues,
  reliable: boolean,
): Machine<ServerInviteState, ServerEvent, TransactionEffect> {
  return {
    proceeding: {
      repeated: () => [proceeding, SEND_AGAIN],
      provisional: () => [proceeding, SEND],
      success: () => [accepted, endAfter(t.giveUp), SEND],
      failure: () =>
        reliable
          ? [{ kind: 'completed', gapMs: 0 }, endAfter(t.giveUp), SEND]
          : [{ kind: 'completed', gapMs: t.t1 }, resendAfter(t.t1), endAfter(t.giveUp), SEND],
      endDue: () => [terminated, FORGET],
    },
    accepted: {
      repeated: () => [accepted],
      success: () => [accepted, SEND],
      endDue: () => [terminated, FORGET],
    },
    completed: {
      repeated: (state) => [state, SEND_AGAIN],
      resendDue: ({ gapMs }) => {
        const next = Math.min(gapMs * 2, t.t2);
        return [{ kind: 'completed', gapMs: next }, SEND_AGAIN, resendAfter(next)];
      },
      acknowledged: () =>
        reliable
          ? [terminated, STOP_RESENDING, STOP_ENDING, FORGET]
          : [{ kind: 'confirmed' }, STOP_RESENDING, endAfter(t.t4)],
      endDue: () => [terminated, STOP_RESENDING, FORGET],
      transportFailed: () => [terminated, STOP_RESENDING, STOP_ENDING, FORGET],
    },
    confirmed: {
      acknowledged: (state) => [state],
      repeated: (state) => [state],
      endDue: () => [terminated, FORGET],
    },
    terminated: {},
  };
}
