import { readFileSync, writeFileSync } from 'node:fs';

/** One captured UDP datagram: when (µs since 1970, as the capture has it), ports, and the first bytes of its payload. */
export interface Datagram {
  atUs: number;
  sourcePort: number;
  targetPort: number;
  payload: Buffer;
}

const ETHERNET_BYTES = 14;
const IP_BYTES = 20;
const UDP_BYTES = 8;
const MAGIC = 0xa1b2c3d4;
const LINK_ETHERNET = 1;

/** Writes datagrams as a classic capture file (microseconds, Ethernet, IPv4), which sipp can play. */
export function writePcap(file: string, datagrams: readonly Datagram[]): void {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(LINK_ETHERNET, 20);
  writeFileSync(file, Buffer.concat([header, ...datagrams.map(toRecord)]));
}

function toRecord({ atUs, sourcePort, targetPort, payload }: Datagram): Buffer {
  const udpBytes = UDP_BYTES + payload.length;
  const size = ETHERNET_BYTES + IP_BYTES + udpBytes;
  const record = Buffer.alloc(16 + size);
  record.writeUInt32LE(Math.floor(atUs / 1e6), 0);
  record.writeUInt32LE(atUs % 1e6, 4);
  record.writeUInt32LE(size, 8);
  record.writeUInt32LE(size, 12);
  record.writeUInt16BE(0x0800, 16 + 12);
  const ip = 16 + ETHERNET_BYTES;
  record[ip] = 0x45;
  record.writeUInt16BE(IP_BYTES + udpBytes, ip + 2);
  record[ip + 8] = 64;
  record[ip + 9] = 17;
  record.set([127, 0, 0, 1, 127, 0, 0, 1], ip + 12);
  const udp = ip + IP_BYTES;
  record.writeUInt16BE(sourcePort, udp);
  record.writeUInt16BE(targetPort, udp + 2);
  record.writeUInt16BE(udpBytes, udp + 4);
  payload.copy(record, udp + UDP_BYTES);
  return record;
}

/** Reads the UDP datagrams of a classic capture file written on this machine (dumpcap -P). */
export function* readPcap(file: string): Generator<Datagram> {
  const bytes = readFileSync(file);
  if (bytes.readUInt32LE(0) !== MAGIC) throw new Error(`${file} is no classic capture file in microseconds`);
  let at = 24;
  while (at + 16 <= bytes.length) {
    const atUs = bytes.readUInt32LE(at) * 1e6 + bytes.readUInt32LE(at + 4);
    const captured = bytes.readUInt32LE(at + 8);
    const ip = at + 16 + ETHERNET_BYTES;
    const end = at + 16 + captured;
    if (end > bytes.length) return;
    if (bytes.readUInt16BE(ip - 2) === 0x0800 && bytes[ip + 9] === 17) {
      const udp = ip + ((bytes[ip] ?? 0x45) & 15) * 4;
      yield {
        atUs,
        sourcePort: bytes.readUInt16BE(udp),
        targetPort: bytes.readUInt16BE(udp + 2),
        payload: bytes.subarray(udp + UDP_BYTES, end),
      };
    }
    at = end;
  }
}
