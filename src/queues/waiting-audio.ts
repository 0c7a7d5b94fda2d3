import type { CallerAudio } from '../calls/caller-audio.ts';
import type { AudioItem } from '../flows/audio.ts';
import type { PlayItem } from '../flows/machine/types.ts';
import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';
import { announcement } from './announcements.ts';

export interface WaitingAudioDeps {
  audio: CallerAudio;
  /** What plays between announcements. Rejects with `voice.failed`. */
  music: () => Promise<AudioItem[]>;
  /** The built-in music, which is always there. */
  usualMusic: () => AudioItem[];
  language: string;
  everyMs: number;
  /** The caller's place now, or undefined when it is not told. */
  place: () => number | undefined;
  comfort: readonly PlayItem[];
  clock: Clock;
  log: Logger;
}

/** What a waiting caller hears: where they stand, then music, and where they stand again every so often. */
export class WaitingAudio {
  readonly #deps: WaitingAudioDeps;
  #music: AudioItem[] | undefined;
  #cancelNext: () => void = () => {};
  /** Counts the starts, so that what an earlier one still waits for is recognised. */
  #turn = 0;
  /** `settled`: somebody is about to be joined with the caller, who hears no more announcements but goes on hearing music. */
  #state: 'off' | 'on' | 'settled' = 'off';
  /** Ours that plays at the moment. */
  #playing: symbol | undefined;

  constructor(deps: WaitingAudioDeps) {
    this.#deps = deps;
  }

  /** Begins; does nothing while it is on. */
  start(): void {
    if (this.#state === 'on') return;
    this.#state = 'on';
    this.#turn += 1;
    this.#announce();
  }

  /** No announcement begins from here on; after the one that plays there is music. */
  settle(): void {
    if (this.#state === 'on') this.#state = 'settled';
    this.#cancelNext();
  }

  /** Whatever of ours still plays is over; what others play goes on. */
  stop(): void {
    this.#state = 'off';
    this.#cancelNext();
    if (this.#playing !== undefined) this.#deps.audio.stop();
  }

  #announce(): void {
    const { audio, place, language, comfort, clock, everyMs } = this.#deps;
    const turn = this.#turn;
    const items = announcement(place(), language, comfort);
    this.#cancelNext = clock.after(everyMs, () => this.#announce());
    if (items.length === 0) {
      void this.#playMusic(turn);
      return;
    }
    // Silence is worse than waiting without words: what cannot be spoken is left out.
    const ended = this.#begun();
    audio.play(items, false, (outcome) => {
      ended();
      if (outcome.kind !== 'stopped') void this.#playMusic(turn);
    });
  }

  async #playMusic(turn: number): Promise<void> {
    const { music, usualMusic, log, audio } = this.#deps;
    if (!this.#isCurrent(turn)) return;
    if (!this.#music) {
      this.#music = await music().catch((error: unknown) => {
        log.warn({ err: error }, 'the music of a queue cannot be played');
        return usualMusic();
      });
      if (!this.#isCurrent(turn)) return;
    }
    audio.loop(this.#music, this.#begun());
  }

  #isCurrent(turn: number): boolean {
    return this.#state !== 'off' && turn === this.#turn;
  }

  /** What to call when the play that begins now has ended. */
  #begun(): () => void {
    const play = Symbol('play');
    this.#playing = play;
    return () => {
      if (this.#playing === play) this.#playing = undefined;
    };
  }
}
