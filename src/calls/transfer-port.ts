import type { FlowEffect, TransferOutcome } from '../flows/machine/types.ts';

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
