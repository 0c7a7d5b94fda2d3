import type { MediaFact, MediaOrderInput } from '../media/protocol/messages.ts';
import type { ResultOf } from '../media/protocol/results.ts';
import type { Logger } from '../shared/logger.ts';

/** The media program as the domain sees it. Orders are carried out in the order they were given. */
export interface MediaPort {
  /** Rejects with the media program's own failure, or `media.unreachable`. */
  order<O extends MediaOrderInput>(input: O): Promise<ResultOf<O['order']>>;
  onFact(listener: (fact: MediaFact) => void): () => void;
  onLink(listener: (link: 'connected' | 'lost') => void): () => void;
}

type EndpointFact = Extract<MediaFact, { endpointId: string }>;
type RecordingFact = Extract<MediaFact, { fact: 'recordingClosed' }>;

/** Hands each fact of the media program to the one it concerns. */
export class MediaFacts {
  readonly #endpoints = new Map<string, Set<(fact: EndpointFact) => void>>();
  readonly #recordings = new Set<(fact: RecordingFact) => void>();
  readonly #media: MediaPort;
  readonly #log: Logger;
  readonly #now: () => number;

  constructor(media: MediaPort, log: Logger, now: () => number) {
    this.#media = media;
    this.#log = log;
    this.#now = now;
    media.onFact((fact) => this.#take(fact));
    media.onLink((link) => {
      if (link === 'connected') void this.#compare();
    });
  }

  /** Facts of one endpoint from now on; the answer ends it. */
  watch(endpointId: string, listener: (fact: EndpointFact) => void): () => void {
    const listeners = this.#endpoints.get(endpointId) ?? new Set();
    this.#endpoints.set(endpointId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#endpoints.delete(endpointId);
    };
  }

  watchRecordings(listener: (fact: RecordingFact) => void): () => void {
    this.#recordings.add(listener);
    return () => this.#recordings.delete(listener);
  }

  #take(fact: MediaFact): void {
    if (fact.fact === 'recordingClosed') for (const listener of [...this.#recordings]) listener(fact);
    if ('endpointId' in fact) for (const listener of [...(this.#endpoints.get(fact.endpointId) ?? [])]) listener(fact);
  }

  /** The connection is back. A media program that was started anew in between knows nothing of our endpoints. */
  async #compare(): Promise<void> {
    const watched = [...this.#endpoints.keys()];
    try {
      const { endpoints } = await this.#media.order({ order: 'inventory' });
      const there = new Set(endpoints.map(({ endpointId }) => endpointId));
      for (const endpointId of watched) {
        if (!there.has(endpointId))
          this.#take({ fact: 'endpointLost', at: this.#now(), endpointId, reason: 'threadDied' });
      }
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'the media program gave no inventory');
    }
  }
}
