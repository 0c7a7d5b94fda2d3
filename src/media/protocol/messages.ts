import { z } from 'zod';

/**
 * The media protocol: the app gives orders, the media program answers each one and reports facts.
 * On the wire: one JSON object a line over TCP (`hello` with the secret first). Ids are made by the app, and an order is
 * idempotent by its ids: opening an open endpoint, starting a running recording or closing what is closed answers as before.
 */

const id = z.string().min(1).max(100);

/** One thing to hear. A prompt is named by the SHA-256 of its audio; the file is `<promptDir>/<sha256>.wav`, mono 16-bit 8 kHz. */
export const playItem = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('prompt'), hash: z.string().regex(/^[0-9a-f]{64}$/) }),
  /** One or two summed sine waves, each at half of `levelDbov` amplitude budget; `levelDbov` is the level of the sum's peak, at most 0. */
  z.strictObject({
    type: z.literal('tone'),
    frequenciesHz: z.array(z.number().min(50).max(3900)).min(1).max(2),
    durationMs: z.number().int().min(20).max(600_000),
    levelDbov: z.number().min(-60).max(0).default(-12),
  }),
  z.strictObject({ type: z.literal('silence'), durationMs: z.number().int().min(20).max(600_000) }),
]);
export type PlayItem = z.infer<typeof playItem>;

const json = z.record(z.string(), z.unknown());

/** `listener: [speakers]`. An endpoint in no table hears only what is played to it. */
const hears = z.record(id, z.array(id).max(50));

export const mediaOrder = z.discriminatedUnion('order', [
  /** First on every connection. `client` names the app's process, so that its end is noticed and its return recognised. */
  z.strictObject({ order: z.literal('hello'), secret: z.string(), client: id }),
  /** All that is open, for an app that comes back: → `Inventory`. */
  z.strictObject({ order: z.literal('inventory') }),

  /** A carrier leg that offered: → `{ sdp }`, the answer. Fails: sdp.invalid, media.noCommonCodec, media.noPorts, media.noWorker. */
  z.strictObject({
    order: z.literal('endpoint.openRtp'),
    endpointId: id,
    callId: id.optional(),
    offer: z.string().max(65_536),
  }),
  /** A carrier leg that we call, or that called without an offer: → `{ sdp }`, our offer; the far answer follows in `endpoint.setRemote`. */
  z.strictObject({ order: z.literal('endpoint.offerRtp'), endpointId: id, callId: id.optional() }),
  /** The far side's answer to our offer: → `{}`. Fails: sdp.invalid, media.noCommonCodec; the leg is then as it was. */
  z.strictObject({ order: z.literal('endpoint.setRemote'), endpointId: id, answer: z.string().max(65_536) }),
  /** A new offer inside the call (re-INVITE, UPDATE): → `{ sdp }`. The stream's SSRC and timeline go on; hold directions are honoured. */
  z.strictObject({ order: z.literal('endpoint.reoffer'), endpointId: id, offer: z.string().max(65_536) }),
  /** The far side asks for an offer inside the call (re-INVITE without SDP): → `{ sdp }`; the leg stays as it is until `endpoint.setRemote`. */
  z.strictObject({ order: z.literal('endpoint.offerAgain'), endpointId: id }),

  /** A browser leg: → `WebRtcOffer`. It stays open while the agent is logged in. */
  z.strictObject({ order: z.literal('endpoint.openWebRtc'), endpointId: id }),
  /** `transportId`: one of the two of `WebRtcOffer`. */
  z.strictObject({ order: z.literal('endpoint.connectWebRtc'), endpointId: id, transportId: id, dtlsParameters: json }),
  /** The microphone: → `{ producerId }`. */
  z.strictObject({ order: z.literal('endpoint.produce'), endpointId: id, rtpParameters: json }),
  /** The loudspeaker: → `{ consumerId, producerId, rtpParameters }`. */
  z.strictObject({ order: z.literal('endpoint.consume'), endpointId: id, rtpCapabilities: json }),
  /** After the browser changed networks: → `{ iceParameters }`. */
  z.strictObject({ order: z.literal('endpoint.restartIce'), endpointId: id, transportId: id }),

  z.strictObject({ order: z.literal('endpoint.close'), endpointId: id }),

  /** Plays to this endpoint instead of what it would hear from its table; a running play of the endpoint is replaced. → `{}` at once; the end is a fact. */
  z.strictObject({
    order: z.literal('endpoint.play'),
    endpointId: id,
    playId: id,
    items: z.array(playItem).min(1).max(200),
    loop: z.boolean().default(false),
  }),
  /** Stops the play if `playId` is the one running (or any, when left out). */
  z.strictObject({ order: z.literal('endpoint.stopPlay'), endpointId: id, playId: id.optional() }),
  /** RFC 4733 digits towards a carrier leg: → `{}` when the last has been sent. */
  z.strictObject({
    order: z.literal('endpoint.sendDigits'),
    endpointId: id,
    digits: z.string().regex(/^[0-9*#A-D]{1,50}$/),
    durationMs: z.number().int().min(40).max(2_000).default(160),
    gapMs: z.number().int().min(40).max(2_000).default(80),
  }),
  /** Digits of this endpoint reach no fact, no recording and no listener while on (secure collect keeps them from everyone but the app). */
  z.strictObject({ order: z.literal('endpoint.setSecure'), endpointId: id, on: z.boolean() }),

  /** Replaces the whole table of this bridge, in one tick. Talk, hold, mute, conference, listen-in and whisper are all tables. */
  z.strictObject({ order: z.literal('bridge.set'), bridgeId: id, callId: id.optional(), hears }),
  z.strictObject({ order: z.literal('bridge.close'), bridgeId: id }),

  /** Left channel: what `left` says; right: the sum of what each of `right` says. `channels: 1` writes `left` alone (voicemail). → `{}` once writing has begun. */
  z.strictObject({
    order: z.literal('record.start'),
    recordingId: id,
    callId: id.optional(),
    /** Path below the recordings folder, such as `2026/11/23/rec-….wav`. */
    file: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_./-]{0,250}\.wav$/)
      .refine((path) => !path.includes('..'), 'no ..'),
    left: id,
    right: z.array(id).max(20),
    channels: z.union([z.literal(1), z.literal(2)]).default(2),
  }),
  /** Who is on the right from now on (transfer, conference). */
  z.strictObject({ order: z.literal('record.setRight'), recordingId: id, right: z.array(id).max(20) }),
  z.strictObject({ order: z.literal('record.pause'), recordingId: id }),
  z.strictObject({ order: z.literal('record.resume'), recordingId: id }),
  /** → `{}` at once; the fact `recordingClosed` tells when the file is whole on disk. */
  z.strictObject({ order: z.literal('record.stop'), recordingId: id }),
]);

