import { failureCode, ParleyError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { WriteFact } from './facts.ts';
import type { MediaPort } from './media-port.ts';

/** The endpoint of one leg in the media program. */
interface Media {
  readonly endpointId: string;
  /** Our answer to a new offer of theirs. Rejects as `endpoint.reoffer` does. */
  reoffer(sdp: string): Promise<string>;
  /** A new offer of ours. Rejects as `endpoint.offerAgain` does. */
  offerAgain(): Promise<string>;
  /** Takes the far side's answer to our offer. Rejects with `sdp.invalid` or `media.noCommonCodec`; the leg is then as it was. */
  take(answer: string): Promise<void>;
  /** Gives the endpoint up. Does nothing when there is none. */
  close(): void;
}

/** The endpoint of a caller's leg. */
export interface LegMedia extends Media {
  /**
   * Resolves with the SDP to answer the call with (empty for a browser), and whether it is an offer because the caller
   * made none. Rejects as `endpoint.openRtp` does.
   */
  open(): Promise<{ sdp: string; offers: boolean }>;
}

/** A carrier's leg: an endpoint that lives as long as the call. Without an `offer` ours is made; an empty one is none that can be read. */
export function carrierMedia(
  media: MediaPort,
  log: Logger,
  leg: { endpointId: string; callId: string; offer: string | undefined },
): LegMedia {
  const { endpointId, callId, offer } = leg;
  return {
    open: async () => {
      if (offer === '') throw new ParleyError('sdp.invalid', { why: 'the body of the INVITE is no offer' });
      const offers = offer === undefined;
      const { sdp } = await (offers
        ? media.order({ order: 'endpoint.offerRtp', endpointId, callId })
        : media.order({ order: 'endpoint.openRtp', endpointId, callId, offer }));
      return { sdp, offers };
    },
    ...whileOpen(media, log, endpointId),
  };
}

/** The leg of somebody we call. */
export interface DialledMedia extends Media {
  /** Resolves with our offer. Rejects as `endpoint.offerRtp` does. */
  offer(): Promise<string>;
}

export function dialledMedia(
  media: MediaPort,
  log: Logger,
  { endpointId, callId }: { endpointId: string; callId: string },
): DialledMedia {
  return {
    offer: async () => (await media.order({ order: 'endpoint.offerRtp', endpointId, callId })).sdp,
    ...whileOpen(media, log, endpointId),
  };
}

/** What is alike for all carriers' legs, whoever called whom. */
function whileOpen(media: MediaPort, log: Logger, endpointId: string): Media {
  return {
    endpointId,
    offerAgain: async () => (await media.order({ order: 'endpoint.offerAgain', endpointId })).sdp,
    take: async (answer) => {
      await media.order({ order: 'endpoint.setRemote', endpointId, answer });
    },
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
  const withoutSdp = (): Promise<never> => Promise.reject(new ParleyError('sdp.invalid'));
  return {
    endpointId,
    open: async () => ({ sdp: '', offers: false }),
    reoffer: withoutSdp,
    offerAgain: withoutSdp,
    take: withoutSdp,
    close: () => {
      media.order({ order: 'endpoint.stopPlay', endpointId }).catch((error: unknown) => {
        log.debug({ endpointId, error: String(error) }, 'play was not stopped');
      });
    },
  };
}

/**
 * Takes the answer to an offer that we made in a running call. One that is missing (empty) or cannot be used leaves the leg as
 * it was, and is noted: the people go on talking.
 */
export async function takeNewAnswer(media: Pick<LegMedia, 'take'>, answer: string, write: WriteFact): Promise<void> {
  try {
    if (answer === '') throw new ParleyError('sdp.invalid', {}, { text: 'no answer in the ACK' });
    await media.take(answer);
  } catch (error) {
    write({ type: 'noted', what: 'new answer not usable', detail: { reason: failureCode(error) ?? String(error) } });
  }
}
