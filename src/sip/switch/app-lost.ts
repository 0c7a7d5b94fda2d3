import type { AppConnection } from '../app-side/connection.ts';
import { header } from '../messages/header-line.ts';
import { cancelOutgoing } from './cancel-from-app.ts';
import type { Core } from './core.ts';
import { retryAfter } from './new-requests.ts';
import type { Pending } from './pending.ts';
import { refusePending } from './refusals.ts';
import { acknowledgeSuccess } from './send-in-dialog.ts';

/**
 * The connection of an App is gone. Nobody is left hanging: callers without an answer are refused, callees that ring are
 * cancelled, and confirmed dialogs wait as orphans for an App that adopts them, or for the end of their time.
 */
export function loseApp(core: Core, app: AppConnection): void {
  core.routes.removeAll(app);
  for (const pending of core.pending.askedOf(app)) abandonPending(core, pending);
  for (const outgoing of core.outgoing.values()) {
    if (outgoing.app !== app) continue;
    if (outgoing.request.method === 'INVITE') {
      cancelOutgoing(core, outgoing, [header('Reason', 'SIP;cause=503;text="application lost"')]);
    }
    outgoing.app = undefined;
  }
  for (const dialog of core.dialogs.ownedBy(app)) {
    dialog.owner = undefined;
    const answer = dialog.peerAnswer;
    // The App died between the peer's 2xx and its ACK, which would be repeated at us for half a minute.
    if (answer && !answer.ack && dialog.life === 'confirmed') {
      acknowledgeSuccess(core, dialog, { method: 'ACK', cseq: answer.cseq }, (sent) => {
        if (sent) answer.ack = () => core.transports.send(sent.target, sent.bytes, () => undefined);
      });
    }
    dialog.take('ownerLost');
  }
}

function abandonPending(core: Core, pending: Pending): void {
  const { method } = pending.transaction.request;
  // A BYE has ended its dialog already: the peer is right to be told so.
  refusePending(core, pending, method === 'BYE' ? 200 : 503, method === 'BYE' ? [] : retryAfter());
  if (pending.dialog?.peerUpdate === pending.transaction) pending.dialog.peerUpdate = undefined;
}
