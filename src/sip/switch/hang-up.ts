import type { Dialog } from '../dialog/dialog.ts';
import { messageFrame, UNSOLICITED } from '../frames/to-app.ts';
import { header } from '../messages/header-line.ts';
import type { ClientUser } from '../transaction/client-transaction.ts';
import type { Core } from './core.ts';
import { requestSent } from './meta.ts';
import { dialogRequest, prepare, reachDialog } from './send-in-dialog.ts';

/** Nobody waits for the answer to a BYE of our own. */
const NOBODY: ClientUser = { onResponse: () => undefined, onFailure: () => undefined };

/**
 * The server ends a dialog by itself: BYE to the peer, and to the App that owns it the same BYE as `unsolicited`, which
 * it must not answer. `why` stands in the Reason header.
 */
export function hangUp(core: Core, dialog: Dialog, why: string): void {
  const { owner } = dialog;
  const request = dialogRequest(dialog, {
    method: 'BYE',
    cseq: dialog.nextCseq(),
    headers: [header('Reason', `SIP;cause=200;text="${why}"`)],
  });
  dialog.take('over');
  core.log.info({ sipCallId: dialog.callId, why }, 'server hangs up');
  reachDialog(core, dialog, (target) => {
    if (!target) return;
    const { bytes, transaction } = prepare(core, request, target, NOBODY);
    transaction.start();
    if (owner?.open) owner.tell(messageFrame(requestSent(core, target, bytes.length), UNSOLICITED, dialog.id), bytes);
  });
}
