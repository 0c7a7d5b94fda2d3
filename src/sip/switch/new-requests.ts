import { randomInt, randomUUID } from 'node:crypto';
import { newRequestFrame } from '../frames/to-app.ts';
import { ownAnswer } from '../messages/compose.ts';
import { header } from '../messages/header-line.ts';
import { callIdOf, dialogIdOf, fromTagOf } from '../messages/read.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { getHeaders } from '../wire/headers.ts';
import type { SipRequest } from '../wire/message.ts';
import { serialise } from '../wire/serialise.ts';
import type { Core } from './core.ts';
import { fromNetwork } from './meta.ts';
import type { Pending } from './pending.ts';
import { giveUpInvite } from './refusals.ts';

/** How long an App may leave a new request without any answer, in ms. */
const FIRST_ANSWER_MS = 64_000;

/** Requests that mean nothing outside a dialog. */
const DIALOG_ONLY = new Set(['BYE', 'UPDATE', 'PRACK']);

/** Retry-After for callers that meet us without an App: soon, but not all in the same second. */
export function retryAfter(): [ReturnType<typeof header>] {
  return [header('Retry-After', String(randomInt(2, 11)))];
}

/** A request without To tag: it goes to the next App that takes its verb. */
export function takeNewRequest(core: Core, transaction: ServerTransaction): void {
  const { request } = transaction;
  if (DIALOG_ONLY.has(request.method)) {
    answer(core, transaction, 481);
    return;
  }
  if (request.method === 'REGISTER' && badRegister(request)) {
    answer(core, transaction, 400);
    return;
  }
  const app = core.closing ? undefined : core.routes.pick(request.method.toLowerCase());
  if (!app) {
    const extra = request.method === 'INVITE' ? retryAfter() : [];
    core.transactions.respond(transaction, ownAnswer(request, 503, extra));
    return;
  }
  const pending: Pending = {
    transactionId: randomUUID(),
    transaction,
    app,
    dialog: undefined,
    inDialog: false,
    localTag: undefined,
    dialogId: makesDialog(request.method) ? dialogIdOf(callIdOf(request), fromTagOf(request)) : '',
    reliable: new Map(),
    lastRseq: undefined,
    earlyUpdate: undefined,
    stopWatch: undefined,
  };
  pending.stopWatch = core.clock.after(FIRST_ANSWER_MS, () => giveUpSilentApp(core, pending));
  core.pending.add(pending);
  const meta = fromNetwork(core, transaction.source, transaction.bytes);
  const { localAddress, localPort } = transaction.source;
  const frame = newRequestFrame(meta, pending.transactionId, { address: localAddress, port: localPort });
  app.tell(frame, serialise(request));
}

function makesDialog(method: string): boolean {
  return method === 'INVITE' || method === 'SUBSCRIBE';
}

function answer(core: Core, transaction: ServerTransaction, status: number): void {
  core.transactions.respond(transaction, ownAnswer(transaction.request, status));
}

/** `Contact: *` takes away every binding and is only allowed with `Expires: 0` (RFC 3261 section 10.3). */
function badRegister(request: SipRequest): boolean {
  const contacts = getHeaders(request, 'contact');
  if (!contacts.some((value) => value.trim() === '*')) return false;
  return contacts.length > 1 || getHeaders(request, 'expires')[0]?.trim() !== '0';
}

/**
 * The App took the request and said nothing at all. A caller of an INVITE is told; for anything else the sender gave up
 * long ago and an answer would only confuse (RFC 4320 section 4.2).
 */
function giveUpSilentApp(core: Core, pending: Pending): void {
  pending.app.log.warn(
    { sipCallId: callIdOf(pending.transaction.request), method: pending.transaction.request.method },
    'app left a request without an answer',
  );
  if (pending.transaction.request.method === 'INVITE') giveUpInvite(core, pending, 503, retryAfter());
  else {
    core.pending.remove(pending);
    pending.transaction.expireAfter(0);
  }
}
