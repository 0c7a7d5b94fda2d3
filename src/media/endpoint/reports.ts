import { meanOpinionScore } from '../quality/mos.ts';
import type { Reception } from '../rtp/reception.ts';
import { compactNtp, type ReportBlock, readCompound, type SenderInfo, writeCompound } from '../rtp/rtcp.ts';
import type { RtpSender } from '../rtp/sender.ts';

/** The reports of one leg: RTCP out and in, and the quality figures drawn from both. */

/** One-way delay inside this program and the far end's buffer that no report tells, in ms. */
const BUFFER_DELAY_MS = 60;

export interface QualityFigures {
  received: number;
  lost: number;
  lossRate: number;
  jitterMs: number;
  roundTripMs?: number;
  farLossRate?: number;
  mos: number;
}

export class Reports {
  readonly #cname: string;
  readonly #sender: RtpSender;
  readonly #reception: Reception;
  #lastSenderReport = 0;
  #lastSenderReportAtMs = 0;
  #roundTripMs: number | undefined;
  #farLossRate: number | undefined;

  constructor(cname: string, sender: RtpSender, reception: Reception) {
    this.#cname = cname;
    this.#sender = sender;
    this.#reception = reception;
  }

  /** Times in UTC ms. Datagrams that are no RTCP are ignored. */
  take(data: Buffer, utcMs: number): boolean {
    const report = readCompound(data);
    if (!report) return false;
    if (report.senderReportNtp !== undefined) {
      this.#lastSenderReport = report.senderReportNtp;
      this.#lastSenderReportAtMs = utcMs;
    }
    for (const block of report.blocks) if (block.ssrc === this.#sender.ssrc) this.#learn(block, utcMs);
    return true;
  }

  /** Round trip: now - last sender report - the time the far end held it (RFC 3550 section 6.4.1). */
  #learn(block: ReportBlock, utcMs: number): void {
    this.#farLossRate = block.fractionLost / 256;
    if (block.lastSenderReport === 0) return;
    const units = (compactNtp(utcMs) - block.lastSenderReport - block.delaySinceLastSenderReport) | 0;
    const ms = (units / 65_536) * 1_000;
    if (ms >= 0 && ms < 10_000) this.#roundTripMs = ms;
  }

  /** The interval's figures and the compound packet that reports it. `heardSsrc` 0: nothing was ever heard. */
  interval(heardSsrc: number, utcMs: number): { packet: Buffer; quality: QualityFigures } {
    const { received, expected } = this.#reception.takeInterval();
    const lost = Math.max(0, expected - received);
    const lossRate = expected > 0 ? lost / expected : 0;
    const jitterMs = this.#reception.jitter / 8;
    const quality: QualityFigures = {
      received,
      lost,
      lossRate: round(lossRate, 4),
      jitterMs: round(jitterMs, 2),
      mos: round(meanOpinionScore((this.#roundTripMs ?? 0) / 2 + BUFFER_DELAY_MS + 2 * jitterMs, lossRate), 2),
    };
    if (this.#roundTripMs !== undefined) quality.roundTripMs = round(this.#roundTripMs, 1);
    if (this.#farLossRate !== undefined) quality.farLossRate = round(this.#farLossRate, 4);
    const block = heardSsrc === 0 ? undefined : this.#block(heardSsrc, lossRate, utcMs);
    return { packet: this.#write(utcMs, block, false), quality };
  }

  /** The last packet of the leg. */
  goodbye(utcMs: number): Buffer {
    return this.#write(utcMs, undefined, true);
  }

  #block(ssrc: number, lossRate: number, utcMs: number): ReportBlock {
    const since =
      this.#lastSenderReport === 0 ? 0 : Math.round(((utcMs - this.#lastSenderReportAtMs) / 1_000) * 65_536);
    return {
      ssrc,
      fractionLost: Math.min(255, Math.floor(lossRate * 256)),
      cumulativeLost: this.#reception.lost,
      highestSequence: this.#reception.extendedHighest,
      jitter: Math.round(this.#reception.jitter),
      lastSenderReport: this.#lastSenderReport,
      delaySinceLastSenderReport: since,
    };
  }

  #write(utcMs: number, block: ReportBlock | undefined, goodbye: boolean): Buffer {
    const { ssrc, packets, octets, timestamp } = this.#sender;
    const sender: SenderInfo | undefined =
      packets === 0 ? undefined : { atMs: utcMs, rtpTimestamp: timestamp, packets, octets: octets >>> 0 };
    return writeCompound({ ssrc, cname: this.#cname, sender, block, goodbye });
  }
}

function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}
