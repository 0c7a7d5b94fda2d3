import type { SpeechRequest, Spoken, Voice } from '../../flows/voice.ts';
import { ParleyError } from '../../shared/errors.ts';
import { decodeAudio } from '../prompts/decode.ts';
import { evenOut } from '../prompts/level.ts';
import type { PromptCache } from '../prompts/prompt-cache.ts';
import { findEngine, type SpeechEngine } from './espeak.ts';

/** Part of every key: another number makes every text anew. */
const RECIPE = 1;
const MAX_TEXT = 4_096;

/** Speech by espeak-ng: understandable, free and on every machine; no announcer's voice. */
export class EspeakVoice implements Voice {
  readonly #cache: PromptCache;
  readonly #ffmpeg: string;
  #engine: Promise<SpeechEngine> | undefined;

  /** `engine`: absent, the one that is found at the first text. */
  constructor(deps: { cache: PromptCache; ffmpeg?: string; engine?: SpeechEngine }) {
    this.#cache = deps.cache;
    this.#ffmpeg = deps.ffmpeg ?? 'ffmpeg';
    this.#engine = deps.engine && Promise.resolve(deps.engine);
  }

  async render(request: SpeechRequest): Promise<Spoken> {
    const { text, language } = request;
    try {
      if (text.length > MAX_TEXT || !/[\p{L}\p{N}]/u.test(text))
        throw new Error('there is nothing to speak, or too much');
      const engine = await this.#find();
      const key = JSON.stringify({ recipe: RECIPE, engine: engine.name, text, language, voice: request.voice ?? '' });
      return await this.#cache.obtain(key, async () => {
        const samples = evenOut(await decodeAudio(this.#ffmpeg, { bytes: await engine.speak(request) }));
        if (samples.length === 0) throw new Error('the engine gave no sound');
        return samples;
      });
    } catch (cause) {
      throw new ParleyError('voice.failed', { language, pii: { text } }, { cause });
    }
  }

  #find(): Promise<SpeechEngine> {
    this.#engine ??= findEngine().catch((error: unknown) => {
      this.#engine = undefined;
      throw error;
    });
    return this.#engine;
  }
}
