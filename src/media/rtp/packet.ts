/** RTP packets (RFC 3550 section 5.1), read and written in place. */

export const RTP_HEADER_BYTES = 12;

/** A packet's fields; one view is reused for every packet of a socket. */
export interface PacketView {
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  /** Where the payload lies in the datagram. */
  payloadStart: number;
  payloadEnd: number;
}

export function newPacketView(): PacketView {
  return { payloadType: 0, marker: false, sequence: 0, timestamp: 0, ssrc: 0, payloadStart: 0, payloadEnd: 0 };
}

/** Why a datagram is no RTP packet of ours. */
export type Malformed = 'short' | 'version' | 'extension' | 'padding';

/** Reads a datagram into `view`; the answer is undefined when it is well formed. */
export function readPacket(data: Uint8Array, view: PacketView): Malformed | undefined {
  const length = data.length;
  if (length < RTP_HEADER_BYTES) return 'short';
  const first = byte(data, 0);
  if (first >> 6 !== 2) return 'version';
  let start = RTP_HEADER_BYTES + (first & 0x0f) * 4;
  if (start > length) return 'short';
  if (first & 0x10) {
    if (start + 4 > length) return 'extension';
    start += 4 + ((byte(data, start + 2) << 8) | byte(data, start + 3)) * 4;
    if (start > length) return 'extension';
  }
  let end = length;
  if (first & 0x20) {
    const padding = byte(data, length - 1);
    if (padding === 0 || start + padding > length) return 'padding';
    end = length - padding;
  }
  const second = byte(data, 1);
  view.payloadType = second & 0x7f;
  view.marker = second >= 0x80;
  view.sequence = (byte(data, 2) << 8) | byte(data, 3);
  view.timestamp = readUint32(data, 4);
  view.ssrc = readUint32(data, 8);
  view.payloadStart = start;
  view.payloadEnd = end;
  return undefined;
}

/** Writes a plain 12-byte header. */
export function writeHeader(
  out: Uint8Array,
  payloadType: number,
  marker: boolean,
  sequence: number,
  timestamp: number,
  ssrc: number,
): void {
  out[0] = 0x80;
  out[1] = (marker ? 0x80 : 0) | payloadType;
  out[2] = sequence >>> 8;
  out[3] = sequence;
  writeUint32(out, 4, timestamp);
  writeUint32(out, 8, ssrc);
}

/** With RTP and RTCP on one port, the second byte tells them apart (RFC 5761 section 4). */
export function isRtcp(data: Uint8Array): boolean {
  const type = data[1] ?? 0;
  return type >= 192 && type <= 223;
}

export function readUint32(data: Uint8Array, at: number): number {
  return ((byte(data, at) << 24) | (byte(data, at + 1) << 16) | (byte(data, at + 2) << 8) | byte(data, at + 3)) >>> 0;
}

export function writeUint32(out: Uint8Array, at: number, value: number): void {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
}

function byte(data: Uint8Array, at: number): number {
  return data[at] ?? 0;
}
