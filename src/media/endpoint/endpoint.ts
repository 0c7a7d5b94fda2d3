import type { PlaySource } from '../player/source.ts';
import type { MediaFact } from '../protocol/messages.ts';
import { isRtcp } from '../rtp/packet.ts';
import { isUnspecified } from '../rtp/source-check.ts';
import type { EndpointToOpen, RemoteMedia, SpeakerRing } from '../threads/messages.ts';
import { Inlet } from './inlet.ts';
import { Outlet } from './outlet.ts';
import { Reports } from './reports.ts';
import type { LegSockets } from './sockets.ts';

/** Nothing received for this long on a leg that should be sending, in ms. */
const NO_AUDIO_AFTER_MS = 5_000;
const REPORT_EVERY_MS = 5_000;

export interface EndpointCounts {
  packetsIn: number;
  packetsOut: number;
  sendErrors: number;
  malformed: Record<string, number>;
}

export interface EndpointDeps {
  sockets: LegSockets;
  /** The shared clock. */
  now: () => number;
  /** UTC ms. */
  utc: () => number;
  /** Takes a fact with this endpoint's id. */
  tell: (fact: MediaFact) => void;
  /** The thread's counts. */
  counts: EndpointCounts;
}

/** One leg's audio: its sockets, what it says and what it hears. */
export class Endpoint {
  readonly endpointId: string;
  readonly inlet: Inlet;
  readonly outlet: Outlet;
  readonly #kind: 'rtp' | 'webrtc';
  readonly #deps: EndpointDeps;
  readonly #reports: Reports;
  #remote: RemoteMedia | undefined;
  #isQuiet = false;
  /** From when silence of the far end counts, on the shared clock. */
  #expectedFromMs: number | undefined;
  #nextReportMs: number;
  #reportedPackets = 0;
  #isClosed = false;

  constructor(open: EndpointToOpen, deps: EndpointDeps) {
    this.endpointId = open.endpointId;
    this.#kind = open.kind;
    this.#deps = deps;
    const { tell, utc, counts } = deps;
    const endpointId = open.endpointId;
    this.inlet = new Inlet(open.law, open.kind === 'webrtc', {
      digit: (digit, durationMs) => tell({ fact: 'digit', at: utc(), endpointId, digit, durationMs, via: 'rfc4733' }),
      talking: (isTalking) => tell({ fact: isTalking ? 'talking' : 'silent', at: utc(), endpointId }),
      malformed: (reason) => {
        counts.malformed[reason] = (counts.malformed[reason] ?? 0) + 1;
      },
    });
    this.outlet = new Outlet(open.ssrc, open.law, (playId, reason) =>
      tell({ fact: 'playEnded', at: utc(), endpointId, playId, reason }),
    );
    this.#reports = new Reports(`parley-${open.ssrc.toString(16)}`, this.outlet.sender, this.inlet.reception);
    this.#nextReportMs = deps.now() + REPORT_EVERY_MS;
    if (open.remote) this.setRemote(open.remote);
    this.#listen();
  }

