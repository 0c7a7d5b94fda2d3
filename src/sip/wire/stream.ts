import { findHeadEnd } from './head.ts';
import type { ParseResult } from './message.ts';
import { parseParts } from './parse.ts';

const MAX_HEAD_BYTES = 64 * 1024;
const MAX_BODY_BYTES = 1024 * 1024;
const LENGTH_LINE = /^(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*\r?$/im;

/** What came out of a stream: a message or refusal, a keep-alive to answer (RFC 5626 section 4.4.1), or a breach after which the stream is useless. */
export type Framed = ParseResult | { keepalive: true } | { ok: false; fatal: true; reason: string };

/** Cuts a TCP stream into messages by Content-Length (RFC 3261 section 18.3). */
export class StreamFramer {
  #held: Buffer = Buffer.alloc(0);
  #broken = false;

  push(chunk: Buffer): Framed[] {
    if (this.#broken) return [];
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const out: Framed[] = [];
    for (let item = this.#take(); item; item = this.#take()) {
      out.push(item);
      if ('fatal' in item) {
        this.#broken = true;
        this.#held = Buffer.alloc(0);
        break;
      }
    }
    return out;
  }

  #take(): Framed | undefined {
    const held = this.#held;
    if (held[0] === 13 || held[0] === 10) return this.#takeLineEnds();
    const end = findHeadEnd(held);
    if (!end) return held.length > MAX_HEAD_BYTES ? breach('headers too long') : undefined;
    if (end.headEnd > MAX_HEAD_BYTES) return breach('headers too long');
    const head = held.subarray(0, end.headEnd);
    const length = LENGTH_LINE.exec(head.toString('latin1'))?.[1];
    if (length === undefined) return breach('no Content-Length on a stream');
    if (Number(length) > MAX_BODY_BYTES) return breach('body too long');
    const next = end.bodyStart + Number(length);
    if (held.length < next) return undefined;
    this.#held = held.subarray(next);
    return parseParts(head, held.subarray(end.bodyStart, next), 'stream');
  }

  /** Two line ends are a ping and want one back; a single one is a pong or padding. */
  #takeLineEnds(): Framed | undefined {
    let at = 0;
    let lines = 0;
    while (at < this.#held.length && (this.#held[at] === 13 || this.#held[at] === 10)) {
      if (this.#held[at] === 10) lines += 1;
      at += 1;
      if (lines === 2) break;
    }
    this.#held = this.#held.subarray(at);
    if (lines === 2) return { keepalive: true };
    return this.#held.length > 0 ? this.#take() : undefined;
  }
}

function breach(reason: string): Framed {
  return { ok: false, fatal: true, reason };
}
