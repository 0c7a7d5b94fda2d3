import { randomInt, randomUUID } from 'node:crypto';
import type { Dialog } from '../dialog/dialog.ts';
import { messageFrame } from '../frames/to-app.ts';
import { ownAnswer } from '../messages/compose.ts';
import { header } from '../messages/header-line.ts';
import { callIdOf, cseqOf, fromTagOf, toTagOf } from '../messages/read.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { getHeader } from '../wire/headers.ts';
import type { HeaderLine, SipRequest } from '../wire/message.ts';
import { serialise } from '../wire/serialise.ts';
import type { Core } from './core.ts';
import { dialogOfEarlyNotify } from './early-notify.ts';
import { fromNetwork } from './meta.ts';
import { takeNewRequest } from './new-requests.ts';
import type { Pending } from './pending.ts';
import { giveUpInvite } from './refusals.ts';
import { intervalTooSmall } from './session-interval.ts';

/** Outside their dialog these get 481; anything else with an unknown To tag is shown to an App like a new request. */
const DIALOG_METHODS = new Set(['INVITE', 'BYE', 'UPDATE', 'PRACK', 'INFO', 'REFER']);

/** A request with a To tag: it goes to the App that owns the dialog. */
export function takeDialogRequest(core: Core, transaction: ServerTransaction): void {
  const { request } = transaction;
  const dialog =
    core.dialogs.byTags(callIdOf(request), toTagOf(request), fromTagOf(request)) ??
    dialogOfEarlyNotify(core, transaction);
  if (!dialog || dialog.over) {
    if (!DIALOG_METHODS.has(request.method)) {
      takeNewRequest(core, transaction);
      return;
    }
    refuse(core, transaction, 481);
    return;
  }
  const { number } = cseqOf(request);
  if (dialog.remoteCseq !== undefined && number < dialog.remoteCseq) {
    refuse(core, transaction, 500);
    return;
  }
  dialog.remoteCseq = number;
  if (request.method === 'BYE') {
    takeBye(core, dialog, transaction);
    return;
  }
  if (dialog.life === 'orphaned' || !dialog.owner?.open) {
    takeForOrphan(core, transaction);
    return;
  }
  const glare = glareAnswer(dialog, request);
  if (glare) {
    refuse(core, transaction, glare.status, glare.headers);
    return;
  }
  const tooSmall = intervalTooSmall(core, request);
  if (tooSmall) {
    refuse(core, transaction, 422, tooSmall);
    return;
  }
  if (request.method === 'PRACK' && !acknowledgeReliable(core, dialog, request)) {
    refuse(core, transaction, 481);
    return;
  }
  if (request.method === 'UPDATE' && dialog.role === 'uas' && dialog.life === 'early') {
    takeEarlyUpdate(core, dialog, transaction);
    return;
  }
  show(core, dialog, transaction);
}

function refuse(core: Core, transaction: ServerTransaction, status: number, extra: readonly HeaderLine[] = []): void {
  core.transactions.respond(transaction, ownAnswer(transaction.request, status, extra));
}

/**
 * Offers that cross (RFC 3261 section 14.2, RFC 3311 section 5.2): 491 while one of ours waits for its answer, 500 with
 * a Retry-After while the peer's last one does.
 */
function glareAnswer(dialog: Dialog, request: SipRequest): { status: number; headers: HeaderLine[] } | undefined {
  const retry = () => [header('Retry-After', String(randomInt(0, 11)))];
  if (request.method === 'INVITE') {
    if (dialog.ownInvite) return { status: 491, headers: [] };
    if (dialog.peerInvite) return { status: 500, headers: retry() };
  }
  if (request.method === 'UPDATE') {
    if (dialog.ownUpdate || (dialog.ownInvite && dialog.life !== 'early')) return { status: 491, headers: [] };
    if (dialog.peerUpdate) return { status: 500, headers: retry() };
  }
  return undefined;
}

