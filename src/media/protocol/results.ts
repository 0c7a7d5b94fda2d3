import type { Inventory, MediaOrderInput, WebRtcOffer } from './messages.ts';

/** What each order of the media protocol is answered with. */
interface Results {
  inventory: Inventory;
  'endpoint.openRtp': { sdp: string };
  'endpoint.offerRtp': { sdp: string };
  'endpoint.reoffer': { sdp: string };
  'endpoint.offerAgain': { sdp: string };
  'endpoint.openWebRtc': WebRtcOffer;
  'endpoint.produce': { producerId: string };
  'endpoint.consume': { consumerId: string; producerId: string; rtpParameters: Record<string, unknown> };
  'endpoint.restartIce': { iceParameters: Record<string, unknown> };
}

export type ResultOf<K extends MediaOrderInput['order']> = K extends keyof Results ? Results[K] : Record<string, never>;
