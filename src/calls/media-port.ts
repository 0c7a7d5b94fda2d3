import type { MediaFact, MediaOrderInput } from '../media/protocol/messages.ts';
import type { ResultOf } from '../media/protocol/results.ts';
import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';

/** The media program as the domain sees it. Orders are carried out in the order they were given. */
export interface MediaPort {
  /** Rejects with the media program's own failure, or `media.unreachable`. */
  order<O extends MediaOrderInput>(input: O): Promise<ResultOf<O['order']>>;
  onFact(listener: (fact: MediaFact) => void): () => void;
  onLink(listener: (link: 'connected' | 'lost') => void): () => void;
}

type EndpointFact = Extract<MediaFact, { endpointId: string }>;
type RecordingFact = Extract<MediaFact, { fact: 'recordingClosed' }>;

/** How long the media program may be out of reach before its endpoints count as lost, in ms. */
const GIVE_UP_MS = 8_000;

/** Hands each fact of the media program to the one it concerns. */
export class MediaFacts {
  readonly #endpoints = new Map<string, Set<(fact: EndpointFact) => void>>();
  readonly #recordings = new Set<(fact: RecordingFact) => void>();
  readonly #media: MediaPort;
  readonly #log: Logger;
  readonly #clock: Clock;
  #cancelGivingUp: () => void = () => {};

  constructor(media: MediaPort, log: Logger, clock: Clock) {
    this.#media = media;
    this.#log = log;
    this.#clock = clock;
    media.onFact((fact) => this.#take(fact));
    media.onLink((link) => {
      this.#cancelGivingUp();
      if (link === 'connected') void this.#compare();
      else this.#cancelGivingUp = clock.after(GIVE_UP_MS, () => this.#lose([...this.#endpoints.keys()]));
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
      this.#lose(watched.filter((endpointId) => !there.has(endpointId)));
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'the media program gave no inventory');
    }
  }

  #lose(endpointIds: readonly string[]): void {
    const at = this.#clock.now();
    for (const endpointId of endpointIds) this.#take({ fact: 'endpointLost', at, endpointId, reason: 'threadDied' });
  }
}
