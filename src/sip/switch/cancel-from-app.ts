import { randomUUID } from 'node:crypto';
import type { AppConnection } from '../app-side/connection.ts';
import { nokFrame, requestSentFrame } from '../frames/to-app.ts';
import type { AppText } from '../messages/app-text.ts';
import { cancelOf } from '../messages/compose.ts';
import { viaParts } from '../transport/received-via.ts';
import { getHeader } from '../wire/headers.ts';
import type { HeaderLine } from '../wire/message.ts';
import { serialise } from '../wire/serialise.ts';
import type { Core } from './core.ts';
import { tellLocalFailure } from './local-failure.ts';
import { requestSent } from './meta.ts';
import type { Outgoing } from './outgoing.ts';

/** An App's CANCEL takes everything from its INVITE but headers of its own, such as Reason. */
const OURS = new Set([
  'via',
  'route',
  'record-route',
  'from',
  'to',
  'call-id',
  'cseq',
  'contact',
  'max-forwards',
  'content-length',
  'content-type',
  'p-asserted-identity',
]);

/** An App cancels its INVITE. It goes out once the peer has said anything at all (RFC 3261 section 9.1). */
export function cancelFromApp(
  core: Core,
  app: AppConnection,
  order: { frameId: string; transactionId: string; text: AppText },
): void {
  const outgoing = core.outgoing.get(order.transactionId);
  if (!outgoing || outgoing.app !== app || outgoing.request.method !== 'INVITE') {
    app.answer(nokFrame(order.frameId, `unable to cancel unknown transaction id: ${order.transactionId}`));
    return;
  }
  const headers = order.text.headers.filter((line) => !OURS.has(line.key));
  const { transaction } = outgoing;
  const bytes = serialise(cancelOf(outgoing.request, headers));
  const mayGo = transaction?.state === 'proceeding';
  const meta = transaction
    ? requestSent(core, transaction.target, mayGo ? bytes.length : 0)
    : ({ source: 'application', bytes: 0, protocol: 'unknown', address: '', port: 0, atMs: core.clock.now() } as const);
  app.answer(requestSentFrame(order.frameId, meta, randomUUID()), bytes);
  cancelOutgoing(core, outgoing, headers);
}

/** Cancels an INVITE of ours now, or as soon as that is allowed. A second time changes nothing. */
export function cancelOutgoing(core: Core, outgoing: Outgoing, headers: readonly HeaderLine[]): void {
  if (outgoing.cancel.kind !== 'none') return;
  outgoing.cancel = { kind: 'held', headers };
  // Its host is still being looked up: nothing is on the wire, so there is nothing to cancel there.
  if (!outgoing.transaction) {
    tellLocalFailure(core, outgoing, 487, { protocol: 'unknown' });
    return;
  }
  if (outgoing.transaction.state === 'proceeding') releaseCancel(core, outgoing);
}

/** The peer has answered something: a CANCEL that was held may go. */
export function releaseCancel(core: Core, outgoing: Outgoing): void {
  const { cancel, transaction } = outgoing;
  if (cancel.kind !== 'held' || !transaction) return;
  outgoing.cancel = { kind: 'sent' };
  const request = cancelOf(outgoing.request, cancel.headers);
  const { branch } = viaParts(getHeader(request, 'via') ?? '');
  const user = { onResponse: () => undefined, onFailure: () => undefined };
  core.transactions.open(request, serialise(request), transaction.target, branch, user).start();
  transaction.cancelSent();
}
