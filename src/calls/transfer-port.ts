import type { FlowEffect, TransferOutcome } from '../flows/machine/types.ts';
import type { WriteFact } from './facts.ts';

export type TransferWish = Omit<Extract<FlowEffect, { type: 'transfer' }>, 'type' | 'transferId'>;

/** What the flow hears of a transfer; `answered` at most once, `ended` at most once and last. */
export interface TransferListener {
  answered(): void;
  ended(outcome: TransferOutcome): void;
}

/** A transfer that rings or talks. */
export interface RunningTransfer {
  /** Ends the ringing or the talk. `ended` does not follow. */
  leave(by: 'caller' | 'system'): void;
}

/** Writes down the beginning and the one end of a transfer, whichever way it comes. */
export function noted(
  to: TransferWish['to'],
  listener: TransferListener,
  write: WriteFact,
): { listener: TransferListener; running(inner: RunningTransfer): RunningTransfer } {
  let isOver = false;
  const end = (outcome: TransferOutcome | 'left'): void => {
    if (!isOver) write({ type: 'transferEnded', outcome });
    isOver = true;
  };
  write({ type: 'transferStarted', to });
  return {
    listener: {
      answered: () => listener.answered(),
      ended: (outcome) => {
        end(outcome);
        listener.ended(outcome);
      },
    },
    running: (inner) => ({
      leave: (by) => {
        inner.leave(by);
        end('left');
      },
    }),
  };
}
