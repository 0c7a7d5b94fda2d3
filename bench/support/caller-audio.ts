import { type Datagram, writePcap } from './pcap.ts';

const FRAME_US = 20_000;
const FRAME_SAMPLES = 160;
const TELEPHONE_EVENT = 101;
/** µ-law for silence would let a server skip work; this is a quiet 400 Hz square-ish wave instead. */
const LOUD = 0xb0;
const QUIET = 0x30;

/**
 * What the benchmark's caller sends: 20 ms PCMU frames for `seconds`, and one RFC 4733 digit `digitAtMs` after the answer
 * (five growing packets, then the end packet three times), as a capture file for sipp to play.
 */
export function writeCallerAudio(file: string, seconds: number, digit: number, digitAtMs: number): void {
  const frames = Math.round((seconds * 1e6) / FRAME_US);
  const datagrams: Datagram[] = [];
  const eventFrame = Math.round((digitAtMs * 1_000) / FRAME_US);
  let sequence = 1;
  const add = (frame: number, payloadType: number, marker: boolean, timestamp: number, payload: Buffer): void => {
    const packet = Buffer.alloc(12 + payload.length);
    packet[0] = 0x80;
    packet[1] = payloadType | (marker ? 0x80 : 0);
    packet.writeUInt16BE(sequence & 0xffff, 2);
    packet.writeUInt32BE(timestamp, 4);
    packet.writeUInt32BE(0x50415231, 8);
    payload.copy(packet, 12);
    sequence += 1;
    // Three end packets share a frame: a microsecond apart keeps their order.
    datagrams.push({
      atUs: 1_000_000 + frame * FRAME_US + (sequence % 3),
      sourcePort: 6_000,
      targetPort: 6_002,
      payload: packet,
    });
  };
  for (let frame = 0; frame < frames; frame += 1) {
    const inEvent = frame - eventFrame;
    if (inEvent >= 0 && inEvent < 6) {
      const timestamp = eventFrame * FRAME_SAMPLES;
      const ends = inEvent === 5;
      for (let copy = 0; copy < (ends ? 3 : 1); copy += 1) {
        add(
          frame,
          TELEPHONE_EVENT,
          inEvent === 0,
          timestamp,
          eventPayload(digit, ends, Math.min(inEvent + 1, 5) * FRAME_SAMPLES),
        );
      }
    } else {
      add(frame, 0, frame === 0, frame * FRAME_SAMPLES, audioPayload());
    }
  }
  writePcap(file, datagrams);
}

function eventPayload(digit: number, ends: boolean, duration: number): Buffer {
  const payload = Buffer.alloc(4);
  payload[0] = digit;
  payload[1] = 10 | (ends ? 0x80 : 0);
  payload.writeUInt16BE(duration, 2);
  return payload;
}

function audioPayload(): Buffer {
  return Buffer.from(Array.from({ length: FRAME_SAMPLES }, (_, index) => (index % 20 < 10 ? LOUD : QUIET)));
}
