import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { choosePrompt } from '../../flows/prompt-names.ts';
import type { PromptStore, Spoken } from '../../flows/voice.ts';
import { ParleyError } from '../../shared/errors.ts';
import { type Clock, systemClock } from '../../shared/time.ts';
import { decodeAudio } from './decode.ts';
import { evenOut } from './level.ts';
import type { PromptCache } from './prompt-cache.ts';

/** Part of every key: another number makes every prompt anew. */
const RECIPE = 1;

const LISTED_FOR_MS = 1_000;

/** The prompts folder: any format ffmpeg reads, converted once for each content. */
export class PromptFiles implements PromptStore {
  readonly #dir: string;
  readonly #cache: PromptCache;
  readonly #ffmpeg: string;
  readonly #clock: Clock;
  #listing: { at: number; files: Promise<string[]> } | undefined;
  /** SHA-256 of a file's content as it was when it had this time and size. */
  readonly #contents = new Map<string, { changedMs: number; size: number; hash: string }>();

  constructor(deps: { dir: string; cache: PromptCache; ffmpeg?: string; clock?: Clock }) {
    this.#dir = deps.dir;
    this.#cache = deps.cache;
    this.#ffmpeg = deps.ffmpeg ?? 'ffmpeg';
    this.#clock = deps.clock ?? systemClock;
  }

  async find(name: string, language: string): Promise<Spoken> {
    try {
      const chosen = choosePrompt(await this.#files(), name, language);
      if (chosen === undefined)
        throw new ParleyError('voice.failed', { prompt: name, language, why: 'no such prompt' });
      const file = join(this.#dir, chosen);
      const key = JSON.stringify({ recipe: RECIPE, file: await this.#contentOf(file) });
      return await this.#cache.obtain(key, async () => evenOut(await decodeAudio(this.#ffmpeg, { file })));
    } catch (cause) {
      if (cause instanceof ParleyError) throw cause;
      throw new ParleyError('voice.failed', { prompt: name, language }, { cause });
    }
  }

  /** The folder's files, read at most once a second: it is asked at every play. */
  #files(): Promise<string[]> {
    const now = this.#clock.now();
    if (this.#listing && now - this.#listing.at < LISTED_FOR_MS) return this.#listing.files;
    const files = readdir(this.#dir, { recursive: true }).then((names) =>
      names
        .map((file) => file.replaceAll('\\', '/'))
        .filter((file) => !file.endsWith('.md'))
        .sort(),
    );
    this.#listing = { at: now, files };
    return files;
  }

  async #contentOf(file: string): Promise<string> {
    const { mtimeMs, size } = await stat(file);
    const known = this.#contents.get(file);
    if (known?.changedMs === mtimeMs && known.size === size) return known.hash;
    const hash = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    this.#contents.set(file, { changedMs: mtimeMs, size, hash });
    return hash;
  }
}
