import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { choosePrompt } from '../../flows/prompt-names.ts';
import type { PromptStore, Spoken } from '../../flows/voice.ts';
import { ParleyError } from '../../shared/errors.ts';
import { decodeAudio } from './decode.ts';
import { evenOut } from './level.ts';
import type { PromptCache } from './prompt-cache.ts';

/** Part of every key: another number makes every prompt anew. */
const RECIPE = 1;

/** The prompts folder: any format ffmpeg reads, converted once for each content. */
export class PromptFiles implements PromptStore {
  readonly #dir: string;
  readonly #cache: PromptCache;
  readonly #ffmpeg: string;

  constructor(deps: { dir: string; cache: PromptCache; ffmpeg?: string }) {
    this.#dir = deps.dir;
    this.#cache = deps.cache;
    this.#ffmpeg = deps.ffmpeg ?? 'ffmpeg';
  }

  async find(name: string, language: string): Promise<Spoken> {
    try {
      const names = await readdir(this.#dir, { recursive: true });
      const files = names.map((file) => file.replaceAll('\\', '/')).filter((file) => !file.endsWith('.md'));
      const chosen = choosePrompt(files.sort(), name, language);
      if (chosen === undefined)
        throw new ParleyError('voice.failed', { prompt: name, language, why: 'no such prompt' });
      const file = join(this.#dir, chosen);
      const content = createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
      const key = JSON.stringify({ recipe: RECIPE, file: content });
      return await this.#cache.obtain(key, async () => evenOut(await decodeAudio(this.#ffmpeg, { file })));
    } catch (cause) {
      if (cause instanceof ParleyError) throw cause;
      throw new ParleyError('voice.failed', { prompt: name, language }, { cause });
    }
  }
}
