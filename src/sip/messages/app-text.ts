import type { HeaderLine } from '../wire/message.ts';
import { header } from './header-line.ts';

/**
 * The SIP text of an App's frame. It is no complete message: Via, tags, Call-ID and most else are ours to add, and its
 * Content-Length counts characters, so the body is simply the rest of the frame.
 */
export interface AppText {
  startLine: string;
  start:
    | { kind: 'response'; status: number; reason: string }
    | { kind: 'request'; method: string; uri: string }
    | { kind: 'unreadable' };
  headers: HeaderLine[];
  body: Buffer;
  /** Lines that are no header, for the log. */
  skipped: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');
/** A lone line end or a zero inside a line would be read as a line of its own by some peers. */
const BREAKS = /[\r\n\0]/;
const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;

export function readAppText(text: Buffer): AppText {
  const end = text.indexOf(HEAD_END);
  const head = end < 0 ? text : text.subarray(0, end);
  const body = end < 0 ? Buffer.alloc(0) : text.subarray(end + HEAD_END.length);
  const lines = head.toString('utf8').split('\r\n');
  const startLine = lines[0] ?? '';
  const headers: HeaderLine[] = [];
  let skipped = 0;
  for (let i = 1; i < lines.length; i += 1) {
    const line = lines[i] ?? '';
    const colon = line.indexOf(':');
    const name = line.slice(0, colon < 0 ? 0 : colon).trimEnd();
    if (TOKEN.test(name) && !BREAKS.test(line)) headers.push(header(name, line.slice(colon + 1).trim()));
    else if (line !== '') skipped += 1;
  }
  return { startLine, start: readStart(startLine), headers, body, skipped };
}

function readStart(line: string): AppText['start'] {
  const first = line.indexOf(' ');
  if (BREAKS.test(line)) return { kind: 'unreadable' };
  if (line.startsWith('SIP/')) {
    const status = Number(line.slice(first + 1, first + 4));
    if (!Number.isInteger(status) || status < 100 || status > 699) return { kind: 'unreadable' };
    return { kind: 'response', status, reason: line.slice(first + 5).trim() };
  }
  const last = line.lastIndexOf(' ');
  if (first <= 0 || last <= first) return { kind: 'unreadable' };
  return { kind: 'request', method: line.slice(0, first).toUpperCase(), uri: line.slice(first + 1, last).trim() };
}

export function appHeader(text: AppText, key: string): string | undefined {
  return text.headers.find((line) => line.key === key)?.value;
}
