import type { Logger } from '../shared/logger.ts';
import type { LossReason, WebRtcOffer } from './protocol/messages.ts';

/**
 * The RTP engine's end of a browser leg: a UDP socket on loopback. The engine sends PCMU from this address with this
 * SSRC, one packet each 20 ms, from the moment `open` has told it where to, and takes PCMU from whatever address the
 * gate named in `sendTo`. RTCP is muxed onto the same port; there is no telephone-event.
 */
export interface EngineEnd {
  ip: string;
  port: number;
  ssrc: number;
  payloadType: 0;
}

/** Where the engine sends this leg's audio: the gate's plain transport. Packets from any other address are dropped. */
export interface GateEnd {
  ip: string;
  port: number;
}

/** What the gate tells the engine without being asked. */
export interface WebRtcListener {
  state(endpointId: string, state: 'connected' | 'disconnected' | 'closed'): void;
  /** The leg is gone and already cleared away inside the gate; the engine closes its end and reports it. */
  lost(endpointId: string, reason: Extract<LossReason, 'workerDied' | 'iceFailed' | 'dtlsFailed'>): void;
  /** A dead worker has a successor. */
  workerReplaced(index: number): void;
}

/**
 * Browser legs as the RTP engine sees them: each is one more RTP peer on loopback. Rejections are `ParleyError`s:
 * `media.noWorker` when no worker runs, `media.unknownEndpoint`, `media.badOrder` for parameters that cannot be used.
 */
export interface WebRtcGate {
  /** One transport each way to the browser and one plain transport to the engine. An open endpoint answers as before. */
  open(endpointId: string, engine: EngineEnd): Promise<{ offer: WebRtcOffer; sendTo: GateEnd }>;
  connect(endpointId: string, transportId: string, dtlsParameters: Record<string, unknown>): Promise<void>;
  /** From now on the microphone's packets go to the engine's end. */
  produce(endpointId: string, rtpParameters: Record<string, unknown>): Promise<{ producerId: string }>;
  consume(
    endpointId: string,
    rtpCapabilities: Record<string, unknown>,
  ): Promise<{ consumerId: string; producerId: string; rtpParameters: Record<string, unknown> }>;
  restartIce(endpointId: string, transportId: string): Promise<{ iceParameters: Record<string, unknown> }>;
  /** Closing what is closed does nothing. */
  close(endpointId: string): void;
  /** Ends the workers. */
  stop(): Promise<void>;
}

export interface WebRtcGateOptions {
  /** Address to listen on and to announce to browsers. */
  host: string;
  /** One UDP and TCP port per worker from here on; 0 picks free ones. */
  port: number;
  workers: number;
  listener: WebRtcListener;
  log: Logger;
}

/**
 * Lives in `webrtc/gate.ts` as `startWebRtcGate`. Resolves even when no worker binary exists: such a gate refuses `open` with `media.noWorker`.
 */
export type StartWebRtcGate = (options: WebRtcGateOptions) => Promise<WebRtcGate>;
