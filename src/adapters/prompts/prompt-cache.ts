import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Spoken } from '../../flows/voice.ts';
import { Gate } from './gate.ts';
import { PROMPT_RATE_HZ, wavOf } from './wav.ts';

/** What is noted for a request: which audio answers it. */
const note = z.object({ hash: z.string().regex(/^[0-9a-f]{64}$/), durationMs: z.number(), bytes: z.number() });

const MOST_SEEN = 10_000;

/**
 * Audio by content: `<dir>/<sha256>.wav`, and beside it in `made/` which request gave which audio, so that nothing is made twice,
 * not even by the next run. Files appear whole or not at all.
 */
export class PromptCache {
  readonly #dir: string;
  /** Work in progress by request, shared by all who ask meanwhile. */
  readonly #making = new Map<string, Promise<Spoken>>();
  /** What this run has seen whole on disk: a play then costs one look at the disk. */
  readonly #seen = new Map<string, Spoken>();
  readonly #gate = new Gate(2);

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** The audio of a request, made by `make` if it is not there yet. `key` names everything the audio depends on. */
  obtain(key: string, make: () => Promise<Int16Array>): Promise<Spoken> {
    const running = this.#making.get(key);
    if (running) return running;
    const work = this.#find(key, make).finally(() => this.#making.delete(key));
    this.#making.set(key, work);
    return work;
  }

  /** Keeps samples (mono, 16 bit, 8000 Hz) under their content. */
  async put(samples: Int16Array): Promise<Spoken> {
    const wav = wavOf(samples);
    const hash = createHash('sha256').update(wav).digest('hex');
    const spoken = { hash, file: this.#file(hash), durationMs: Math.round((samples.length * 1_000) / PROMPT_RATE_HZ) };
    const there = await sizeOf(spoken.file);
    if (there !== wav.length) await this.#write(spoken.file, wav);
    return spoken;
  }

  async #find(key: string, make: () => Promise<Int16Array>): Promise<Spoken> {
    const seen = this.#seen.get(key);
    if (seen && (await sizeOf(seen.file)) !== undefined) return seen;
    const name = createHash('sha256').update(key).digest('hex');
    return this.#remember(key, await this.#obtain(name, make));
  }

  async #obtain(name: string, make: () => Promise<Int16Array>): Promise<Spoken> {
    const made = join(this.#dir, 'made', `${name}.json`);
    const known = await this.#known(made);
    if (known) return known;
    const spoken = await this.put(await this.#gate.run(make));
    const bytes = await sizeOf(spoken.file);
    const { hash, durationMs } = spoken;
    await this.#write(made, JSON.stringify({ hash, durationMs, bytes }));
    return spoken;
  }

  #remember(key: string, spoken: Spoken): Spoken {
    // Texts with a caller's name in them come and go: the oldest makes room.
    const [oldest] = this.#seen.size < MOST_SEEN ? [] : this.#seen.keys();
    if (oldest !== undefined) this.#seen.delete(oldest);
    this.#seen.set(key, spoken);
    return spoken;
  }

  async #known(made: string): Promise<Spoken | undefined> {
    try {
      const { hash, durationMs, bytes } = note.parse(JSON.parse(await readFile(made, 'utf8')));
      const file = this.#file(hash);
      return (await sizeOf(file)) === bytes ? { hash, file, durationMs } : undefined;
    } catch {
      // Not made yet, or a note nobody can read: it is made again.
      return undefined;
    }
  }

  async #write(file: string, content: Buffer | string): Promise<void> {
    await mkdir(join(this.#dir, 'made'), { recursive: true });
    const half = join(this.#dir, `.${randomUUID()}.half`);
    try {
      await writeFile(half, content);
      await rename(half, file);
    } catch (error) {
      await rm(half, { force: true });
      throw error;
    }
  }

  #file(hash: string): string {
    return join(this.#dir, `${hash}.wav`);
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch {
    return undefined;
  }
}
