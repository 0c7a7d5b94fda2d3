import { createSocket, type Socket } from 'node:dgram';
import { decode, encode } from '../../src/media/codec/g711.ts';
import { isRtcp, newPacketView, RTP_HEADER_BYTES, readPacket, writeHeader } from '../../src/media/rtp/packet.ts';
import type { EngineEnd, GateEnd } from '../../src/media/webrtc-port.ts';
import { isOnlyTone, loudness, sine } from './tones.ts';

const FRAME = 160;
/** The stretch of sound that is judged: 400 ms at 8 kHz. */
const JUDGED = 3_200;
const WITHIN_MS = 20_000;

/** An RTP peer on loopback that stands where the RTP engine stands: says one tone, listens for another. */
export class TestEngineEnd {
  readonly end: EngineEnd;
  readonly payloadTypes = new Set<number>();
  packets = 0;
  readonly #socket: Socket;
  #heard = new Int16Array(0);
  #timer: NodeJS.Timeout | undefined;
  #waiting: (() => void)[] = [];

  private constructor(socket: Socket, ssrc: number) {
    this.#socket = socket;
    this.end = { ip: '127.0.0.1', port: socket.address().port, ssrc, payloadType: 0 };
    const view = newPacketView();
    socket.on('message', (data) => {
      if (isRtcp(data) || readPacket(data, view) !== undefined) return;
      this.packets++;
      this.payloadTypes.add(view.payloadType);
      const samples = decode(data.subarray(view.payloadStart, view.payloadEnd), 'PCMU');
      this.#heard = Int16Array.of(...this.#heard, ...samples).slice(-JUDGED);
      for (const look of this.#waiting) look();
    });
  }

  static async open(ssrc = 0x1234_5678): Promise<TestEngineEnd> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return new TestEngineEnd(socket, ssrc);
  }

  /** Says this tone from now on, a packet each 20 ms; late timers are made up for. */
  say(frequencyHz: number, to: GateEnd): void {
    clearInterval(this.#timer);
    const startedAt = performance.now();
    let sent = 0;
    this.#timer = setInterval(() => {
      const due = Math.floor((performance.now() - startedAt) / 20);
      for (; sent < due; sent++) {
        const packet = new Uint8Array(RTP_HEADER_BYTES + FRAME);
        writeHeader(packet, 0, sent === 0, sent & 0xffff, (sent * FRAME) >>> 0, this.end.ssrc);
        packet.set(encode(sine(frequencyHz, 20, { firstSample: sent * FRAME }), 'PCMU'), RTP_HEADER_BYTES);
        this.#socket.send(packet, to.port, to.ip);
      }
    }, 10);
  }

  /** Forgets what was heard: only sound from now on counts. */
  forget(): void {
    this.#heard = new Int16Array(0);
  }

  /** Resolves as soon as the last 400 ms are this tone and little else. */
  hears(frequencyHz: number): Promise<void> {
    return this.#until(`${frequencyHz} Hz`, (heard) => isOnlyTone(heard, frequencyHz));
  }

  /** Resolves as soon as packets carried 400 ms of silence. */
  hearsSilence(): Promise<void> {
    return this.#until('silence', (heard) => loudness(heard) < 50);
  }

  #until(what: string, fits: (heard: Int16Array) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(giveUp);
        this.#waiting = this.#waiting.filter((one) => one !== look);
      };
      const look = () => {
        if (this.#heard.length < JUDGED || !fits(this.#heard)) return;
        done();
        resolve();
      };
      const giveUp = setTimeout(() => {
        done();
        reject(new Error(`${what} not heard within ${WITHIN_MS} ms (${this.packets} packets came)`));
      }, WITHIN_MS);
      this.#waiting.push(look);
    });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }
}
