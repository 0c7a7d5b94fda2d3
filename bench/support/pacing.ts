import { readPcap } from './pcap.ts';

export interface Pacing {
  streams: number;
  packets: number;
  /** Packets missing between the first and last sequence number of their stream. */
  lost: number;
  /** Frames of 20 ms that were never sent, by the timestamps: what a listener hears as holes. */
  leftOut: number;
  /** How far the time between two packets of a stream is from 20 ms. */
  deviationMeanMs: number;
  deviationP50Ms: number;
  deviationP95Ms: number;
  deviationP99Ms: number;
  deviationP999Ms: number;
  /** How late a packet is, by its timestamp, against its stream's own first packet. */
  latenessP99Ms: number;
}

const FRAME_US = 20_000;
const FRAME_SAMPLES = 160;

/** One stream as far as it has been read; `steps` and `frames` count from its first packet. */
interface Stream {
  atUs: number;
  firstUs: number;
  sequence: number;
  timestamp: number;
  steps: number;
  frames: number;
}

/** Reads how evenly the RTP that left `fromPorts` was paced. A stream is one (source port, SSRC). */
export function readPacing(file: string, fromPorts: { min: number; max: number }): Pacing {
  const streams = new Map<string, Stream>();
  const deviations: number[] = [];
  const lateness: number[] = [];
  let packets = 0;
  for (const { atUs, sourcePort, payload } of readPcap(file)) {
    if (sourcePort < fromPorts.min || sourcePort > fromPorts.max || payload.length < 12 || !isRtp(payload)) continue;
    packets += 1;
    const key = `${sourcePort}/${payload.readUInt32BE(8)}`;
    const [sequence, timestamp] = [payload.readUInt16BE(2), payload.readUInt32BE(4)];
    const stream = streams.get(key);
    if (!stream) {
      streams.set(key, { atUs, firstUs: atUs, sequence, timestamp, steps: 0, frames: 0 });
      continue;
    }
    deviations.push(Math.abs(atUs - stream.atUs - FRAME_US) / 1_000);
    stream.atUs = atUs;
    stream.steps += ((sequence - stream.sequence + 0x18000) & 0xffff) - 0x8000;
    stream.frames += ((timestamp - stream.timestamp) | 0) / FRAME_SAMPLES;
    stream.sequence = sequence;
    stream.timestamp = timestamp;
    lateness.push((atUs - stream.firstUs - stream.frames * FRAME_US) / 1_000);
  }
  let expected = 0;
  let frames = 0;
  for (const stream of streams.values()) {
    expected += stream.steps + 1;
    frames += stream.frames + 1;
  }
  const sorted = deviations.toSorted((a, b) => a - b);
  return {
    streams: streams.size,
    packets,
    lost: expected - packets,
    leftOut: Math.round(frames - expected),
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
