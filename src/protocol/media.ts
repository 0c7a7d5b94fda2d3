import { z } from 'zod';

/** What a browser asks to set up and keep its audio; the same for the desk and for the phone page. */
const json = z.record(z.string(), z.unknown());
const transportId = z.string().min(1).max(100);

export const mediaAsks = [
  /** → `WebRtcOffer` */
  z.strictObject({ ask: z.literal('media.open') }),
  /** → `{}` */
  z.strictObject({ ask: z.literal('media.connect'), transportId, dtlsParameters: json }),
  /** → `{ producerId }` */
  z.strictObject({ ask: z.literal('media.produce'), rtpParameters: json }),
  /** → `{ consumerId, producerId, rtpParameters }` */
  z.strictObject({ ask: z.literal('media.consume'), rtpCapabilities: json }),
  /** → `{ iceParameters }` */
  z.strictObject({ ask: z.literal('media.restartIce'), transportId }),
] as const;

export interface WebRtcTransportOffer {
  id: string;
  iceParameters: Record<string, unknown>;
  iceCandidates: Record<string, unknown>[];
  dtlsParameters: Record<string, unknown>;
}

export interface WebRtcOffer {
  routerRtpCapabilities: Record<string, unknown>;
  send: WebRtcTransportOffer;
  receive: WebRtcTransportOffer;
}
