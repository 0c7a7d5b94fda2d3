import type { AudioItem } from '../flows/audio.ts';
import type { PlayItem } from '../flows/machine/types.ts';
import { type FailureCode, failureCode } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { MediaFacts, MediaPort } from './media-port.ts';

/** Makes audio of what a flow or a queue wants played; rejects with `voice.failed`. */
export type MakeAudio = (items: readonly PlayItem[]) => Promise<AudioItem[]>;

/** How a play ended; told exactly once a play. */
export type PlayOutcome = { kind: 'finished' | 'stopped' } | { kind: 'failed'; code: FailureCode };

interface Running {
  mediaId: string;
  ended: (outcome: PlayOutcome) => void;
}

/** What one caller hears besides people: one play at a time, a new one takes the place of the old. */
export class CallerAudio {
  readonly endpointId: string;
  readonly #media: MediaPort;
  readonly #make: MakeAudio;
  readonly #log: Logger;
  readonly #prefix: string;
  readonly #unwatch: () => void;
  #running: Running | undefined;
  #plays = 0;
  #isClosed = false;

  constructor(
    deps: { media: MediaPort; facts: MediaFacts; make: MakeAudio; log: Logger },
    { endpointId, callId }: { endpointId: string; callId: string },
  ) {
    this.endpointId = endpointId;
    this.#media = deps.media;
    this.#make = deps.make;
    this.#log = deps.log;
    this.#prefix = callId;
    this.#unwatch = deps.facts.watch(endpointId, (fact) => {
      if (fact.fact !== 'playEnded' || fact.playId !== this.#running?.mediaId) return;
      if (fact.reason === 'missingPrompt') this.#end({ kind: 'failed', code: 'voice.failed' });
      else this.#end({ kind: fact.reason === 'finished' ? 'finished' : 'stopped' });
    });
  }

  /** Plays the items in order and without a gap, once, or over and over until it is stopped or something else is played. */
  play(items: readonly PlayItem[], loop: boolean, ended: (outcome: PlayOutcome) => void): void {
    const mediaId = this.#begin(ended);
    this.#make(items).then(
      (audio) => this.#send(mediaId, audio, loop),
      (error: unknown) => this.#failed(mediaId, error),
    );
  }

  /** Repeats audio until something else is played or it is stopped. */
  loop(audio: readonly AudioItem[], ended: () => void = () => {}): void {
    this.#send(this.#begin(ended), audio, true);
  }

  /** Silence, as far as it depends on us. */
  stop(): void {
    if (!this.#running) return;
    this.#end({ kind: 'stopped' });
    this.#order({ order: 'endpoint.stopPlay', endpointId: this.endpointId });
  }

  /** The endpoint is given up: nothing is played and nothing is told any more. */
  close(): void {
    this.#isClosed = true;
    this.#running = undefined;
    this.#unwatch();
  }

  #begin(ended: Running['ended']): string {
    this.#end({ kind: 'stopped' });
    this.#plays += 1;
    const mediaId = `${this.#prefix}:${this.#plays}`;
    this.#running = { mediaId, ended };
    return mediaId;
  }

  #send(playId: string, items: readonly AudioItem[], loop: boolean): void {
    if (this.#isClosed || this.#running?.mediaId !== playId) return;
    if (items.length === 0) {
      this.#end({ kind: 'finished' });
      return;
    }
    this.#media
      .order({ order: 'endpoint.play', endpointId: this.endpointId, playId, items: [...items], loop })
      .catch((error: unknown) => this.#failed(playId, error));
  }

  #failed(mediaId: string, error: unknown): void {
    if (this.#isClosed || this.#running?.mediaId !== mediaId) return;
    const code = failureCode(error);
    this.#log.warn({ err: error }, 'audio was not played');
    this.#end({ kind: 'failed', code: code ?? 'voice.failed' });
  }

  #end(outcome: PlayOutcome): void {
    const running = this.#running;
    this.#running = undefined;
    running?.ended(outcome);
  }

  #order(order: Parameters<MediaPort['order']>[0]): void {
    this.#media.order(order).catch((error: unknown) => this.#log.debug({ error: String(error) }, 'order failed'));
  }
}
