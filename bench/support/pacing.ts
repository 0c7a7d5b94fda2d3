import { readPcap } from './pcap.ts';

export interface Pacing {
  streams: number;
  packets: number;
  /** Packets missing between the first and last sequence number of their stream. */
  lost: number;
  /** How far the time between two packets of a stream is from 20 ms. */
  deviationMeanMs: number;
  deviationP50Ms: number;
  deviationP95Ms: number;
  deviationP99Ms: number;
  deviationP999Ms: number;
  /** How late a packet is against its stream's own first packet. */
  latenessP99Ms: number;
}

const FRAME_US = 20_000;

/** Reads how evenly the RTP that left `fromPorts` was paced. A stream is one (source port, SSRC). */
export function readPacing(file: string, fromPorts: { min: number; max: number }): Pacing {
  const streams = new Map<
    string,
    { atUs: number; sequence: number; firstUs: number; firstSequence: number; seen: number }
  >();
  const deviations: number[] = [];
  const lateness: number[] = [];
  let packets = 0;
  for (const { atUs, sourcePort, payload } of readPcap(file)) {
    if (sourcePort < fromPorts.min || sourcePort > fromPorts.max || payload.length < 12 || !isRtp(payload)) continue;
    packets += 1;
    const key = `${sourcePort}/${payload.readUInt32BE(8)}`;
    const sequence = payload.readUInt16BE(2);
    const stream = streams.get(key);
    if (!stream) {
      streams.set(key, { atUs, sequence, firstUs: atUs, firstSequence: sequence, seen: 1 });
      continue;
    }
    const unrolled = stream.sequence + (((sequence - stream.sequence + 0x18000) & 0xffff) - 0x8000);
    deviations.push(Math.abs(atUs - stream.atUs - FRAME_US) / 1_000);
    lateness.push((atUs - stream.firstUs - (unrolled - stream.firstSequence) * FRAME_US) / 1_000);
    stream.atUs = atUs;
    stream.sequence = unrolled;
    stream.seen += 1;
  }
  let expected = 0;
  for (const stream of streams.values()) expected += stream.sequence - stream.firstSequence + 1;
  const sorted = deviations.toSorted((a, b) => a - b);
  return {
    streams: streams.size,
    packets,
    lost: expected - packets,
    deviationMeanMs: sorted.reduce((sum, value) => sum + value, 0) / Math.max(1, sorted.length),
    deviationP50Ms: quantile(sorted, 0.5),
    deviationP95Ms: quantile(sorted, 0.95),
    deviationP99Ms: quantile(sorted, 0.99),
    deviationP999Ms: quantile(sorted, 0.999),
    latenessP99Ms: quantile(
      lateness.toSorted((a, b) => a - b),
      0.99,
    ),
  };
}

/** RTP version 2, and no RTCP packet type (RFC 5761 section 4). */
function isRtp(payload: Buffer): boolean {
  const type = (payload[1] ?? 0) & 0x7f;
  return (payload[0] ?? 0) >> 6 === 2 && (type < 64 || type > 95);
}

export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
