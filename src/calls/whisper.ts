import type { AudioItem } from '../flows/audio.ts';
import type { Logger } from '../shared/logger.ts';
import type { MediaFacts, MediaPort } from './media-port.ts';

export interface Whisper {
  /** Resolves when it was heard, could not be played, or was stopped; never rejects. */
  done: Promise<void>;
  stop(): void;
}

/** Plays something to one endpoint alone, before it is joined with others. */
export function whisperTo(
  { media, facts, log }: { media: MediaPort; facts: MediaFacts; log: Logger },
  { endpointId, playId, audio }: { endpointId: string; playId: string; audio: Promise<AudioItem[]> },
): Whisper {
  let end = (): void => {};
  let isOver = false;
  const done = new Promise<void>((resolve) => {
    const unwatch = facts.watch(endpointId, (fact) => {
      if ((fact.fact === 'playEnded' && fact.playId === playId) || fact.fact === 'endpointLost') end();
    });
    end = () => {
      if (isOver) return;
      isOver = true;
      unwatch();
      resolve();
    };
  });
  audio
    .then((items) => {
      if (items.length === 0) end();
      else if (!isOver) return media.order({ order: 'endpoint.play', endpointId, playId, items, loop: false });
      return undefined;
    })
    .catch((error: unknown) => {
      log.warn({ endpointId, error: String(error) }, 'a whisper was not played');
      end();
    });
  return {
    done,
    stop: () => {
      if (isOver) return;
      end();
      media.order({ order: 'endpoint.stopPlay', endpointId, playId }).catch((error: unknown) => {
        log.debug({ endpointId, error: String(error) }, 'play was not stopped');
      });
    },
  };
}
