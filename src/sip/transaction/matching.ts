import { tagOf } from '../messages/tags.ts';
import { viaParts } from '../transport/received-via.ts';
import { getHeader } from '../wire/headers.ts';
import type { SipRequest } from '../wire/message.ts';

const COOKIE = 'z9hG4bK';

/**
 * What makes two requests from the network the same (RFC 3261 section 17.2.3): branch and sent-by, with the method of
 * the transaction asked for. A sender from before RFC 3261 is matched by URI, From tag, Call-ID, CSeq number and Via.
 */
export function serverKey(request: SipRequest, method: string): string {
  const value = getHeader(request, 'via') ?? '';
  const via = viaParts(value);
  if (via.branch.startsWith(COOKIE) && via.branch.length > COOKIE.length) {
    return `${method} ${via.branch} ${via.host}:${via.port ?? ''}`.toLowerCase();
  }
  const cseq = Number.parseInt(getHeader(request, 'cseq') ?? '', 10);
  const from = tagOf(getHeader(request, 'from') ?? '');
  return `2543 ${method} ${request.uri} ${from} ${getHeader(request, 'call-id')} ${cseq} ${via.host}:${via.port ?? ''} ${via.branch}`;
}

/** The same request by two paths (RFC 3261 section 8.2.2.2); undefined inside a dialog, where there is no such thing. */
export function mergeKey(request: SipRequest): string | undefined {
  if (request.method === 'CANCEL' || tagOf(getHeader(request, 'to') ?? '') !== '') return undefined;
  const from = tagOf(getHeader(request, 'from') ?? '');
  return from === '' ? undefined : `${from} ${getHeader(request, 'call-id')} ${getHeader(request, 'cseq')}`;
}

/** Which of our requests a response answers (RFC 3261 section 17.1.3). */
export function clientKey(branch: string, method: string): string {
  return `${method} ${branch}`;
}
