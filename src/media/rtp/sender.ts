import { randomInt } from 'node:crypto';
import { FRAME_SAMPLES } from '../codec/g711.ts';
import { RTP_HEADER_BYTES, writeHeader } from './packet.ts';

/**
 * The outgoing line of one leg: one SSRC, sequence and timestamp unbroken for as long as the leg lives, whatever is
 * behind it. Packets are built in buffers used in turn, for the socket may still hold the last ones: more of them than a late
 * beat sends at once.
 */
const BUFFERS = 12;

export class RtpSender {
  readonly ssrc: number;
  packets = 0;
  octets = 0;
  readonly #buffers: Uint8Array[];
  readonly #frames: { audio: Uint8Array; event: Uint8Array }[];
  #turn = 0;
  #sequence = randomInt(65_536);
  #timestamp = randomInt(4_294_967_296);
  #marker = true;

  constructor(ssrc: number) {
    this.ssrc = ssrc;
    this.#buffers = Array.from({ length: BUFFERS }, () => new Uint8Array(RTP_HEADER_BYTES + FRAME_SAMPLES));
    this.#frames = this.#buffers.map((audio) => ({ audio, event: audio.subarray(0, RTP_HEADER_BYTES + 4) }));
  }

  /** The timestamp of the frame that is due now. */
  get timestamp(): number {
    return this.#timestamp;
  }

  /** The next buffer; the frame's payload begins at `RTP_HEADER_BYTES`. */
  nextBuffer(): Uint8Array {
    this.#turn = (this.#turn + 1) % BUFFERS;
    return this.#buffers[this.#turn] ?? new Uint8Array(RTP_HEADER_BYTES + FRAME_SAMPLES);
  }

  /** Finishes the audio packet in the buffer last given. */
  audio(payloadType: number): Uint8Array {
    const frame = this.#frame().audio;
    writeHeader(frame, payloadType, this.#marker, this.#sequence, this.#timestamp, this.ssrc);
    this.#marker = false;
    this.#count(FRAME_SAMPLES);
    return frame;
  }

  /** Finishes a packet of 4 payload bytes that belongs to `timestamp`, which may lie in the past (RFC 4733 section 2.2). */
  event(payloadType: number, marker: boolean, timestamp: number): Uint8Array {
    const frame = this.#frame().event;
    writeHeader(frame, payloadType, marker, this.#sequence, timestamp, this.ssrc);
    this.#count(4);
    return frame;
  }

  /** One frame of time passes; called once a tick, whether a packet was sent or not. */
  advance(): void {
    this.#timestamp = (this.#timestamp + FRAME_SAMPLES) >>> 0;
  }

  /** The next audio packet begins a talk spurt. */
  markNext(): void {
    this.#marker = true;
  }

  #frame(): { audio: Uint8Array; event: Uint8Array } {
    return this.#frames[this.#turn] ?? { audio: this.nextBuffer(), event: this.nextBuffer() };
  }

  #count(payloadBytes: number): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.packets++;
    this.octets += payloadBytes;
  }
}
