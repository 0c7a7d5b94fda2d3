import type { Machine } from '../../shared/machine.ts';
import {
  endAfter,
  FAIL_TIMEOUT,
  FORGET,
  resendAfter,
  SEND_AGAIN,
  STOP_ENDING,
  STOP_RESENDING,
  type TransactionEffect,
} from '../transaction/machine-words.ts';
import type { TimerValues } from '../transaction/timers.ts';

/**
 * An answer that is repeated until the peer says it has it: a 2xx until ACK (RFC 3261 section 13.3.1.4), a reliable
 * provisional until PRACK (RFC 3262 section 3).
 */
export type RepeatState = { kind: 'idle' } | { kind: 'waiting'; gapMs: number } | { kind: 'done' };

export type RepeatEvent =
  | { kind: 'sent' }
  | { kind: 'acknowledged' }
  /** No longer of interest: the dialog or the INVITE is over. */
  | { kind: 'dropped' }
  | { kind: 'resendDue' }
  | { kind: 'endDue' };

export interface RepeatRules {
  /** Send again while waiting; over TCP we only wait. */
  repeat: boolean;
  /** Longest gap, in ms. */
  maxGapMs: number;
}

export function repeatMachine(
  t: TimerValues,
  rules: RepeatRules,
): Machine<RepeatState, RepeatEvent, TransactionEffect> {
  const done = () => [{ kind: 'done' }, STOP_RESENDING, STOP_ENDING, FORGET] as const;
  return {
    idle: {
      sent: () =>
        rules.repeat
          ? [{ kind: 'waiting', gapMs: t.t1 }, resendAfter(t.t1), endAfter(t.giveUp)]
          : [{ kind: 'waiting', gapMs: t.t1 }, endAfter(t.giveUp)],
    },
    waiting: {
      resendDue: ({ gapMs }) => {
        const next = Math.min(gapMs * 2, rules.maxGapMs);
        return [{ kind: 'waiting', gapMs: next }, SEND_AGAIN, resendAfter(next)];
      },
      acknowledged: done,
      dropped: done,
      endDue: () => [{ kind: 'done' }, STOP_RESENDING, FAIL_TIMEOUT, FORGET],
    },
    done: {},
  };
}
