/**
 * Frames between an App and the server: `<decimal length>#<payload>`, the length counting the payload's bytes, nothing
 * in between. Chunks of a TCP stream may split or join frames anywhere.
 */

/** The largest payload that is taken, in bytes. */
export const MAX_FRAME_BYTES = 1024 * 1024;

/** `1048576` has seven digits; anything longer is no length. */
const MAX_LENGTH_DIGITS = 7;
const HASH = 0x23;
const CRLF = '\r\n';

/** Why a stream cannot be read any further; the connection is closed. */
export type FrameBreach = 'bad length prefix' | 'frame too large';

/** Writes one frame: the meta line and, when there is one, the SIP message behind CRLF. */
export function encodeFrame(meta: string, sip?: Buffer): Buffer {
  const metaBytes = Buffer.byteLength(meta);
  const length = sip ? metaBytes + 2 + sip.length : metaBytes;
  const prefix = `${length}#`;
  const frame = Buffer.allocUnsafe(prefix.length + length);
  let at = frame.write(prefix, 0, 'latin1');
  at += frame.write(meta, at, 'utf8');
  if (sip) {
    at += frame.write(CRLF, at, 'latin1');
    sip.copy(frame, at);
  }
  return frame;
}

/** Cuts a byte stream into payloads. After a breach it stays broken. */
export class FrameDecoder {
  #rest: Buffer = Buffer.alloc(0);
  /** Chunks of a frame that is not complete yet; joined once, when it is. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #neededBytes = 0;
  #breach: FrameBreach | undefined;

  /** Set once the stream broke the framing. */
  get breach(): FrameBreach | undefined {
    return this.#breach;
  }

  /** The payloads completed by this chunk, in order. */
  push(chunk: Buffer): Buffer[] {
    if (this.#breach) return [];
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes < this.#neededBytes) return [];
    this.#rest = this.#waiting.length === 1 ? chunk : Buffer.concat(this.#waiting, this.#waitingBytes);
    const payloads: Buffer[] = [];
    for (let payload = this.#next(); payload; payload = this.#next()) payloads.push(payload);
    this.#waiting = this.#rest.length > 0 ? [this.#rest] : [];
    this.#waitingBytes = this.#rest.length;
    return payloads;
  }

  #next(): Buffer | undefined {
    this.#neededBytes = 0;
    const end = this.#rest.subarray(0, MAX_LENGTH_DIGITS + 1).indexOf(HASH);
    const digits = this.#rest.toString('latin1', 0, end < 0 ? Math.min(this.#rest.length, MAX_LENGTH_DIGITS + 1) : end);
    if (!/^\d*$/.test(digits) || end === 0 || digits.length > MAX_LENGTH_DIGITS)
      return this.#break('bad length prefix');
    if (end < 0) return undefined;
    const length = Number(digits);
    if (length === 0) return this.#break('bad length prefix');
    if (length > MAX_FRAME_BYTES) return this.#break('frame too large');
    const total = end + 1 + length;
    if (this.#rest.length < total) {
      this.#neededBytes = total;
      return undefined;
    }
    const payload = this.#rest.subarray(end + 1, total);
    this.#rest = this.#rest.subarray(total);
    return payload;
  }

  #break(why: FrameBreach): undefined {
    this.#breach = why;
    this.#rest = Buffer.alloc(0);
    return undefined;
  }
}
