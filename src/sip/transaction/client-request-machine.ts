import type { Machine } from '../../shared/machine.ts';
import {
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

/** Any request but INVITE and ACK that we sent: RFC 3261 section 17.1.2. */
export type ClientRequestState =
  | { kind: 'idle' }
  | { kind: 'trying'; gapMs: number }
  | { kind: 'proceeding' }
  | { kind: 'completed' }
  | { kind: 'terminated' };

const proceeding = { kind: 'proceeding' } as const;
const completed = { kind: 'completed' } as const;
const terminated = { kind: 'terminated' } as const;

export function clientRequestMachine(
  t: TimerValues,
  reliable: boolean,
): Machine<ClientRequestState, ClientEvent, TransactionEffect> {
  const done = reliable
    ? () => [terminated, STOP_RESENDING, STOP_ENDING, TELL, FORGET] as const
    : () => [completed, STOP_RESENDING, endAfter(t.t4), TELL] as const;
  const silent = () => [terminated, STOP_RESENDING, FAIL_TIMEOUT, FORGET] as const;
  const unsendable = () => [terminated, STOP_RESENDING, STOP_ENDING, FAIL_TRANSPORT, FORGET] as const;
  return {
    idle: {
      started: () =>
        reliable
          ? [{ kind: 'trying', gapMs: 0 }, endAfter(t.giveUp), SEND]
          : [{ kind: 'trying', gapMs: t.t1 }, resendAfter(t.t1), endAfter(t.giveUp), SEND],
    },
    trying: {
      resendDue: ({ gapMs }) => {
        const next = Math.min(gapMs * 2, t.t2);
        return [{ kind: 'trying', gapMs: next }, SEND_AGAIN, resendAfter(next)];
      },
      endDue: silent,
      transportFailed: unsendable,
      provisional: () => (reliable ? [proceeding, TELL] : [proceeding, resendAfter(t.t2), TELL]),
      success: done,
      failure: done,
    },
    proceeding: {
      resendDue: () => [proceeding, SEND_AGAIN, resendAfter(t.t2)],
      endDue: silent,
      transportFailed: unsendable,
      provisional: () => [proceeding, TELL],
      success: done,
      failure: done,
    },
    completed: {
      endDue: () => [terminated, FORGET],
    },
    terminated: {},
  };
}
