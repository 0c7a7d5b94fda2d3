import type { z } from 'zod';
import type { mediaAsks } from '../protocol/media.ts';
import { ParleyError } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { MediaFacts, MediaPort } from './media-port.ts';

export type MediaAsk = z.infer<(typeof mediaAsks)[number]>;

export interface PageAudioListener {
  /** Sound can pass both ways. */
  up(): void;
  /** It cannot at the moment; the browser may find a new way by itself. */
  down(): void;
  /** The endpoint is gone: the page has to set up another. */
  lost(): void;
}

/** The audio leg of one browser page: its endpoint in the media program, opened and kept by what the page asks. */
export class PageAudio {
  readonly #deps: { media: MediaPort; facts: MediaFacts; log: Logger; prefix: string };
  readonly #listener: PageAudioListener;
  #endpointId: string | undefined;
  #isUp = false;
  #unwatch: () => void = () => {};

  /** `prefix`: what the endpoint's id begins with, by which a restarted app knows whose it is. */
  constructor(deps: { media: MediaPort; facts: MediaFacts; log: Logger; prefix: string }, listener: PageAudioListener) {
    this.#deps = deps;
    this.#listener = listener;
  }

  /** The endpoint while sound can pass. */
  get endpointId(): string | undefined {
    return this.#isUp ? this.#endpointId : undefined;
  }

  /** Takes over an endpoint that an earlier run of the app opened for this page and that is up. */
  adopt(endpointId: string): void {
    this.#use(endpointId);
    this.#isUp = true;
  }

  async ask(ask: MediaAsk): Promise<Record<string, unknown>> {
    const { media } = this.#deps;
    if (ask.ask === 'media.open') return this.#open();
    const endpointId = this.#endpointId;
    if (endpointId === undefined) throw new ParleyError('media.unknownEndpoint');
    switch (ask.ask) {
      case 'media.connect': {
        const { transportId, dtlsParameters } = ask;
        return media.order({ order: 'endpoint.connectWebRtc', endpointId, transportId, dtlsParameters });
      }
      case 'media.produce':
        return media.order({ order: 'endpoint.produce', endpointId, rtpParameters: ask.rtpParameters });
      case 'media.consume':
        return {
          ...(await media.order({ order: 'endpoint.consume', endpointId, rtpCapabilities: ask.rtpCapabilities })),
        };
      case 'media.restartIce':
        return media.order({ order: 'endpoint.restartIce', endpointId, transportId: ask.transportId });
    }
  }

  /** Gives the endpoint up. */
  close(): void {
    const endpointId = this.#endpointId;
    this.#forget();
    if (endpointId === undefined) return;
    this.#deps.media.order({ order: 'endpoint.close', endpointId }).catch((error: unknown) => {
      this.#deps.log.debug({ endpointId, error: String(error) }, 'endpoint was not closed');
    });
  }

  /** A page that opens again has lost what it had. */
  async #open(): Promise<Record<string, unknown>> {
    if (this.#endpointId !== undefined) {
      const wasUp = this.#isUp;
      this.close();
      if (wasUp) this.#listener.down();
    }
    const endpointId = `${this.#deps.prefix}${newId('leg')}`;
    this.#use(endpointId);
    try {
      return { ...(await this.#deps.media.order({ order: 'endpoint.openWebRtc', endpointId })) };
    } catch (error) {
      if (this.#endpointId === endpointId) this.#forget();
      throw error;
    }
  }

  #use(endpointId: string): void {
    this.#unwatch();
    this.#endpointId = endpointId;
    this.#isUp = false;
    this.#unwatch = this.#deps.facts.watch(endpointId, (fact) => {
      if (fact.fact === 'endpointLost') this.#lost();
      else if (fact.fact === 'webrtcState') this.#moved(fact.state);
    });
  }

  #moved(state: 'connected' | 'disconnected' | 'closed'): void {
    if (state === 'closed') {
      this.#lost();
      return;
    }
    const isUp = state === 'connected';
    if (isUp === this.#isUp) return;
    this.#isUp = isUp;
    if (isUp) this.#listener.up();
    else this.#listener.down();
  }

  #lost(): void {
    const wasUp = this.#isUp;
    this.#forget();
    if (wasUp) this.#listener.down();
    this.#listener.lost();
  }

  #forget(): void {
    this.#unwatch();
    this.#unwatch = () => {};
    this.#endpointId = undefined;
    this.#isUp = false;
  }
}
