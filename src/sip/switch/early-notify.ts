import type { Dialog } from '../dialog/dialog.ts';
import { callIdOf, contactUriOf, cseqOf, fromOf, fromTagOf, toOf, toTagOf } from '../messages/read.ts';
import { withoutTag } from '../messages/tags.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { getHeaders } from '../wire/headers.ts';
import type { Core } from './core.ts';
import { newDialog } from './make-dialog.ts';
import { pinFor } from './pin.ts';

/**
 * A NOTIFY that overtakes the 2xx of our SUBSCRIBE makes the dialog in its place (RFC 6665 section 4.1.2.4).
 * Undefined when no SUBSCRIBE of ours waits for it.
 */
export function dialogOfEarlyNotify(core: Core, transaction: ServerTransaction): Dialog | undefined {
  const { request, source } = transaction;
  if (request.method !== 'NOTIFY') return undefined;
  const callId = callIdOf(request);
  const localTag = toTagOf(request);
  for (const outgoing of core.outgoing.values()) {
    if (outgoing.request.method !== 'SUBSCRIBE' || outgoing.dialog || !outgoing.app) continue;
    if (outgoing.localTag !== localTag || callIdOf(outgoing.request) !== callId) continue;
    const dialog = newDialog(core, {
      id: outgoing.dialogId,
      callId,
      role: 'uac',
      kind: 'SUBSCRIBE',
      localTag,
      remoteTag: fromTagOf(request),
      local: withoutTag(toOf(request)),
      remote: withoutTag(fromOf(request)),
      localContact: outgoing.localContact,
      remoteTarget: contactUriOf(request) ?? outgoing.request.uri,
      routeSet: getHeaders(request, 'record-route'),
      localCseq: cseqOf(outgoing.request).number,
      remoteCseq: undefined,
      owner: outgoing.app,
      transactionId: outgoing.transactionId,
    });
    dialog.pinned = pinFor(dialog, source);
    dialog.take('confirmed');
    outgoing.early.set(dialog.remoteTag, dialog);
    return dialog;
  }
  return undefined;
}
