import { FRAME_MS, FRAME_SAMPLES } from '../codec/g711.ts';
import { RTP_HEADER_BYTES } from '../rtp/packet.ts';
import type { RtpSender } from '../rtp/sender.ts';
import { eventOf, writeEvent } from './event.ts';

/**
 * RFC 4733 out: one packet a frame with a growing duration, the end packet three times (section 2.5.1.4), then a pause.
 * While digits and the pauses between them last, the leg sends no audio; its timestamp line goes on.
 */

const END_PACKETS = 3;

interface Order {
  digits: string;
  durationFrames: number;
  gapFrames: number;
  done: (sent: boolean) => void;
}

function frames(ms: number): number {
  return Math.max(1, Math.round(ms / FRAME_MS));
}

export class DigitSender {
  readonly #orders: Order[] = [];
  #at = 0;
  /** Frames since the present digit began. */
  #frame = 0;
  #startTimestamp = 0;

  /** True while digits or the pauses between them last: audio has to wait. */
  get isSending(): boolean {
    return this.#orders.length > 0;
  }

  /** `done(false)`: the leg closed before the last digit was sent. Durations are rounded to frames; a gap has room for the end packets. */
  add(digits: string, durationMs: number, gapMs: number, done: (sent: boolean) => void): void {
    this.#orders.push({
      digits,
      durationFrames: frames(durationMs),
      gapFrames: Math.max(END_PACKETS - 1, frames(gapMs)),
      done,
    });
  }

  close(): void {
    for (const order of this.#orders.splice(0)) order.done(false);
  }

  /** This frame's packet, or undefined in a pause. Call once a frame while `isSending`, before `sender.advance()`. */
  next(sender: RtpSender, payloadType: number): Uint8Array | undefined {
    const order = this.#orders[0];
    const event = order && eventOf(order.digits[this.#at] ?? '');
    if (!order || event === undefined) {
      this.#finish(order);
      return undefined;
    }
    const isFirst = this.#frame === 0;
    if (isFirst) this.#startTimestamp = sender.timestamp;
    this.#frame++;
    const packet = this.#packet(order, event, isFirst, sender, payloadType);
    if (this.#frame >= order.durationFrames + order.gapFrames) {
      this.#frame = 0;
      this.#at++;
      if (this.#at >= order.digits.length) this.#finish(order);
    }
    return packet;
  }

  #packet(
    order: Order,
    event: number,
    isFirst: boolean,
    sender: RtpSender,
    payloadType: number,
  ): Uint8Array | undefined {
    const { durationFrames } = order;
    if (this.#frame > durationFrames + END_PACKETS - 1) return undefined;
    const isEnd = this.#frame >= durationFrames;
    const out = sender.nextBuffer();
    writeEvent(out, RTP_HEADER_BYTES, event, isEnd, Math.min(this.#frame, durationFrames) * FRAME_SAMPLES);
    return sender.event(payloadType, isFirst, this.#startTimestamp);
  }

  #finish(order: Order | undefined): void {
    if (!order) return;
    this.#orders.shift();
    this.#at = 0;
    this.#frame = 0;
    order.done(true);
  }
}
