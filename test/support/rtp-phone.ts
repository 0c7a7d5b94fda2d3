import { createSocket, type Socket } from 'node:dgram';
import type { Law } from '../../src/media/codec/g711.ts';
import { fromLaw, sine, toLaw } from './tones.ts';

/**
 * A bare RTP phone for tests: it offers, sends a tone or silence every 20 ms, sends digits, and keeps all it hears on
 * the sender's own timeline. It knows nothing of our engine's code beyond the G.711 tables.
 */

const FRAME = 160;

export interface HeardPacket {
  sequence: number;
  timestamp: number;
  ssrc: number;
  marker: boolean;
  payloadType: number;
  payload: Buffer;
  atMs: number;
}

interface PressedKey {
  digit: number;
  frame: number;
  frames: number;
  timestamp: number;
  done: () => void;
}

export interface RtpPhoneOptions {
  law?: Law;
  /** Payload number of telephone-event, or none. */
  eventPayloadType?: number | undefined;
  host?: string;
  /** Takes RTCP on the RTP port. */
  rtcpMux?: boolean;
}

export class RtpPhone {
  readonly law: Law;
  readonly eventPayloadType: number | undefined;
  readonly heard: HeardPacket[] = [];
  readonly rtcpHeard: Buffer[] = [];
  readonly host: string;
  readonly #rtcpMux: boolean;
  readonly port: number;
  ssrc = Math.floor(Math.random() * 0xffffffff);
  /** What the phone says: a frequency, or silence. */
  toneHz: number | undefined;
  amplitude = 8_000;
  readonly #socket: Socket;
  #target: { ip: string; port: number } | undefined;
  #sequence = Math.floor(Math.random() * 65_536);
  #timestamp = Math.floor(Math.random() * 0xffffffff);
  #sample = 0;
  #timer: NodeJS.Timeout | undefined;
  #startedAtMs = 0;
  #frames = 0;
  #event: PressedKey | undefined;
  #waiters: { isMet: () => boolean; resolve: () => void }[] = [];