/** An order with its defaults filled in. */
export type MediaOrder = z.output<typeof mediaOrder>;
/** An order as the app writes it. */
export type MediaOrderInput = z.input<typeof mediaOrder>;

/** App → media. `id` pairs the answer with the order. */
export type OrderFrame = { id: number } & MediaOrderInput;

export type MediaAnswer =
  | { re: number; ok: true; result: Record<string, unknown> }
  /** `code` is one of `FAILURES` in shared/errors. */
  | { re: number; ok: false; code: string; text: string };

export interface WebRtcOffer {
  routerRtpCapabilities: Record<string, unknown>;
  /** The parameters of mediasoup-client's `createSendTransport`/`createRecvTransport`: one transport each way. */
  send: WebRtcTransportOffer;
  receive: WebRtcTransportOffer;
}

export interface WebRtcTransportOffer {
  id: string;
  iceParameters: Record<string, unknown>;
  iceCandidates: Record<string, unknown>[];
  dtlsParameters: Record<string, unknown>;
}

export interface Inventory {
  endpoints: { endpointId: string; kind: 'rtp' | 'webrtc'; callId?: string }[];
  bridges: { bridgeId: string; callId?: string; hears: Record<string, string[]> }[];
  recordings: { recordingId: string; callId?: string; file: string; state: 'running' | 'paused' }[];
}

/** Why something in the media program ended without an order. */
export type LossReason = 'workerDied' | 'threadDied' | 'iceFailed' | 'dtlsFailed';

/** Media → app, to every connected app. `at` is UTC ms. */
export type MediaFact =
  | { fact: 'digit'; at: number; endpointId: string; digit: string; durationMs: number; via: 'rfc4733' }
  | {
      fact: 'playEnded';
      at: number;
      endpointId: string;
      playId: string;
      reason: 'finished' | 'stopped' | 'replaced' | 'closed' | 'missingPrompt';
    }
  | { fact: 'talking' | 'silent'; at: number; endpointId: string }
  /** Each 5 s while packets flow. Loss 0 to 1; times in ms; `mos` 1 to 4.5 by the E-model's shortened form (ITU-T G.107). */
  | {
      fact: 'quality';
      at: number;
      endpointId: string;
      received: number;
      lost: number;
      lossRate: number;
      jitterMs: number;
      roundTripMs?: number;
      farLossRate?: number;
      mos: number;
    }
  /** Nothing received on a leg that should be sending: after `quietMs`, once; and `audioBack` when it returns. */
  | { fact: 'noAudio'; at: number; endpointId: string; quietMs: number }
  | { fact: 'audioBack'; at: number; endpointId: string }
  | { fact: 'webrtcState'; at: number; endpointId: string; state: 'connected' | 'disconnected' | 'closed' }
  | { fact: 'endpointLost'; at: number; endpointId: string; reason: LossReason }
  | {
      fact: 'recordingClosed';
      at: number;
      recordingId: string;
      callId?: string;
      file: string;
      sha256: string;
      bytes: number;
      durationMs: number;
      /** Stretches in which a channel was filled with silence because nothing arrived or the recording was paused. */
      gaps: { channel: 'left' | 'right' | 'both'; fromMs: number; toMs: number; reason: 'lost' | 'paused' }[];
      reason: 'stopped' | 'endpointClosed' | 'diskFull' | 'writeFailed';
    }
  | { fact: 'workerReplaced'; at: number; worker: 'mediasoup' | 'thread'; index: number };
