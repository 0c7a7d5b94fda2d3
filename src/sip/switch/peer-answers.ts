import type { Dialog } from '../dialog/dialog.ts';
import { messageFrame } from '../frames/to-app.ts';
import { cseqOf, toTagOf } from '../messages/read.ts';
import type { ClientUser, ReceivedResponse } from '../transaction/client-transaction.ts';
import { getHeader } from '../wire/headers.ts';
import { serialise } from '../wire/serialise.ts';
import { terminates } from './answers.ts';
import { releaseCancel } from './cancel-from-app.ts';
import type { Core } from './core.ts';
import { hangUp } from './hang-up.ts';
import { tellLocalFailure } from './local-failure.ts';
import { dialogOfPeerAnswer, refreshFromPeerAnswer } from './make-dialog.ts';
import { fromNetwork } from './meta.ts';
import type { Outgoing } from './outgoing.ts';
import { acknowledgeSuccess } from './send-in-dialog.ts';
import { startAsClient } from './session-timer.ts';

/** Hears the network's answers to a request of an App. */
export function outgoingUser(core: Core, outgoing: Outgoing): ClientUser {
  return {
    onResponse: (received) => takeAnswer(core, outgoing, received),
    onFailure: (why) =>
      tellLocalFailure(core, outgoing, why === 'timeout' ? 408 : 503, {
        protocol: outgoing.transaction?.target.protocol ?? 'unknown',
      }),
  };
}

function takeAnswer(core: Core, outgoing: Outgoing, received: ReceivedResponse): void {
  const { response } = received;
  if (response.status < 200) {
    releaseCancel(core, outgoing);
    if (response.status === 100) return;
    if (outgoing.request.method === 'INVITE' && !outgoing.dialog) earlyDialog(core, outgoing, received);
    tell(core, outgoing, received);
    return;
  }
  if (outgoing.request.method === 'INVITE') takeInviteFinal(core, outgoing, received);
  else takeFinal(core, outgoing, received);
}

function tell(core: Core, outgoing: Outgoing, received: ReceivedResponse): void {
  const meta = fromNetwork(core, received.source, received.bytes);
  outgoing.app?.tell(messageFrame(meta, outgoing.transactionId, outgoing.dialogId), serialise(received.response));
}

function earlyDialog(core: Core, outgoing: Outgoing, { response, source }: ReceivedResponse): Dialog | undefined {
  const tag = toTagOf(response);
  if (tag === '') return undefined;
  const known = outgoing.early.get(tag);
  if (known) {
    refreshFromPeerAnswer(known, response, source);
    return known;
  }
  const dialog = dialogOfPeerAnswer(core, outgoing, response, source);
  if (dialog) {
    dialog.ownInvite = outgoing.transaction;
    outgoing.early.set(tag, dialog);
  }
  return dialog;
}

/** Final answers to an INVITE; a 2xx may come more than once, and from more than one place. */
function takeInviteFinal(core: Core, outgoing: Outgoing, received: ReceivedResponse): void {
  if (received.response.status >= 300) {
    core.outgoing.delete(outgoing.transactionId);
    for (const dialog of outgoing.early.values()) dialog.take('failed');
    const { dialog } = outgoing;
    if (dialog && dialog.ownInvite === outgoing.transaction) dialog.ownInvite = undefined;
    tell(core, outgoing, received);
    return;
  }
  if (outgoing.dialog) {
    takeReinviteSuccess(core, outgoing, outgoing.dialog, received);
    return;
  }
  const tag = toTagOf(received.response);
  const known = outgoing.early.get(tag);
  if (known?.peerAnswer) {
    repeatAck(core, known);
    return;
  }
  const first = core.outgoing.delete(outgoing.transactionId);
  const dialog = known ?? earlyDialog(core, outgoing, received);
  if (!dialog || !first || !outgoing.app?.open) {
    declineSuccess(core, outgoing, received);
    return;
  }
  confirm(core, outgoing, dialog, received);
}

