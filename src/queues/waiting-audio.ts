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
  #isOn = false;

  constructor(deps: WaitingAudioDeps) {
    this.#deps = deps;
  }

  /** Begins; does nothing while it is on. */
  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#turn += 1;
    this.#announce();
  }

  /** No announcement from here on; what plays goes on until something else does. */
  settle(): void {
    this.#isOn = false;
    this.#cancelNext();
  }

  stop(): void {
    if (!this.#isOn) return;
    this.settle();
    this.#deps.audio.stop();
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
    audio.play(items, false, (outcome) => {
      if (outcome.kind !== 'stopped') void this.#playMusic(turn);
    });
  }

  async #playMusic(turn: number): Promise<void> {
    const { music, usualMusic, log, audio } = this.#deps;
    if (!this.#isOn || turn !== this.#turn) return;
    if (!this.#music) {
      this.#music = await music().catch((error: unknown) => {
        log.warn({ err: error }, 'the music of a queue cannot be played');
        return usualMusic();
      });
      if (!this.#isOn || turn !== this.#turn) return;
    }
    audio.loop(this.#music);
  }
}
