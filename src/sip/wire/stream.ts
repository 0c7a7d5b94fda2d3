import { findHeadEnd } from './head.ts';
import type { ParseResult } from './message.ts';
import { parseParts } from './parse.ts';

const MAX_HEAD_BYTES = 64 * 1024;
const MAX_BODY_BYTES = 1024 * 1024;
const LENGTH_LINE = /^(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*\r?$/gim;
const NO_BYTES: Buffer = Buffer.alloc(0);

/**
 * What came out of a stream: a message or refusal with its size on the wire, a keep-alive to answer with one line end
 * (RFC 5626 section 4.4.1), or a breach after which nothing more can be read and the connection has to go.
 */
export type Framed = (ParseResult & { bytes: number }) | { keepalive: true } | Breach;
type Breach = { ok: false; fatal: true; reason: string };

/** What was taken from the front of the bytes; no item when it was only padding. */
interface Taken {
  used: number;
  item?: Framed;
}

/** Cuts a TCP stream into messages by Content-Length (RFC 3261 section 18.3). */
export class StreamFramer {
  /** Room for what is not complete yet; it doubles as it fills, so that a peer sending byte by byte costs no copy for each. */
  #room = NO_BYTES;
  #kept = 0;
  /** How many of the kept bytes were searched for the end of the head in vain. */
  #searched = 0;
  /** How many bytes the message at the front has, once its head was seen. */
  #needed = 0;
  #broken = false;

  /** Everything that this chunk completes, in order. After a breach the stream stays broken and gives nothing. */
  push(chunk: Buffer): Framed[] {
    if (this.#broken) return [];
    let bytes = this.#join(chunk);
    const out: Framed[] = [];
    for (let taken = this.#take(bytes); taken; taken = this.#take(bytes)) {
      this.#searched = 0;
      this.#needed = 0;
      bytes = bytes.subarray(taken.used);
      if (!taken.item) continue;
      out.push(taken.item);
      if (!('fatal' in taken.item)) continue;
      this.#broken = true;
      bytes = NO_BYTES;
    }
    this.#keep(bytes);
    return out;
  }

  #join(chunk: Buffer): Buffer {
    if (this.#kept === 0) return chunk;
    const length = this.#kept + chunk.length;
    if (this.#room.length < length) {
      const larger = Buffer.allocUnsafe(length * 2);
      this.#room.copy(larger, 0, 0, this.#kept);
      this.#room = larger;
    }
    chunk.copy(this.#room, this.#kept);
    return this.#room.subarray(0, length);
  }

  #keep(bytes: Buffer): void {
    this.#kept = bytes.length;
    if (bytes.length === 0) {
      this.#room = NO_BYTES;
      return;
    }
    if (this.#room.length < bytes.length) this.#room = Buffer.allocUnsafe(bytes.length * 2);
    bytes.copy(this.#room);
  }

  #take(bytes: Buffer): Taken | undefined {
    if (bytes.length === 0 || bytes.length < this.#needed) return undefined;
    if (bytes[0] === 13 || bytes[0] === 10) return takeLineEnds(bytes);
    const end = findHeadEnd(bytes, Math.max(0, this.#searched - 3));
    if (!end) {
      this.#searched = bytes.length;
      return bytes.length > MAX_HEAD_BYTES ? breach('headers too long') : undefined;
    }
    if (end.headEnd > MAX_HEAD_BYTES) return breach('headers too long');
    const head = bytes.subarray(0, end.headEnd);
    const length = lengthIn(head);
    if (typeof length === 'string') return breach(length);
    const used = end.bodyStart + length;
    if (bytes.length < used) {
      this.#searched = 0;
      this.#needed = used;
      return undefined;
    }
    // The room is written over by what comes next, and the message outlives it.
    const body = length === 0 ? NO_BYTES : Buffer.from(bytes.subarray(end.bodyStart, used));
    return { used, item: { ...parseParts(head, body, 'stream'), bytes: used } };
  }
}

/** The length that the head announces, or what is wrong with it. */
function lengthIn(head: Buffer): number | string {
  const [first, ...others] = head.toString('latin1').matchAll(LENGTH_LINE);
  if (!first) return 'no Content-Length on a stream';
  const length = Number(first[1]);
  if (others.some((other) => Number(other[1]) !== length)) return 'two lengths for one message';
  return length > MAX_BODY_BYTES ? 'body too long' : length;
}

/** Two line ends are a ping and want one back; a single one in front of a message is padding. */
function takeLineEnds(bytes: Buffer): Taken | undefined {
  const used = Math.max(lineEnd(bytes, 0), 1);
  const next = lineEnd(bytes, used);
  if (next > 0) return { used: next, item: { keepalive: true } };
  const rest = bytes.length - used;
  const undecided = rest === 0 || (rest === 1 && bytes[used] === 13);
  return undecided ? undefined : { used };
}

/** Where the line end that starts at `at` is over, or 0 if none is complete there. */
function lineEnd(bytes: Buffer, at: number): number {
  if (bytes[at] === 10) return at + 1;
  return bytes[at] === 13 && bytes[at + 1] === 10 ? at + 2 : 0;
}

function breach(reason: string): Taken {
  return { used: 0, item: { ok: false, fatal: true, reason } };
}
