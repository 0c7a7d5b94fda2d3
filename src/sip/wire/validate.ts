import { parseAddress } from './address.ts';
import type { SipMessage } from './message.ts';
import { isDigits, isToken, splitOutside } from './scan.ts';
import { isTelUri, parseUri } from './uri.ts';
import { parseVia } from './via.ts';

export interface Fault {
  reason: string;
  /** What a request with this fault is answered. */
  status: number;
}

/** The greatest CSeq (RFC 3261 section 8.1.1.5) and the greatest Max-Forwards (section 20.22). */
const MAX_CSEQ = 2 ** 31 - 1;
const MAX_FORWARDS = 255;

/** URI schemes that a phone may be asked for; any other Request-URI is answered 416 (RFC 3261 section 8.2.2.1). */
const CALLABLE = new Set(['sip', 'sips', 'tel']);

/** What is asked of a header: the fault of a value, and whether the header may stand again. */
interface Rule {
  once: boolean;
  fault(value: string, message: SipMessage): Fault | undefined;
}

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['via', { once: false, fault: (value) => (parseVia(value) ? undefined : bad('Via cannot be read')) }],
  ['from', { once: true, fault: (value) => partyFault('from', value) }],
  ['to', { once: true, fault: (value) => partyFault('to', value) }],
  ['call-id', { once: true, fault: callIdFault }],
  ['cseq', { once: true, fault: cseqFault }],
  ['max-forwards', { once: true, fault: maxForwardsFault }],
  ['content-length', { once: true, fault: lengthFault }],
  ['content-type', { once: true, fault: () => undefined }],
  ['contact', { once: false, fault: contactFault }],
]);

const NEEDED = ['via', 'from', 'to', 'call-id', 'cseq'] as const;

/** The first thing that makes a message unusable, or undefined. What the App may judge better (bodies, options, credentials) is let through. */
export function findFault(message: SipMessage): Fault | undefined {
  const seen = new Map<string, string>();
  for (const { key, value } of message.headers) {
    const rule = RULES.get(key);
    if (!rule) continue;
    const before = seen.get(key);
    seen.set(key, value);
    const again = before !== undefined && rule.once;
    // Two Content-Length lines that agree are harmless; two that differ could be read as two messages.
    if (again && !(key === 'content-length' && before === value)) return bad(`${key} more than once`);
    const fault = rule.fault(value, message);
    if (fault) return fault;
  }
  for (const key of NEEDED) if (!seen.has(key)) return bad(`no ${key}`);
  return message.type === 'request' ? uriFault(message.uri) : undefined;
}

function partyFault(key: 'from' | 'to', value: string): Fault | undefined {
  const address = parseAddress(value);
  if (!address) return bad(`${key} cannot be read`);
  // Ids travel between bars in the App's protocol, where nothing can be escaped.
  const tag = address.params.get('tag');
  return tag !== undefined && hasBarOrSpace(tag)
    ? bad(`${key} tag holds a character that cannot be carried`)
    : undefined;
}

function callIdFault(value: string): Fault | undefined {
  return value === '' || hasBarOrSpace(value) ? bad('Call-ID cannot be carried') : undefined;
}

function hasBarOrSpace(id: string): boolean {
  return /[|\s]/.test(id);
}

function cseqFault(value: string, message: SipMessage): Fault | undefined {
  const [number = '', method = '', more] = value.split(/[ \t]+/);
  if (!isDigits(number) || !isToken(method) || more !== undefined) return bad('CSeq cannot be read');
  if (number.length > 10 || Number(number) > MAX_CSEQ) return bad('CSeq too large');
  if (message.type === 'request' && method !== message.method) return bad('CSeq method differs');
  return undefined;
}

function maxForwardsFault(value: string): Fault | undefined {
  return isDigits(value) && Number(value) <= MAX_FORWARDS ? undefined : bad('Max-Forwards cannot be read');
}

function lengthFault(value: string): Fault | undefined {
  return isDigits(value) && value.length <= 9 ? undefined : bad('Content-Length cannot be read');
}

function contactFault(value: string): Fault | undefined {
  if (value === '*') return undefined;
  return splitOutside(value, ',')?.every((part) => parseAddress(part)) ? undefined : bad('Contact cannot be read');
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
