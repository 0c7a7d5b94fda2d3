import type { Machine } from '../../shared/machine.ts';
import {
  endAfter,
  FORGET,
  SEND,
  SEND_AGAIN,
  type ServerEvent,
  STOP_ENDING,
  type TransactionEffect,
} from './machine-words.ts';
import type { TimerValues } from './timers.ts';

/** Any request but INVITE and ACK from the network: RFC 3261 section 17.2.2. */
export type ServerRequestState =
  | { kind: 'trying' }
  | { kind: 'proceeding' }
  | { kind: 'completed' }
  | { kind: 'terminated' };

const trying = { kind: 'trying' } as const;
const proceeding = { kind: 'proceeding' } as const;
const completed = { kind: 'completed' } as const;
const terminated = { kind: 'terminated' } as const;

export function serverRequestMachine(
  t: TimerValues,
  reliable: boolean,
): Machine<ServerRequestState, ServerEvent, TransactionEffect> {
  // Timer J is zero over a reliable transport.
  const done = reliable
    ? () => [terminated, STOP_ENDING, SEND, FORGET] as const
    : () => [completed, endAfter(t.giveUp), SEND] as const;
  const unanswered = () => [terminated, FORGET] as const;
  return {
    trying: {
      repeated: () => [trying],
      provisional: () => [proceeding, SEND],
      success: done,
      failure: done,
      endDue: unanswered,
    },
    proceeding: {
      repeated: () => [proceeding, SEND_AGAIN],
      provisional: () => [proceeding, SEND],
      success: done,
      failure: done,
      endDue: unanswered,
    },
    completed: {
      repeated: () => [completed, SEND_AGAIN],
      transportFailed: () => [terminated, STOP_ENDING, FORGET],
      endDue: unanswered,
    },
    terminated: {},
  };
}
