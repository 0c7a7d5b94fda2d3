import { Dialog, type DialogFacts } from '../dialog/dialog.ts';
import { callIdOf, contactUriOf, cseqOf, fromOf, fromTagOf, toOf, toTagOf } from '../messages/read.ts';
import { uriOf, withoutTag } from '../messages/tags.ts';
import type { Source } from '../transport/address.ts';
import { getHeaders } from '../wire/headers.ts';
import type { SipResponse } from '../wire/message.ts';
import type { Core } from './core.ts';
import { hangUp } from './hang-up.ts';
import type { Outgoing } from './outgoing.ts';
import type { Pending } from './pending.ts';
import { pinFor } from './pin.ts';

/** Makes a dialog and enters it in the directory. */
export function newDialog(core: Core, facts: DialogFacts): Dialog {
  const dialog = new Dialog(facts, {
    clock: core.clock,
    orphanMs: core.orphanMs,
    actions: {
      hangUpOrphan: (orphan) => hangUp(core, orphan, 'application lost'),
      forget: (gone) => core.dialogs.remove(gone),
    },
  });
  core.dialogs.add(dialog);
  return dialog;
}

/** The dialog that an answer of ours makes (RFC 3261 section 12.1.1). */
export function dialogOfOwnAnswer(core: Core, pending: Pending, localTag: string, contact: string): Dialog {
  const { request, source } = pending.transaction;
  const dialog = newDialog(core, {
    id: pending.dialogId,
    callId: callIdOf(request),
    role: 'uas',
    kind: request.method === 'SUBSCRIBE' ? 'SUBSCRIBE' : 'INVITE',
    localTag,
    remoteTag: fromTagOf(request),
    local: withoutTag(toOf(request)),
    remote: withoutTag(fromOf(request)),
    localContact: contact,
    remoteTarget: contactUriOf(request) ?? uriOf(fromOf(request)),
    routeSet: getHeaders(request, 'record-route'),
    localCseq: cseqOf(request).number,
    remoteCseq: cseqOf(request).number,
    owner: pending.app,
    transactionId: pending.transactionId,
  });
  if (request.method === 'INVITE') dialog.peerInvite = pending.transaction;
  dialog.pinned = pinFor(dialog, source);
  return dialog;
}

/** The dialog that a peer's answer makes (RFC 3261 section 12.1.2); the route set is its Record-Route backwards. */
export function dialogOfPeerAnswer(
  core: Core,
  outgoing: Outgoing,
  response: SipResponse,
  source: Source,
): Dialog | undefined {
  if (!outgoing.app) return undefined;
  const { request } = outgoing;
  const dialog = newDialog(core, {
    id: outgoing.dialogId,
    callId: callIdOf(request),
    role: 'uac',
    kind: request.method === 'SUBSCRIBE' ? 'SUBSCRIBE' : 'INVITE',
    localTag: outgoing.localTag,
    remoteTag: toTagOf(response),
    local: withoutTag(fromOf(request)),
    remote: withoutTag(toOf(request)),
    localContact: outgoing.localContact,
    remoteTarget: contactUriOf(response) ?? request.uri,
    routeSet: getHeaders(response, 'record-route').reverse(),
    localCseq: cseqOf(request).number,
    remoteCseq: undefined,
    owner: outgoing.app,
    transactionId: outgoing.transactionId,
  });
  dialog.pinned = pinFor(dialog, source);
  return dialog;
}

/** The final answer may name another target and another way than the provisional one did (RFC 3261 section 13.2.2.4). */
export function refreshFromPeerAnswer(dialog: Dialog, response: SipResponse, source: Source): void {
  const contact = contactUriOf(response);
  if (contact !== undefined) dialog.remoteTarget = contact;
  if (dialog.life === 'early') dialog.routeSet = getHeaders(response, 'record-route').reverse();
  dialog.pinned = pinFor(dialog, source);
}
