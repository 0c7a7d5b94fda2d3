/** What the four transaction tables have in common: what they order, and how they end. */
export type TransactionEffect =
  /** Send the message of the event (first time), or the kept one again. */
  | { do: 'send' }
  | { do: 'sendAgain' }
  /** Acknowledge the failure of the event (RFC 3261 section 17.1.1.3). */
  | { do: 'acknowledge' }
  /** Hand the event's message to the user of the transaction. */
  | { do: 'tell' }
  | { do: 'resendAfter'; ms: number }
  | { do: 'stopResending' }
  | { do: 'endAfter'; ms: number }
  | { do: 'stopEnding' }
  /** Tell the user that no answer will come. */
  | { do: 'fail'; why: 'timeout' | 'transport' }
  /** Nothing matches this transaction any more. */
  | { do: 'forget' };

export const SEND = { do: 'send' } as const;
export const SEND_AGAIN = { do: 'sendAgain' } as const;
export const ACKNOWLEDGE = { do: 'acknowledge' } as const;
export const TELL = { do: 'tell' } as const;
export const STOP_RESENDING = { do: 'stopResending' } as const;
export const STOP_ENDING = { do: 'stopEnding' } as const;
export const FORGET = { do: 'forget' } as const;
export const FAIL_TIMEOUT = { do: 'fail', why: 'timeout' } as const;
export const FAIL_TRANSPORT = { do: 'fail', why: 'transport' } as const;

export const resendAfter = (ms: number): TransactionEffect => ({ do: 'resendAfter', ms });
export const endAfter = (ms: number): TransactionEffect => ({ do: 'endAfter', ms });

export type ClientEvent =
  | { kind: 'started' }
  | { kind: 'provisional' }
  | { kind: 'success' }
  | { kind: 'failure' }
  /** We sent CANCEL: an answer must now come within 64 × T1 (RFC 3261 section 9.1). */
  | { kind: 'cancelSent' }
  | { kind: 'resendDue' }
  | { kind: 'endDue' }
  | { kind: 'transportFailed' };

export type ServerEvent =
  /** The same request once more. */
  | { kind: 'repeated' }
  | { kind: 'provisional' }
  | { kind: 'success' }
  | { kind: 'failure' }
  | { kind: 'acknowledged' }
  | { kind: 'resendDue' }
  | { kind: 'endDue' }
  | { kind: 'transportFailed' };
