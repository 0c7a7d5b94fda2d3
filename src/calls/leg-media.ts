import { ParleyError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { MediaPort } from './media-port.ts';

/** The endpoint of one leg in the media program. */
export interface LegMedia {
  readonly endpointId: string;
  /** Resolves with the SDP to answer with (empty for a browser). Rejects as `endpoint.openRtp` does. */
  open(): Promise<string>;
  reoffer(sdp: string): Promise<string>;
  /** Gives the endpoint up. Does nothing when there is none. */
  close(): void;
}

/** A carrier's leg: an endpoint that lives as long as the call. */
export function carrierMedia(
  media: MediaPort,
  log: Logger,
  leg: { endpointId: string; callId: string; offer: string },
): LegMedia {
  const { endpointId, callId, offer } = leg;
  return {
    endpointId,
    open: async () => {
      if (offer === '') throw new ParleyError('sdp.invalid', { why: 'no offer in the INVITE' });
      return (await media.order({ order: 'endpoint.openRtp', endpointId, callId, offer })).sdp;
    },
    ...whileOpen(media, log, endpointId),
  };
}

/** The leg of somebody we call. */
export interface DialledMedia extends Pick<LegMedia, 'endpointId' | 'reoffer' | 'close'> {
  /** Resolves with our offer. Rejects as `endpoint.offerRtp` does. */
  offer(): Promise<string>;
  /** Takes the far side's answer. Rejects with `sdp.invalid` or `media.noCommonCodec`. */
  take(answer: string): Promise<void>;
}

export function dialledMedia(
  media: MediaPort,
  log: Logger,
  { endpointId, callId }: { endpointId: string; callId: string },
): DialledMedia {
  return {
    endpointId,
    offer: async () => (await media.order({ order: 'endpoint.offerRtp', endpointId, callId })).sdp,
    take: async (answer) => {
      await media.order({ order: 'endpoint.setRemote', endpointId, answer });
    },
    ...whileOpen(media, log, endpointId),
  };
}

/** What is alike for all carriers' legs, whoever called whom. */
function whileOpen(media: MediaPort, log: Logger, endpointId: string): Pick<LegMedia, 'reoffer' | 'close'> {
  return {
    reoffer: async (sdp) => (await media.order({ order: 'endpoint.reoffer', endpointId, offer: sdp })).sdp,
    close: () => {
      media.order({ order: 'endpoint.close', endpointId }).catch((error: unknown) => {
        // A media program that cannot be reached has lost the endpoint, or gives it back in its inventory.
        log.warn({ endpointId, error: String(error) }, 'endpoint was not closed');
      });
    },
  };
}

/** A browser's leg: the endpoint stands before the call and stays after it. */
export function standingMedia(media: MediaPort, log: Logger, endpointId: string): LegMedia {
  return {
    endpointId,
    open: async () => '',
    reoffer: () => Promise.reject(new ParleyError('sdp.invalid')),
    close: () => {
      media.order({ order: 'endpoint.stopPlay', endpointId }).catch((error: unknown) => {
        log.debug({ endpointId, error: String(error) }, 'play was not stopped');
      });
    },
  };
}