  setRemote(remote: RemoteMedia): void {
    this.#remote = remote;
    this.inlet.setRemote(remote);
    this.outlet.setRemote(remote);
    // A browser's leg is opened long before it speaks: its silence counts from its first packet.
    if (this.#kind === 'rtp' && remote.sends) this.#expectedFromMs ??= this.#deps.now();
    if (!remote.sends) this.#expectedFromMs = undefined;
  }

  hear(speakers: SpeakerRing[]): void {
    this.outlet.hear(speakers);
  }

  play(playId: string, items: PlaySource[], loop: boolean): void {
    this.outlet.play(playId, items, loop);
  }

  /** False when the far end takes no telephone events. */
  sendDigits(digits: string, durationMs: number, gapMs: number, done: (sent: boolean) => void): boolean {
    if (this.#remote?.eventPayloadType === undefined) return false;
    this.outlet.digits.add(digits, durationMs, gapMs, done);
    return true;
  }

  /** Sends the frame due at `dueMs`. */
  tick(dueMs: number, skipped: number): void {
    const packet = this.outlet.frame(dueMs, skipped);
    const target = packet && this.inlet.source.target;
    if (!packet || !target) return;
    this.#deps.sockets.rtp.send(packet, target.port, target.ip);
    this.#deps.counts.packetsOut++;
  }

  /** To be called every 100 ms or so: lost digit ends, silence, reports. */
  check(nowMs: number): void {
    this.inlet.check(nowMs);
    this.#checkAudio(nowMs);
    if (nowMs >= this.#nextReportMs) this.#report(nowMs);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.outlet.close();
    this.inlet.close();
    const { rtp, rtcp } = this.#deps.sockets;
    this.#sendRtcp(this.#reports.goodbye(this.#deps.utc()), () => {
      rtp.close();
      rtcp?.close();
    });
  }

  #listen(): void {
    const { sockets, now, counts } = this.#deps;
    const { rtp, rtcp } = sockets;
    rtp.on('message', (data, from) => {
      if (this.#isClosed) return;
      if (isRtcp(data)) {
        this.#takeRtcp(data, from.address);
        return;
      }
      counts.packetsIn++;
      this.inlet.take(data, from.address, from.port, now());
    });
    rtcp?.on('message', (data, from) => this.#takeRtcp(data, from.address));
    for (const socket of [rtp, rtcp]) {
      socket?.on('error', () => {
        counts.sendErrors++;
      });
    }
  }

  #takeRtcp(data: Buffer, ip: string): void {
    const isKnown = ip === this.inlet.source.target?.ip || ip === this.#remote?.ip;
    if (!isKnown || !this.#reports.take(data, this.#deps.utc())) {
      this.#deps.counts.malformed['rtcp'] = (this.#deps.counts.malformed['rtcp'] ?? 0) + 1;
    }
  }

  #checkAudio(nowMs: number): void {
    const { heardAtMs } = this.inlet;
    const { tell, utc } = this.#deps;
    if (heardAtMs > 0 && this.#remote?.sends !== false) this.#expectedFromMs ??= heardAtMs;
    const from = this.#expectedFromMs;
    const quietMs = from === undefined ? 0 : nowMs - Math.max(from, heardAtMs);
    if (!this.#isQuiet && quietMs >= NO_AUDIO_AFTER_MS) {
      this.#isQuiet = true;
      tell({ fact: 'noAudio', at: utc(), endpointId: this.endpointId, quietMs: Math.round(quietMs) });
    } else if (this.#isQuiet && nowMs - heardAtMs < NO_AUDIO_AFTER_MS) {
      this.#isQuiet = false;
      tell({ fact: 'audioBack', at: utc(), endpointId: this.endpointId });
    }
  }

  #report(nowMs: number): void {
    // Not quite regular, so that the reports of many legs drift apart (RFC 3550 section 6.3.1).
    this.#nextReportMs = nowMs + REPORT_EVERY_MS * (0.9 + Math.random() * 0.2);
    const utcMs = this.#deps.utc();
    const { packet, quality } = this.#reports.interval(this.inlet.ssrc, utcMs);
    this.#sendRtcp(packet, () => {});
    if (this.inlet.packets === this.#reportedPackets) return;
    this.#reportedPackets = this.inlet.packets;
    this.#deps.tell({ fact: 'quality', at: utcMs, endpointId: this.endpointId, ...quality });
  }

  #sendRtcp(packet: Buffer, done: () => void): void {
    const remote = this.#remote;
    const target = this.inlet.source.target;
    if (!remote || !target || isUnspecified(target.ip)) {
      done();
      return;
    }
    const { rtp, rtcp } = this.#deps.sockets;
    const port = remote.rtcpMux ? target.port : remote.rtcpPort;
    (rtcp ?? rtp).send(packet, port, target.ip, done);
  }
}
