import { randomInt } from 'node:crypto';
import { readInterval } from '../../shared/session-interval.ts';
import type { Dialog } from '../dialog/dialog.ts';
import { header } from '../messages/header-line.ts';
import type { ClientTransaction, ReceivedResponse } from '../transaction/client-transaction.ts';
import { getHeader } from '../wire/headers.ts';
import type { SipResponse } from '../wire/message.ts';
import type { Core } from './core.ts';
import { hangUp } from './hang-up.ts';
import { acknowledgeSuccess, dialogRequest, prepare, reachDialog } from './send-in-dialog.ts';

/** Session timers of dialogs (RFC 4028): we refresh, or we hang up when the peer ought to have refreshed and did not. */

/** Hung up this long before the end, or a third of the interval if that is less (RFC 4028 section 10), in s. */
const LEAD_SECONDS = 32;

/** No timer of the machine runs longer than 24 days; a peer may name an interval of years. */
const LONGEST_SECONDS = 20 * 86_400;

/** After our 2xx to a request of the peer: `uas` are we. */
export function startAsServer(core: Core, dialog: Dialog, response: SipResponse): void {
  const interval = readInterval(getHeader(response, 'session-expires'));
  arm(core, dialog, interval?.seconds, interval?.refresher === 'uas');
}

/** After the peer's 2xx to a request of ours: `uac` are we, and also when it does not say. */
export function startAsClient(core: Core, dialog: Dialog, response: SipResponse): void {
  const interval = readInterval(getHeader(response, 'session-expires'));
  arm(core, dialog, interval?.seconds, interval?.refresher !== 'uas');
}

function arm(core: Core, dialog: Dialog, seconds: number | undefined, ours: boolean): void {
  dialog.stopSessionTimer?.();
  dialog.stopSessionTimer = undefined;
  if (seconds === undefined || dialog.over) return;
  const watched = Math.min(seconds, LONGEST_SECONDS);
  const lead = Math.min(LEAD_SECONDS, watched / 3);
  dialog.stopSessionTimer = ours
    ? core.clock.after(watched * 500, () => refresh(core, dialog, seconds))
    : core.clock.after((watched - lead) * 1000, () => hangUp(core, dialog, 'Session timer expired'));
}

/** Sends the last SDP once more; Apps hear nothing of it. */
function refresh(core: Core, dialog: Dialog, seconds: number): void {
  const again = (): void => {
    dialog.stopSessionTimer = core.clock.after(randomInt(2_100, 4_000), () => refresh(core, dialog, seconds));
  };
  // An offer is under way already; if it succeeds it refreshes the session by itself.
  if (dialog.ownInvite || dialog.peerInvite || dialog.ownUpdate || dialog.peerUpdate) {
    again();
    return;
  }
  const cseq = dialog.nextCseq();
  const request = dialogRequest(dialog, {
    method: 'INVITE',
    cseq,
    headers: [
      header('Contact', dialog.localContact),
      header('Session-Expires', `${seconds};refresher=uac`),
      header('Min-SE', '90'),
      ...(dialog.localSdp ? [header('Content-Type', 'application/sdp')] : []),
    ],
    ...(dialog.localSdp ? { body: dialog.localSdp } : {}),
  });
  reachDialog(core, dialog, (target) => {
    if (!target) return hangUp(core, dialog, 'Session timer expired');
    const sent: { transaction?: ClientTransaction } = {};
    const settled = (): void => {
      if (dialog.ownInvite === sent.transaction) dialog.ownInvite = undefined;
    };
    const { transaction } = prepare(core, request, target, {
      onResponse: (received) => takeRefreshAnswer(core, dialog, { received, cseq, seconds, settled, again }),
      onFailure: () => {
        settled();
        if (!dialog.over) hangUp(core, dialog, 'Session timer expired');
      },
    });
    sent.transaction = transaction;
    dialog.ownInvite = transaction;
    transaction.start();
  });
}

interface RefreshAnswer {
  received: ReceivedResponse;
  cseq: number;
  seconds: number;
  settled(): void;
  again(): void;
}

function takeRefreshAnswer(
  core: Core,
  dialog: Dialog,
  { received, cseq, seconds, settled, again }: RefreshAnswer,
): void {
  const { response } = received;
  if (response.status < 200) return;
  settled();
  if (response.status < 300) {
    acknowledgeSuccess(core, dialog, { method: 'ACK', cseq }, () => undefined);
    if (dialog.over) return;
    const interval = readInterval(getHeader(response, 'session-expires'));
    arm(core, dialog, interval?.seconds ?? seconds, interval?.refresher !== 'uas');
    return;
  }
  if (dialog.over) return;
  if (response.status === 491) again();
  else hangUp(core, dialog, 'Session timer expired');
}
