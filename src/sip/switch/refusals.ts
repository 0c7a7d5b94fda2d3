import { messageFrame } from '../frames/to-app.ts';
import { responseTo } from '../messages/compose.ts';
import { header } from '../messages/header-line.ts';
import { cseqOf } from '../messages/read.ts';
import { newTag } from '../tokens.ts';
import type { HeaderLine, SipRequest } from '../wire/message.ts';
import { serialise } from '../wire/serialise.ts';
import type { Core } from './core.ts';
import { fromNetwork } from './meta.ts';
import type { Pending } from './pending.ts';

/** Ends an INVITE of the network with a failure of our own and forgets what was begun for it. */
export function refusePending(core: Core, pending: Pending, status: number, extra: readonly HeaderLine[] = []): void {
  const { transaction } = pending;
  const toTag = pending.localTag ?? newTag();
  core.pending.remove(pending);
  if (pending.dialog?.peerInvite === transaction) pending.dialog.peerInvite = undefined;
  if (pending.earlyUpdate) {
    core.transactions.respond(pending.earlyUpdate, responseTo(pending.earlyUpdate.request, { status: 481, toTag }));
  }
  core.transactions.respond(transaction, responseTo(transaction.request, { status, toTag, headers: extra }));
  if (!pending.inDialog) pending.dialog?.take('failed');
}

/**
 * Ends an INVITE that its App may still be working on. The App hears of it as of a CANCEL, for that is the one way in
 * which it can learn that the caller is gone.
 */
export function giveUpInvite(core: Core, pending: Pending, status: number, extra: readonly HeaderLine[] = []): void {
  refusePending(core, pending, status, extra);
  const { transaction } = pending;
  const cancel = cancelFor(transaction.request, `SIP;cause=${status}`);
  const meta = fromNetwork(core, transaction.source, 0);
  pending.app.tell(messageFrame(meta, pending.transactionId, shownDialogId(pending)), serialise(cancel));
}

/** What an App may know the dialog of a pending request by: nothing before its first answer. */
export function shownDialogId(pending: Pending): string {
  return pending.inDialog || pending.localTag !== undefined ? pending.dialogId : '';
}

/** The CANCEL that the caller could have sent for this INVITE. */
function cancelFor(invite: SipRequest, reason: string): SipRequest {
  const headers = invite.headers.filter((line) => CANCEL_HAS.has(line.key));
  return {
    type: 'request',
    method: 'CANCEL',
    uri: invite.uri,
    headers: [
      ...headers,
      header('CSeq', `${cseqOf(invite).number} CANCEL`),
      header('Reason', reason),
      header('Max-Forwards', '70'),
    ],
    body: Buffer.alloc(0),
  };
}

const CANCEL_HAS = new Set(['via', 'from', 'to', 'call-id']);
