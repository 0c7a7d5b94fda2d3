import { readUint32, writeUint32 } from './packet.ts';

/** RTCP sender and receiver reports, source descriptions and goodbyes (RFC 3550 section 6), as compound packets. */

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const GOODBYE = 203;
const CNAME = 1;

/** Seconds from 1900, where NTP time begins, to 1970. */
const NTP_UNIX_OFFSET_S = 2_208_988_800;

/** What one side says about the stream it hears (section 6.4.1). */
export interface ReportBlock {
  ssrc: number;
  /** Loss since the last report, 0 to 255 of 256. */
  fractionLost: number;
  cumulativeLost: number;
  highestSequence: number;
  /** In timestamp units. */
  jitter: number;
  /** Middle 32 bits of the NTP time of the last sender report heard, 0 when none. */
  lastSenderReport: number;
  /** Time since then, in 1/65536 s. */
  delaySinceLastSenderReport: number;
}

export interface SenderInfo {
  /** UTC ms. */
  atMs: number;
  rtpTimestamp: number;
  packets: number;
  octets: number;
}

export interface RtcpReport {
  ssrc: number;
  /** Middle 32 bits of the NTP time in a sender report. */
  senderReportNtp: number | undefined;
  blocks: ReportBlock[];
  goodbye: boolean;
}

/** The middle 32 bits of the NTP time, as reports carry it. */
export function compactNtp(atMs: number): number {
  const seconds = Math.floor(atMs / 1000);
  const fraction = Math.floor(((atMs - seconds * 1000) / 1000) * 65_536);
  return ((((seconds + NTP_UNIX_OFFSET_S) & 0xffff) << 16) | fraction) >>> 0;
}

export interface CompoundToWrite {
  ssrc: number;
  cname: string;
  sender?: SenderInfo | undefined;
  block?: ReportBlock | undefined;
  goodbye?: boolean | undefined;
}

/** One compound packet: a report, the source description, and a goodbye when asked for. */
export function writeCompound(report: CompoundToWrite): Buffer {
  const cname = Buffer.from(report.cname, 'utf8').subarray(0, 255);
  const parts = [reportPacket(report), descriptionPacket(report.ssrc, cname)];
  if (report.goodbye) {
    const bye = header(GOODBYE, 1, 4);
    writeUint32(bye, 4, report.ssrc);
    parts.push(bye);
  }
  return Buffer.concat(parts);
}

function header(type: number, count: number, bodyBytes: number): Buffer {
  const packet = Buffer.alloc(4 + bodyBytes);
  packet[0] = 0x80 | count;
  packet[1] = type;
  packet.writeUInt16BE(bodyBytes / 4, 2);
  return packet;
}

function reportPacket({ ssrc, sender, block }: CompoundToWrite): Buffer {
  const packet = header(
    sender ? SENDER_REPORT : RECEIVER_REPORT,
    block ? 1 : 0,
    4 + (sender ? 20 : 0) + (block ? 24 : 0),
  );
  writeUint32(packet, 4, ssrc);
  let at = 8;
  if (sender) {
    const seconds = Math.floor(sender.atMs / 1000);
    writeUint32(packet, at, seconds + NTP_UNIX_OFFSET_S);
    writeUint32(packet, at + 4, Math.floor(((sender.atMs - seconds * 1000) / 1000) * 4_294_967_296));
    writeUint32(packet, at + 8, sender.rtpTimestamp);
    writeUint32(packet, at + 12, sender.packets);
    writeUint32(packet, at + 16, sender.octets);
    at += 20;
  }
  if (block) {
    writeUint32(packet, at, block.ssrc);
    writeUint32(packet, at + 4, ((block.fractionLost & 0xff) << 24) | (clampLost(block.cumulativeLost) & 0xffffff));
    writeUint32(packet, at + 8, block.highestSequence);
    writeUint32(packet, at + 12, block.jitter);
    writeUint32(packet, at + 16, block.lastSenderReport);
    writeUint32(packet, at + 20, block.delaySinceLastSenderReport);
  }
  return packet;
}

/** The count is 24 bits with a sign; duplicates can make it negative. */
function clampLost(lost: number): number {
  return Math.max(-0x800000, Math.min(0x7fffff, lost));
}

function descriptionPacket(ssrc: number, cname: Buffer): Buffer {
  const itemBytes = 2 + cname.length + 1;
  const packet = header(SOURCE_DESCRIPTION, 1, 4 + Math.ceil(itemBytes / 4) * 4);
  writeUint32(packet, 4, ssrc);
  packet[8] = CNAME;
  packet[9] = cname.length;
  cname.copy(packet, 10);
  return packet;
}

/** Reads a compound packet; undefined when it is not one (appendix A.2). Kinds we have no use for are skipped. */
export function readCompound(data: Buffer): RtcpReport | undefined {
  const firstType = data[1];
  if (data.length < 8 || (firstType !== SENDER_REPORT && firstType !== RECEIVER_REPORT)) return undefined;
  const report: RtcpReport = { ssrc: readUint32(data, 4), senderReportNtp: undefined, blocks: [], goodbye: false };
  let at = 0;
  while (at + 4 <= data.length) {
    const first = data[at] ?? 0;
    const length = (data.readUInt16BE(at + 2) + 1) * 4;
    if (first >> 6 !== 2 || at + length > data.length) return undefined;
    readPart(data.subarray(at, at + length), first & 0x1f, report);
    at += length;
  }
  return at === data.length ? report : undefined;
}

function readPart(part: Buffer, count: number, report: RtcpReport): void {
  const type = part[1];
  if (type === GOODBYE) report.goodbye = true;
  if (type !== SENDER_REPORT && type !== RECEIVER_REPORT) return;
  let at = 8;
  if (type === SENDER_REPORT) {
    if (part.length < 28) return;
    report.senderReportNtp = readUint32(part, 10);
    at = 28;
  }
  for (let i = 0; i < count && at + 24 <= part.length; i++, at += 24) {
    report.blocks.push({
      ssrc: readUint32(part, at),
      fractionLost: part[at + 4] ?? 0,
      cumulativeLost: part.readIntBE(at + 5, 3),
      highestSequence: readUint32(part, at + 8),
      jitter: readUint32(part, at + 12),
      lastSenderReport: readUint32(part, at + 16),
      delaySinceLastSenderReport: readUint32(part, at + 20),
    });
  }
}