/** The dialog ends at once, before the App has answered; what else waited in it ends too. */
function takeBye(core: Core, dialog: Dialog, transaction: ServerTransaction): void {
  const invite = dialog.peerInvite && core.pending.of(dialog.peerInvite);
  const wasEarlyInvite = dialog.life === 'early' && dialog.role === 'uas';
  const owner = dialog.owner;
  dialog.take('over');
  if (invite) giveUpInvite(core, invite, 487);
  if (!owner?.open || wasEarlyInvite) {
    refuse(core, transaction, 200);
    return;
  }
  show(core, dialog, transaction);
}

/**
 * The App is lost and nobody adopted the dialog yet. The peer is told to come back soon rather than that there is no
 * such call: 503 with Retry-After for offers, 480 for the rest.
 */
function takeForOrphan(core: Core, transaction: ServerTransaction): void {
  const offer = transaction.request.method === 'INVITE' || transaction.request.method === 'UPDATE';
  refuse(core, transaction, offer ? 503 : 480, [header('Retry-After', '5')]);
}

/** False when the RAck names no answer that waits for it (RFC 3262 section 3). */
function acknowledgeReliable(core: Core, dialog: Dialog, request: SipRequest): boolean {
  const invite = dialog.peerInvite && core.pending.of(dialog.peerInvite);
  const [rseq, cseq] = (getHeader(request, 'rack') ?? '').trim().split(/\s+/).map(Number);
  if (!invite || rseq === undefined || cseq !== cseqOf(invite.transaction.request).number) return false;
  const repeater = invite.reliable.get(rseq);
  if (!repeater) return false;
  invite.reliable.delete(rseq);
  return repeater.acknowledged();
}

/** Apps know an UPDATE before the final answer by the INVITE's own transactionId. */
function takeEarlyUpdate(core: Core, dialog: Dialog, transaction: ServerTransaction): void {
  const invite = dialog.peerInvite && core.pending.of(dialog.peerInvite);
  if (!invite) {
    refuse(core, transaction, 481);
    return;
  }
  invite.earlyUpdate = transaction;
  dialog.peerUpdate = transaction;
  const meta = fromNetwork(core, transaction.source, transaction.bytes);
  invite.app.tell(messageFrame(meta, invite.transactionId, dialog.id), serialise(transaction.request));
}

function show(core: Core, dialog: Dialog, transaction: ServerTransaction): void {
  const { owner } = dialog;
  if (!owner) return;
  const { method } = transaction.request;
  const pending: Pending = {
    transactionId: randomUUID(),
    transaction,
    app: owner,
    dialog,
    inDialog: true,
    localTag: dialog.localTag,
    // The echo of the answer to a BYE names no dialog: there is none any more.
    dialogId: method === 'BYE' ? '' : dialog.id,
    reliable: new Map(),
    lastRseq: undefined,
    earlyUpdate: undefined,
    stopWatch: core.clock.after(core.timers.giveUp, () => giveUpSilentApp(core, pending)),
  };
  if (method === 'INVITE') dialog.peerInvite = transaction;
  if (method === 'UPDATE') dialog.peerUpdate = transaction;
  core.pending.add(pending);
  const meta = fromNetwork(core, transaction.source, transaction.bytes);
  owner.tell(messageFrame(meta, pending.transactionId, dialog.id), serialise(transaction.request));
}

/** The App said nothing. The peer of a BYE still deserves its 200, that of an offer a clear refusal. */
function giveUpSilentApp(core: Core, pending: Pending): void {
  const { transaction, dialog } = pending;
  core.pending.remove(pending);
  if (dialog?.peerInvite === transaction) dialog.peerInvite = undefined;
  if (dialog?.peerUpdate === transaction) dialog.peerUpdate = undefined;
  if (transaction.request.method === 'BYE') refuse(core, transaction, 200);
  else if (transaction.request.method === 'INVITE') refuse(core, transaction, 500);
  else transaction.expireAfter(0);
}
