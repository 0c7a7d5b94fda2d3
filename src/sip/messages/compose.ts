import { newTag } from '../tokens.ts';
import type { HeaderLine, SipRequest, SipResponse } from '../wire/message.ts';
import { header } from './header-line.ts';
import { reasonPhrase } from './reasons.ts';
import { tagOf, withTag } from './tags.ts';

export const NO_BODY: Buffer = Buffer.alloc(0);

export interface ResponseParts {
  status: number;
  reason?: string;
  /** Added to To unless the request has one already. */
  toTag?: string;
  /** Behind the headers that are copied from the request. */
  headers?: readonly HeaderLine[];
  body?: Buffer;
}

/** An answer to a request: Via, From, To, Call-ID and CSeq are the request's (RFC 3261 section 8.2.6). */
export function responseTo(request: SipRequest, parts: ResponseParts): SipResponse {
  const headers: HeaderLine[] = [];
  for (const line of request.headers) {
    if (line.key === 'via' || line.key === 'from' || line.key === 'call-id' || line.key === 'cseq') headers.push(line);
    else if (line.key === 'to') headers.push(parts.toTag ? answeredTo(line, parts.toTag) : line);
  }
  if (parts.headers) headers.push(...parts.headers);
  return {
    type: 'response',
    status: parts.status,
    reason: parts.reason ?? reasonPhrase(parts.status),
    headers,
    body: parts.body ?? NO_BODY,
  };
}

/** A final answer of our own; a To without tag gets one, so that the answer is complete. */
export function ownAnswer(request: SipRequest, status: number, extra: readonly HeaderLine[] = []): SipResponse {
  return responseTo(request, { status, toTag: newTag(), headers: extra });
}

function answeredTo(line: HeaderLine, tag: string): HeaderLine {
  return tagOf(line.value) === '' ? header('To', withTag(line.value, tag)) : line;
}

/** ACK to a failure: the INVITE's own branch, URI, Route, and the To of the failure (RFC 3261 section 17.1.1.3). */
export function failureAck(invite: SipRequest, failure: SipResponse): SipRequest {
  const headers: HeaderLine[] = [];
  let seenVia = false;
  for (const line of invite.headers) {
    if (line.key === 'via' && !seenVia) {
      seenVia = true;
      headers.push(line);
    } else if (line.key === 'to') headers.push(failure.headers.find((other) => other.key === 'to') ?? line);
    else if (line.key === 'cseq') headers.push(header('CSeq', `${Number.parseInt(line.value, 10)} ACK`));
    else if (ACK_KEEPS.has(line.key)) headers.push(line);
  }
  return { type: 'request', method: 'ACK', uri: invite.uri, headers, body: NO_BODY };
}

const ACK_KEEPS = new Set(['from', 'call-id', 'route', 'max-forwards', 'authorization', 'proxy-authorization']);

/** CANCEL of our INVITE: same branch, URI, From, To, Call-ID, CSeq number and Route (RFC 3261 section 9.1). */
export function cancelOf(invite: SipRequest, extra: readonly HeaderLine[]): SipRequest {
  const headers: HeaderLine[] = [];
  for (const line of invite.headers) {
    if (line.key === 'cseq') headers.push(header('CSeq', `${Number.parseInt(line.value, 10)} CANCEL`));
    else if (CANCEL_KEEPS.has(line.key)) headers.push(line);
  }
  headers.push(...extra);
  return { type: 'request', method: 'CANCEL', uri: invite.uri, headers, body: NO_BODY };
}

const CANCEL_KEEPS = new Set(['via', 'from', 'to', 'call-id', 'route', 'max-forwards']);