  private constructor(socket: Socket, options: RtpPhoneOptions) {
    this.#socket = socket;
    this.law = options.law ?? 'PCMU';
    this.eventPayloadType = 'eventPayloadType' in options ? options.eventPayloadType : 101;
    this.host = options.host ?? '127.0.0.1';
    this.#rtcpMux = options.rtcpMux ?? false;
    this.port = socket.address().port;
    socket.on('message', (data) => this.#take(data));
  }

  static async open(options: RtpPhoneOptions = {}): Promise<RtpPhone> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, options.host ?? '127.0.0.1', resolve));
    return new RtpPhone(socket, options);
  }

  /** The phone's session description, as offer or answer. */
  sdp(direction = 'sendrecv', version = 1): string {
    const number = this.law === 'PCMU' ? 0 : 8;
    const events = this.eventPayloadType;
    return [
      'v=0',
      `o=phone 1 ${version} IN IP4 ${this.host}`,
      's=-',
      `c=IN IP4 ${this.host}`,
      't=0 0',
      `m=audio ${this.port} RTP/AVP ${number}${events === undefined ? '' : ` ${events}`}`,
      `a=rtpmap:${number} ${this.law}/8000`,
      ...(events === undefined ? [] : [`a=rtpmap:${events} telephone-event/8000`]),
      'a=ptime:20',
      ...(this.#rtcpMux ? ['a=rtcp-mux'] : []),
      `a=${direction}`,
      '',
    ].join('\r\n');
  }

  /** Takes the other side's description and begins to send, silence unless `toneHz` is set. */
  start(sdp: string): void {
    const ip = /c=IN IP4 (\S+)/.exec(sdp)?.[1] ?? this.host;
    const port = Number(/m=audio (\d+)/.exec(sdp)?.[1]);
    this.#target = { ip, port };
    if (this.#timer) return;
    this.#startedAtMs = performance.now();
    this.#tick();
  }

  /** Stops sending; hears on. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  close(): void {
    this.stop();
    this.#socket.close();
    for (const { resolve } of this.#waiters.splice(0)) resolve();
  }

  /** Sends any datagram to the other side's RTP port (plus `portOffset`). */
  sendRaw(data: Uint8Array, portOffset = 0): void {
    const target = this.#target;
    if (target) this.#socket.send(data, target.port + portOffset, target.ip);
  }

  /** Presses a key; resolves when its end packets are out. */
  press(digit: string, durationMs = 120): Promise<void> {
    return new Promise((done) => {
      const number = '0123456789*#ABCD'.indexOf(digit);
      this.#event = { digit: number, frame: 0, frames: Math.round(durationMs / 20), timestamp: this.#timestamp, done };
    });
  }

  /** Resolves once `isMet` holds, looked at with every packet heard. */
  until(isMet: () => boolean): Promise<void> {
    if (isMet()) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ isMet, resolve }));
  }

  /** Forgets what was heard and resolves when `ms` of new audio have been. */
  async hear(ms: number): Promise<Int16Array> {
    this.heard.length = 0;
    await this.until(() => this.audio().length >= ms * 8);
    return this.audio().subarray(0, ms * 8);
  }

  /** The audio heard so far, laid out by its timestamps; holes are zeros. */
  audio(): Int16Array {
    const packets = this.heard.filter(({ payloadType }) => payloadType === 0 || payloadType === 8);
    const first = packets[0];
    const last = packets.at(-1);
    if (!first || !last) return new Int16Array(0);
    const out = new Int16Array(((last.timestamp - first.timestamp) >>> 0) + last.payload.length);
    for (const { timestamp, payload, payloadType } of packets) {
      out.set(fromLaw(payload, payloadType === 0 ? 'PCMU' : 'PCMA'), (timestamp - first.timestamp) >>> 0);
    }
    return out;
  }

  /** The audio payloads in the order of their sequence numbers, end to end, whatever the timestamps say. */
  payloads(): Int16Array {
    const packets = this.heard.filter(({ payloadType }) => payloadType === 0 || payloadType === 8);
    const first = packets[0]?.sequence ?? 0;
    packets.sort((a, b) => ((a.sequence - first) & 0xffff) - ((b.sequence - first) & 0xffff));
    return Int16Array.from(packets.flatMap(({ payload }) => [...fromLaw(payload, this.law)]));
  }

  #take(data: Buffer): void {
    const type = data[1] ?? 0;
    if (type >= 192 && type <= 223) {
      this.rtcpHeard.push(data);
    } else {
      this.heard.push({
        marker: type >= 128,
        payloadType: type & 0x7f,
        sequence: data.readUInt16BE(2),
        timestamp: data.readUInt32BE(4),
        ssrc: data.readUInt32BE(8),
        payload: data.subarray(12),
        atMs: performance.now(),
      });
    }
    this.#waiters = this.#waiters.filter(({ isMet, resolve }) => {
      if (!isMet()) return true;
      resolve();
      return false;
    });
  }

  #tick(): void {
    const due = this.#startedAtMs + this.#frames * 20;
    const behind = performance.now() - due;
    if (behind >= 0) {
      this.#frame();
      this.#frames++;
    }
    this.#timer = setTimeout(
      () => this.#tick(),
      Math.max(0, this.#startedAtMs + this.#frames * 20 - performance.now()),
    );
  }

  #frame(): void {
    const event = this.#event;
    if (event && this.eventPayloadType !== undefined) this.#sendEvent(event, this.eventPayloadType);
    else {
      const tone = this.toneHz;
      const voice = { amplitude: this.amplitude, firstSample: this.#sample };
      const samples = tone === undefined ? new Int16Array(FRAME) : sine(tone, 20, voice);
      this.#sample += FRAME;
      this.#send(this.law === 'PCMU' ? 0 : 8, false, this.#timestamp, toLaw(samples, this.law));
    }
    this.#timestamp = (this.#timestamp + FRAME) >>> 0;
  }

  #sendEvent(event: PressedKey, payloadType: number): void {
    if (event.frame === 0) event.timestamp = this.#timestamp;
    event.frame++;
    const isEnd = event.frame >= event.frames;
    const payload = Buffer.from([event.digit, (isEnd ? 0x80 : 0) | 10, 0, 0]);
    payload.writeUInt16BE(event.frame * FRAME, 2);
    for (let i = 0; i < (isEnd ? 3 : 1); i++) this.#send(payloadType, event.frame === 1, event.timestamp, payload);
    if (!isEnd) return;
    this.#event = undefined;
    event.done();
  }

  #send(payloadType: number, marker: boolean, timestamp: number, payload: Uint8Array): void {
    const header = Buffer.alloc(12);
    header[0] = 0x80;
    header[1] = (marker ? 0x80 : 0) | payloadType;
    header.writeUInt16BE(this.#sequence, 2);
    header.writeUInt32BE(timestamp, 4);
    header.writeUInt32BE(this.ssrc, 8);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.sendRaw(Buffer.concat([header, payload]));
  }
}
