import { parseAddress } from './address.ts';
import { getHeaders } from './headers.ts';
import type { SipMessage } from './message.ts';
import { isDigits, isToken, splitOutside } from './scan.ts';
import { isTelUri, parseUri } from './uri.ts';
import { parseVia } from './via.ts';

export interface Fault {
  reason: string;
  /** What a request with this fault is answered. */
  status: number;
}

const ONCE = ['from', 'to', 'call-id', 'cseq', 'max-forwards', 'content-length', 'content-type'] as const;
const NEEDED = ['via', 'from', 'to', 'call-id', 'cseq'] as const;

/** The greatest CSeq (RFC 3261 section 8.1.1.5) and the greatest Max-Forwards (section 20.22). */
const MAX_CSEQ = 2 ** 31 - 1;
const MAX_FORWARDS = 255;

/** URI schemes that a phone may be asked for; any other Request-URI is answered 416 (RFC 3261 section 8.2.2.1). */
const CALLABLE = new Set(['sip', 'sips', 'tel']);

/** The first thing that makes a message unusable, or undefined. What the App may judge better (bodies, options, credentials) is let through. */
export function findFault(message: SipMessage): Fault | undefined {
  for (const key of NEEDED) if (!message.headers.some((line) => line.key === key)) return bad(`no ${key}`);
  for (const key of ONCE)
    if (getHeaders(message, key).length > 1 && !sameLength(message, key)) return bad(`${key} more than once`);
  return (
    viaFault(message) ??
    partiesFault(message) ??
    cseqFault(message) ??
    numbersFault(message) ??
    contactFault(message) ??
    (message.type === 'request' ? uriFault(message.uri) : undefined)
  );
}

/** Two Content-Length lines that agree are harmless; two that differ could be read as two messages. */
function sameLength(message: SipMessage, key: string): boolean {
  return key === 'content-length' && new Set(getHeaders(message, key)).size === 1;
}

function viaFault(message: SipMessage): Fault | undefined {
  for (const value of getHeaders(message, 'via')) if (!parseVia(value)) return bad('Via cannot be read');
  return undefined;
}

function partiesFault(message: SipMessage): Fault | undefined {
  for (const key of ['from', 'to'] as const) {
    const address = parseAddress(getHeaders(message, key)[0] ?? '');
    if (!address) return bad(`${key} cannot be read`);
    // Ids travel between bars in the App's protocol, where nothing can be escaped.
    if (/[|\s]/.test(address.params.get('tag') ?? ''))
      return bad(`${key} tag holds a character that cannot be carried`);
  }
  const callId = getHeaders(message, 'call-id')[0] ?? '';
  if (callId === '' || /[|\s]/.test(callId)) return bad('Call-ID cannot be carried');
  return undefined;
}

function cseqFault(message: SipMessage): Fault | undefined {
  const [number = '', method = '', more] = (getHeaders(message, 'cseq')[0] ?? '').split(/\s+/);
  if (!isDigits(number) || !isToken(method) || more !== undefined) return bad('CSeq cannot be read');
  if (number.length > 10 || Number(number) > MAX_CSEQ) return bad('CSeq too large');
  if (message.type === 'request' && method !== message.method) return bad('CSeq method differs');
  return undefined;
}

function numbersFault(message: SipMessage): Fault | undefined {
  const [maxForwards] = getHeaders(message, 'max-forwards');
  if (maxForwards !== undefined && (!isDigits(maxForwards) || Number(maxForwards) > MAX_FORWARDS)) {
    return bad('Max-Forwards cannot be read');
  }
  const [length] = getHeaders(message, 'content-length');
  if (length !== undefined && (!isDigits(length) || length.length > 9)) return bad('Content-Length cannot be read');
  return undefined;
}

function contactFault(message: SipMessage): Fault | undefined {
  for (const value of getHeaders(message, 'contact')) {
    if (value === '*') continue;
    const parts = splitOutside(value, ',');
    if (!parts?.every((part) => parseAddress(part))) return bad('Contact cannot be read');
  }
  return undefined;
}

function uriFault(uri: string): Fault | undefined {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(uri)?.[1]?.toLowerCase();
  if (scheme === undefined) return bad('Request-URI cannot be read');
  if (!CALLABLE.has(scheme)) return { status: 416, reason: 'Request-URI scheme is not served' };
  if (scheme === 'tel') return isTelUri(uri) ? undefined : bad('Request-URI cannot be read');
  const read = parseUri(uri);
  if (!read) return bad('Request-URI cannot be read');
  // A URI with headers asks for a request to be made from it; it cannot stand in one (RFC 3261 section 19.1.1, table 1).
  return read.headers === undefined ? undefined : bad('Request-URI with headers');
}

function bad(reason: string): Fault {
  return { status: 400, reason };
}
