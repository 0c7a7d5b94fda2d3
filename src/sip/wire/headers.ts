import type { SipMessage } from './message.ts';

/** Compact forms (RFC 3261 section 20, and the registrations that followed). */
const COMPACT: Readonly<Record<string, string>> = {
  a: 'Accept-Contact',
  b: 'Referred-By',
  c: 'Content-Type',
  d: 'Request-Disposition',
  e: 'Content-Encoding',
  f: 'From',
  i: 'Call-ID',
  j: 'Reject-Contact',
  k: 'Supported',
  l: 'Content-Length',
  m: 'Contact',
  n: 'Identity-Info',
  o: 'Event',
  r: 'Refer-To',
  s: 'Subject',
  t: 'To',
  u: 'Allow-Events',
  v: 'Via',
  x: 'Session-Expires',
  y: 'Identity',
};

/** Names seen over and over, so that lowering them costs one look-up. */
const KNOWN = new Map<string, { name: string; key: string }>();
const KNOWN_AT_MOST = 500;

/** The full name of a header as written, and its lower-case key. */
export function nameHeader(written: string): { name: string; key: string } {
  const known = KNOWN.get(written);
  if (known) return known;
  const name = written.length === 1 ? (COMPACT[written.toLowerCase()] ?? written) : written;
  const entry = { name, key: name.toLowerCase() };
  // Strangers choose header names: the table must not grow with them.
  if (KNOWN.size < KNOWN_AT_MOST) KNOWN.set(written, entry);
  return entry;
}

/** The first value of a header by its lower-case key, or undefined. */
export function getHeader(message: SipMessage, key: string): string | undefined {
  for (const line of message.headers) if (line.key === key) return line.value;
  return undefined;
}

/** All values of a header, in order. */
export function getHeaders(message: SipMessage, key: string): string[] {
  const values: string[] = [];
  for (const line of message.headers) if (line.key === key) values.push(line.value);
  return values;
}
