import type { WebRtcOffer } from '../../protocol/media.ts';
import type { MediaSignal } from './media-leg.ts';

type MediaAsk =
  | { ask: 'media.open' }
  | { ask: 'media.connect'; transportId: string; dtlsParameters: Record<string, unknown> }
  | { ask: 'media.produce'; rtpParameters: Record<string, unknown> }
  | { ask: 'media.consume'; rtpCapabilities: Record<string, unknown> }
  | { ask: 'media.restartIce'; transportId: string };

/** The media leg's questions as asks on the page's socket. */
export function mediaSignal(ask: (body: MediaAsk) => Promise<Record<string, unknown>>): MediaSignal {
  const answered = async <Answer>(body: MediaAsk): Promise<Answer> => (await ask(body)) as Answer;
  return {
    open: () => answered<WebRtcOffer>({ ask: 'media.open' }),
    connect: (transportId, dtlsParameters) => answered({ ask: 'media.connect', transportId, dtlsParameters }),
    produce: (rtpParameters) => answered({ ask: 'media.produce', rtpParameters }),
    consume: (rtpCapabilities) => answered({ ask: 'media.consume', rtpCapabilities }),
    restartIce: (transportId) => answered({ ask: 'media.restartIce', transportId }),
  };
}
