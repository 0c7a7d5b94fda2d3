import { randomUUID } from 'node:crypto';
import type { AppConnection } from '../app-side/connection.ts';
import { nokFrame, requestSentFrame } from '../frames/to-app.ts';
import { type AppText, appHeader } from '../messages/app-text.ts';
import { header } from '../messages/header-line.ts';
import { chosenTag, fillFrom, fillLocalhost } from '../messages/placeholder.ts';
import { dialogIdOf } from '../messages/read.ts';
import { bracketed, withTag } from '../messages/tags.ts';
import { newCallId, newSequence, newTag } from '../tokens.ts';
import type { Target } from '../transport/address.ts';
import { type Hop, hopOf } from '../transport/hop.ts';
import type { HeaderLine, SipRequest } from '../wire/message.ts';
import { serialise } from '../wire/serialise.ts';
import { ownContact, ownHostPort } from './answer-headers.ts';
import { contentTypeFor } from './content-type.ts';
import type { Core } from './core.ts';
import { tellLocalFailure } from './local-failure.ts';
import { requestSent } from './meta.ts';
import type { Outgoing } from './outgoing.ts';
import { OWN_HEADERS } from './own-headers.ts';
import { outgoingUser } from './peer-answers.ts';
import { prepare } from './send-in-dialog.ts';

/** These carry a Contact even when the App gives none. */
const NEEDS_CONTACT = new Set(['INVITE', 'SUBSCRIBE']);

export interface AppRequest {
  frameId: string;
  method: string;
  uri: string;
  /** Empty, or the URI that the request goes to whatever its own URI says. */
  nextHop: string;
  text: AppText;
}

/** An App sends a request that stands in no dialog. */
export function sendNewRequest(core: Core, app: AppConnection, order: AppRequest): void {
  const refuse = (why: string): void => app.answer(nokFrame(order.frameId, why));
  const own = hopOf(order.uri);
  const route = order.nextHop === '' ? own : hopOf(order.nextHop);
  if (!own.ok && own.why === 'invalid uri') {
    refuse(`invalid request-uri: ${order.text.startLine}`);
    return;
  }
  if (!route.ok) {
    refuse(
      route.why === 'invalid uri'
        ? `invalid request-uri: ${order.nextHop}`
        : 'requested protocol/transport not available',
    );
    return;
  }
  if (core.transports.isOwn(route.hop.host, route.hop.port)) {
    refuse('can not send request to myself');
    return;
  }
  const type = contentTypeFor(appHeader(order.text, 'content-type'), order.text.body);
  if (order.text.body.length > 0 && type === undefined) {
    refuse('missing content-type');
    return;
  }
  const outgoing = compose(core, app, order, route.hop, type);
  core.outgoing.set(outgoing.transactionId, outgoing);
  const known = core.reach.known(route.hop);
  if (known) {
    send(core, outgoing, order.frameId, known);
    return;
  }
  // Apps are told at once that the request is on its way, though nobody knows yet where to.
  const text = serialise(outgoing.request);
  const nowhere = {
    source: 'application',
    bytes: 0,
    protocol: 'unknown',
    address: '',
    port: 0,
    atMs: core.clock.now(),
  } as const;
  app.answer(requestSentFrame(order.frameId, nowhere, outgoing.transactionId), text);
  core.reach.find(route.hop, (target) => {
    if (!core.outgoing.has(outgoing.transactionId)) return;
    if (target) send(core, outgoing, undefined, target);
    else tellLocalFailure(core, outgoing, 503, { protocol: 'unknown', reason: 'DNS Error' });
  });
}

function send(core: Core, outgoing: Outgoing, frameId: string | undefined, target: Target): void {
  const ready = prepare(core, outgoing.request, target, outgoingUser(core, outgoing));
  outgoing.request = ready.request;
  outgoing.transaction = ready.transaction;
  if (frameId !== undefined) {
    const meta = requestSent(core, target, ready.bytes.length);
    outgoing.app?.answer(requestSentFrame(frameId, meta, outgoing.transactionId), ready.bytes);
  }
  ready.transaction.start();
}

function compose(core: Core, app: AppConnection, order: AppRequest, hop: Hop, type: string | undefined): Outgoing {
  const { text, method } = order;
  const hostPort = ownHostPort(core);
  const localTag = chosenTag(appHeader(text, 'from'), newTag);
  const callId = appHeader(text, 'call-id') ?? newCallId(core.transports.advertisedHost);
  const cseq = Number.parseInt(appHeader(text, 'cseq') ?? '', 10);
  const contact = appHeader(text, 'contact');
  const from = appHeader(text, 'from');
  const to = appHeader(text, 'to');
  const localContact = contact === undefined ? ownContact(core, hop.protocol) : contactOf(contact, hostPort);
  const headers: HeaderLine[] = [
    header('Max-Forwards', appHeader(text, 'max-forwards') ?? '70'),
    header(
      'From',
      withTag(from === undefined ? ownContact(core, hop.protocol) : bracketed(fillFrom(from, hostPort)), localTag),
    ),
    header('To', to === undefined ? `<${order.uri}>` : bracketed(fillLocalhost(to, hostPort))),
    header('Call-ID', callId),
    header('CSeq', `${Number.isInteger(cseq) && cseq >= 0 ? cseq : newSequence()} ${method}`),
  ];
  if (contact !== undefined || NEEDS_CONTACT.has(method)) headers.push(header('Contact', localContact));
  for (const line of text.headers) {
    if (OWN_HEADERS.has(line.key)) continue;
    headers.push(line.key === 'p-asserted-identity' ? header(line.name, fillLocalhost(line.value, hostPort)) : line);
  }
  if (type !== undefined && text.body.length > 0) headers.push(header('Content-Type', type));
  const request: SipRequest = { type: 'request', method, uri: order.uri, headers, body: text.body };
  return {
    transactionId: randomUUID(),
    app,
    request,
    transaction: undefined,
    dialogId: NEEDS_CONTACT.has(method) ? dialogIdOf(callId, localTag) : '',
    localTag,
    localContact,
    dialog: undefined,
    early: new Map(),
    cancel: { kind: 'none' },
  };
}

function contactOf(value: string, hostPort: string): string {
  const filled = fillLocalhost(value, hostPort);
  return filled.includes(',') || filled.trim() === '*' ? filled : bracketed(filled);
}