function confirm(core: Core, outgoing: Outgoing, dialog: Dialog, received: ReceivedResponse): void {
  refreshFromPeerAnswer(dialog, received.response, received.source);
  // The other branches of a fork lost; should one answer all the same, it is declined as a dialog of its own.
  for (const [tag, other] of outgoing.early) {
    if (other === dialog) continue;
    outgoing.early.delete(tag);
    other.take('failed');
  }
  outgoing.early.set(dialog.remoteTag, dialog);
  dialog.ownInvite = undefined;
  dialog.take('confirmed');
  core.dialogs.prefer(dialog);
  dialog.peerAnswer = {
    cseq: cseqOf(outgoing.request).number,
    ack: undefined,
    cancelled: outgoing.cancel.kind !== 'none',
  };
  if (outgoing.request.body.length > 0) dialog.localSdp = outgoing.request.body;
  startAsClient(core, dialog, received.response);
  tell(core, outgoing, received);
}

function takeReinviteSuccess(core: Core, outgoing: Outgoing, dialog: Dialog, received: ReceivedResponse): void {
  const { number } = cseqOf(outgoing.request);
  if (!core.outgoing.delete(outgoing.transactionId)) {
    if (dialog.peerAnswer?.cseq === number) repeatAck(core, dialog);
    return;
  }
  if (dialog.ownInvite === outgoing.transaction) dialog.ownInvite = undefined;
  if (dialog.over || !outgoing.app?.open) {
    acknowledgeSuccess(core, dialog, { method: 'ACK', cseq: number }, () => undefined);
    return;
  }
  refreshFromPeerAnswer(dialog, received.response, received.source);
  dialog.peerAnswer = { cseq: number, ack: undefined, cancelled: outgoing.cancel.kind !== 'none' };
  if (outgoing.request.body.length > 0) dialog.localSdp = outgoing.request.body;
  startAsClient(core, dialog, received.response);
  tell(core, outgoing, received);
}

/** The 2xx came again: so must our ACK, if the App has given it. */
function repeatAck(core: Core, dialog: Dialog): void {
  dialog.peerAnswer?.ack?.();
  if (dialog.peerAnswer?.ack === undefined) core.log.debug({ sipCallId: dialog.callId }, '2xx repeated before its ack');
}

/**
 * A 2xx that nobody wants: of another branch of a fork, or after its App was lost. It is acknowledged and hung up
 * (RFC 3261 section 13.2.2.4).
 */
function declineSuccess(core: Core, outgoing: Outgoing, { response, source }: ReceivedResponse): void {
  const tag = toTagOf(response);
  const dialog = outgoing.early.get(tag) ?? dialogOfPeerAnswer(core, outgoing, response, source);
  if (!dialog || dialog.over) return;
  refreshFromPeerAnswer(dialog, response, source);
  outgoing.early.set(tag, dialog);
  const { number } = cseqOf(outgoing.request);
  dialog.owner = undefined;
  dialog.take('confirmed');
  acknowledgeSuccess(core, dialog, { method: 'ACK', cseq: number }, (sent) => {
    const again = sent && (() => core.transports.send(sent.target, sent.bytes, () => undefined));
    dialog.peerAnswer = { cseq: number, ack: again, cancelled: false };
    hangUp(core, dialog, 'call answered elsewhere');
  });
}

function takeFinal(core: Core, outgoing: Outgoing, received: ReceivedResponse): void {
  const { response, source } = received;
  core.outgoing.delete(outgoing.transactionId);
  const { dialog, request } = outgoing;
  if (request.method === 'SUBSCRIBE' && !dialog) {
    if (response.status < 300) {
      const made = outgoing.early.get(toTagOf(response)) ?? dialogOfPeerAnswer(core, outgoing, response, source);
      made?.take('confirmed');
    } else for (const early of outgoing.early.values()) early.take('over');
  }
  if (dialog) settleInDialog(core, outgoing, dialog, received);
  tell(core, outgoing, received);
}

function settleInDialog(core: Core, outgoing: Outgoing, dialog: Dialog, { response, source }: ReceivedResponse): void {
  const { request } = outgoing;
  if (dialog.ownUpdate === outgoing.transaction) dialog.ownUpdate = undefined;
  if (request.method === 'BYE') {
    dialog.take(response.status === 401 || response.status === 407 ? 'byeChallenged' : 'byeAnswered');
  }
  if (request.method === 'UPDATE' && response.status < 300) {
    refreshFromPeerAnswer(dialog, response, source);
    if (request.body.length > 0) dialog.localSdp = request.body;
    startAsClient(core, dialog, response);
  }
  const ended = request.method === 'NOTIFY' && terminates(getHeader(request, 'subscription-state'));
  if (ended && dialog.kind === 'SUBSCRIBE') dialog.take('over');
}
