import { findHeadEnd, readHead } from './head.ts';
import { getHeader } from './headers.ts';
import type { HeaderLine, ParseResult, SipMessage, SipRequest } from './message.ts';
import { isDigits, isToken } from './scan.ts';
import { type Fault, findFault } from './validate.ts';

const NO_BYTES = Buffer.alloc(0);
const VERSION = 'SIP/2.0';

/** Reads the one message of a datagram; bytes past its Content-Length are dropped (RFC 3261 section 18.3). */
export function parseMessage(bytes: Buffer): ParseResult {
  const start = leadingLineEnds(bytes);
  const end = findHeadEnd(bytes, start);
  if (!end) return { ok: false, reason: 'no empty line after the headers' };
  return parseParts(bytes.subarray(start, end.headEnd), bytes.subarray(end.bodyStart), 'datagram');
}

/** Reads a message whose head and body have been told apart. A stream's body is exact already; a datagram's may be too long or too short. */
export function parseParts(headBytes: Buffer, rest: Buffer, from: 'datagram' | 'stream'): ParseResult {
  const head = readHead(headBytes);
  const started = readStartLine(head.startLine, head.headers);
  if ('reason' in started) return { ok: false, reason: started.reason };
  const { message } = started;
  const fault = head.fault === undefined ? (started.fault ?? findFault(message)) : { status: 400, reason: head.fault };
  if (fault) return refuse(message, fault);
  const length = Number(getHeader(message, 'content-length') ?? rest.length);
  if (length > rest.length) return refuse(message, { status: 400, reason: 'body shorter than Content-Length' });
  if (from === 'stream' && length !== rest.length)
    return refuse(message, { status: 400, reason: 'body length differs' });
  message.body = length === 0 ? NO_BYTES : rest.subarray(0, length);
  return { ok: true, message };
}

type Started = { message: SipMessage; fault?: Fault } | { reason: string };

function readStartLine(line: string, headers: HeaderLine[]): Started {
  return /^SIP\/\d/i.test(line) ? readStatusLine(line, headers) : readRequestLine(line, headers);
}

function readStatusLine(line: string, headers: HeaderLine[]): Started {
  const code = line.slice(VERSION.length + 1, VERSION.length + 4);
  const behind = line[VERSION.length + 4];
  if (line.slice(0, VERSION.length).toUpperCase() !== VERSION) return { reason: 'version of a response is not 2.0' };
  if (line[VERSION.length] !== ' ' || !isDigits(code) || (behind !== undefined && behind !== ' ')) {
    return { reason: 'status line cannot be read' };
  }
  const status = Number(code);
  if (status < 100 || status > 699) return { reason: 'status out of range' };
  const reason = line.slice(VERSION.length + 5);
  return { message: { type: 'response', status, reason, headers, body: NO_BYTES } };
}

function readRequestLine(line: string, headers: HeaderLine[]): Started {
  const first = line.indexOf(' ');
  const last = line.trimEnd().lastIndexOf(' ');
  const method = line.slice(0, first);
  const uri = line.slice(first + 1, last);
  const version = line.slice(last + 1).trimEnd();
  if (first < 1 || last <= first || !isToken(method) || !/^SIP\/\d+\.\d+$/i.test(version)) {
    return { reason: 'request line cannot be read' };
  }
  const message: SipRequest = { type: 'request', method, uri, headers, body: NO_BYTES };
  if (version.toUpperCase() !== VERSION) return { message, fault: { status: 505, reason: 'version is not 2.0' } };
  if (/[\s<>]/.test(uri) || uri === '')
    return { message, fault: { status: 400, reason: 'Request-URI cannot be read' } };
  return { message };
}

const WORDS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  416: 'Unsupported URI Scheme',
  505: 'Version Not Supported',
};

/** A response is dropped; so is an ACK, and a request without Via, From, To, Call-ID or CSeq, for its sender could make nothing of an answer. */
function refuse(message: SipMessage, { status, reason }: Fault): ParseResult {
  if (message.type === 'response' || message.method === 'ACK') return { ok: false, reason };
  const answerable = ['via', 'from', 'to', 'call-id', 'cseq'].every((key) => {
    const value = getHeader(message, key);
    return value !== undefined && value !== '';
  });
  if (!answerable) return { ok: false, reason };
  return { ok: false, reason, answer: { status, reason: WORDS[status] ?? 'Bad Request', request: message } };
}

/** Senders keep NAT bindings open with empty lines, which may stand before a message (RFC 3261 section 7.5). */
function leadingLineEnds(bytes: Buffer): number {
  let at = 0;
  while (bytes[at] === 13 || bytes[at] === 10) at += 1;
  return at;
}
