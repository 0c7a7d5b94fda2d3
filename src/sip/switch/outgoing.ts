import type { AppConnection } from '../app-side/connection.ts';
import type { Dialog } from '../dialog/dialog.ts';
import type { ClientTransaction } from '../transaction/client-transaction.ts';
import type { HeaderLine, SipRequest } from '../wire/message.ts';

/** What became of an App's wish to cancel its INVITE: nothing asked, asked before it may be sent, sent. */
export type CancelProgress = { kind: 'none' } | { kind: 'held'; headers: readonly HeaderLine[] } | { kind: 'sent' };

/** A request that an App sent and that has no final answer yet (an INVITE: nor any further 2xx to come). */
export interface Outgoing {
  transactionId: string;
  /** Undefined once its App is gone. */
  app: AppConnection | undefined;
  /** Without Via until it is on the wire. */
  request: SipRequest;
  /** Undefined while its host is being looked up. */
  transaction: ClientTransaction | undefined;
  /** Empty for requests that make no dialog and stand in none. */
  dialogId: string;
  localTag: string;
  localContact: string;
  /** The dialog it stands in. */
  dialog: Dialog | undefined;
  /** Dialogs that its provisional answers made, by the peer's tag. */
  early: Map<string, Dialog>;
  cancel: CancelProgress;
}
