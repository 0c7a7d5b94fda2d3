import type { Dialog } from '../dialog/dialog.ts';
import { NO_BODY } from '../messages/compose.ts';
import { header } from '../messages/header-line.ts';
import { uriOf, withTag } from '../messages/tags.ts';
import { newBranch } from '../tokens.ts';
import type { ClientTransaction, ClientUser } from '../transaction/client-transaction.ts';
import { hostText, type Target } from '../transport/address.ts';
import { hopOf } from '../transport/hop.ts';
import type { HeaderLine, SipRequest } from '../wire/message.ts';
import { serialise } from '../wire/serialise.ts';
import type { Core } from './core.ts';

export interface InDialog {
  method: string;
  cseq: number;
  /** What the App wants instead of 70. */
  maxForwards?: string | undefined;
  headers?: readonly HeaderLine[];
  body?: Buffer;
}

/** A request of ours in a dialog (RFC 3261 section 12.2.1.1), without its Via. */
export function dialogRequest(dialog: Dialog, what: InDialog): SipRequest {
  const { uri, routes } = pathOf(dialog);
  return {
    type: 'request',
    method: what.method,
    uri,
    headers: [
      ...routes.map((route) => header('Route', route)),
      header('Max-Forwards', what.maxForwards ?? '70'),
      header('From', withTag(dialog.local, dialog.localTag)),
      header('To', withTag(dialog.remote, dialog.remoteTag)),
      header('Call-ID', dialog.callId),
      header('CSeq', `${what.cseq} ${what.method}`),
      ...(what.headers ?? []),
    ],
    body: what.body ?? NO_BODY,
  };
}

/** A first router that does not know loose routing gets the request addressed to itself, the target last in the Route. */
function pathOf(dialog: Dialog): { uri: string; routes: string[] } {
  const [first] = dialog.routeSet;
  if (first === undefined) return { uri: dialog.remoteTarget, routes: [] };
  const firstUri = uriOf(first);
  if (/;\s*lr\b/i.test(firstUri)) return { uri: dialog.remoteTarget, routes: dialog.routeSet };
  return { uri: firstUri, routes: [...dialog.routeSet.slice(1), `<${dialog.remoteTarget}>`] };
}

/** Finds where the dialog's requests go; undefined when its host has no address. */
export function reachDialog(core: Core, dialog: Dialog, found: (target: Target | undefined) => void): void {
  if (dialog.pinned) {
    found(dialog.pinned);
    return;
  }
  const [first] = dialog.routeSet;
  const next = hopOf(first === undefined ? dialog.remoteTarget : uriOf(first));
  if (!next.ok) {
    found(undefined);
    return;
  }
  core.reach.find(next.hop, found);
}

/** Puts our Via on top. */
export function withVia(core: Core, request: SipRequest, target: Target, branch: string): SipRequest {
  const sentBy = `${hostText(core.transports.advertisedHost)}:${core.transports.port}`;
  const via =
    target.protocol === 'udp'
      ? `SIP/2.0/UDP ${sentBy};rport;branch=${branch}`
      : `SIP/2.0/${target.protocol.toUpperCase()} ${sentBy};branch=${branch}`;
  return { ...request, headers: [header('Via', via), ...request.headers] };
}

/** A request that is ready to go: nothing is on the wire before `transaction.start()`. */
export interface Prepared {
  request: SipRequest;
  bytes: Buffer;
  transaction: ClientTransaction;
}

export function prepare(core: Core, plain: SipRequest, target: Target, user: ClientUser): Prepared {
  const branch = newBranch();
  const request = withVia(core, plain, target, branch);
  const bytes = serialise(request);
  return { request, bytes, transaction: core.transactions.open(request, bytes, target, branch, user) };
}

/** ACK to a 2xx is no transaction: it is sent, and sent again when the 2xx comes again (RFC 3261 section 13.2.2.4). */
export function acknowledgeSuccess(
  core: Core,
  dialog: Dialog,
  ack: InDialog,
  sent: (done: { request: SipRequest; bytes: Buffer; target: Target } | undefined) => void,
): void {
  const plain = dialogRequest(dialog, ack);
  reachDialog(core, dialog, (target) => {
    if (!target) return sent(undefined);
    const request = withVia(core, plain, target, newBranch());
    const bytes = serialise(request);
    core.transports.send(target, bytes, () => undefined);
    sent({ request, bytes, target });
  });
}
