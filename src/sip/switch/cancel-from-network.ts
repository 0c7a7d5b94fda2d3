import { messageFrame } from '../frames/to-app.ts';
import { ownAnswer, responseTo } from '../messages/compose.ts';
import { newTag } from '../tokens.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { serialise } from '../wire/serialise.ts';
import type { Core } from './core.ts';
import { fromNetwork } from './meta.ts';
import { refusePending, shownDialogId } from './refusals.ts';

/**
 * CANCEL from the network (RFC 3261 section 9.2). It and its INVITE are answered here; the App is only told. One that
 * comes after the 2xx is too late and gets 481, so that the caller knows to send BYE.
 */
export function takeCancel(core: Core, cancel: ServerTransaction, invite: ServerTransaction | undefined): void {
  const pending = invite && core.pending.of(invite);
  if (!pending || invite.finalStatus !== undefined) {
    const known = invite?.finalStatus !== undefined && invite.finalStatus >= 300;
    core.transactions.respond(cancel, ownAnswer(cancel.request, known ? 200 : 481));
    return;
  }
  const dialogId = shownDialogId(pending);
  core.transactions.respond(cancel, responseTo(cancel.request, { status: 200, toTag: pending.localTag ?? newTag() }));
  refusePending(core, pending, 487);
  const meta = fromNetwork(core, cancel.source, cancel.bytes);
  pending.app.tell(messageFrame(meta, pending.transactionId, dialogId), serialise(cancel.request));
}
