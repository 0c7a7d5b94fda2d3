import type { AppText } from '../messages/app-text.ts';
import { header } from '../messages/header-line.ts';
import { fillLocalhost, PLACEHOLDER_HEADERS } from '../messages/placeholder.ts';
import { bracketed } from '../messages/tags.ts';
import type { Protocol } from '../transport/address.ts';
import { hostText } from '../transport/address.ts';
import type { HeaderLine } from '../wire/message.ts';
import { contentTypeFor } from './content-type.ts';
import type { Core } from './core.ts';
import type { Pending } from './pending.ts';
import { answeredInterval } from './session-interval.ts';

/** What an App may not set in an answer: these come from the request, or are ours. */
const OURS = new Set([
  'via',
  'from',
  'to',
  'call-id',
  'cseq',
  'route',
  'record-route',
  'rseq',
  'content-length',
  'contact',
  'content-type',
  'session-expires',
]);

/** `host:port` that we tell others. */
export function ownHostPort(core: Core): string {
  return `${hostText(core.transports.advertisedHost)}:${core.transports.port}`;
}

/** Our own Contact when the App names none. */
export function ownContact(core: Core, protocol: Protocol): string {
  return `<sip:${ownHostPort(core)}${protocol === 'udp' ? '' : `;transport=${protocol}`}>`;
}

/** The headers of an App's answer behind those copied from the request, and the Contact that we gave or would give. */
export function answerHeaders(
  core: Core,
  pending: Pending,
  text: AppText,
  what: { status: number; rseq: number | undefined },
): { headers: HeaderLine[]; contact: string } {
  const { request, source } = pending.transaction;
  const { method } = request;
  const hostPort = ownHostPort(core);
  const headers: HeaderLine[] = [];
  const makesDialog = method === 'INVITE' || method === 'SUBSCRIBE';
  const success = what.status >= 200 && what.status < 300;
  if (makesDialog && !pending.inDialog && what.status > 100 && what.status < 300) {
    headers.push(...request.headers.filter((line) => line.key === 'record-route'));
  }
  const given = text.headers.find((line) => line.key === 'contact')?.value;
  const contact = given === undefined ? undefined : contactValue(given, hostPort);
  const own = pending.dialog?.localContact ?? ownContact(core, source.protocol);
  if (contact !== undefined) headers.push(header('Contact', contact));
  else if ((makesDialog && success) || what.rseq !== undefined) headers.push(header('Contact', own));
  if (what.rseq !== undefined) headers.push(header('RSeq', String(what.rseq)));
  const interval =
    success && method !== 'SUBSCRIBE' ? answeredInterval(request, headerOf(text, 'session-expires')) : undefined;
  if (interval !== undefined) headers.push(header('Session-Expires', interval));
  for (const line of text.headers) {
    if (OURS.has(line.key)) continue;
    headers.push(PLACEHOLDER_HEADERS.has(line.key) ? header(line.name, fillLocalhost(line.value, hostPort)) : line);
  }
  const type = contentTypeFor(headerOf(text, 'content-type'), text.body);
  if (type !== undefined) headers.push(header('Content-Type', type));
  return { headers, contact: contact ?? own };
}

/** REGISTER answers list many contacts, redirections may too; `*` and lists stay as they are written. */
function contactValue(value: string, hostPort: string): string {
  const filled = fillLocalhost(value, hostPort);
  return filled.includes(',') || filled.trim() === '*' ? filled : bracketed(filled);
}

function headerOf(text: AppText, key: string): string | undefined {
  return text.headers.find((line) => line.key === key)?.value;
}
