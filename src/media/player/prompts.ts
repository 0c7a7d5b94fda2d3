import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encode, type Law } from '../codec/g711.ts';
import { readWav } from '../recorder/wav.ts';

/**
 * Prompts as G.711: each file is read and encoded once for each law, into memory that every thread and every
 * endpoint shares. What was not used for longest is dropped first.
 */

const SAMPLE_RATE_HZ = 8_000;

export class Prompts {
  readonly #folder: string;
  readonly #mostBytes: number;
  readonly #ready = new Map<string, Uint8Array>();
  readonly #loading = new Map<string, Promise<Uint8Array | undefined>>();
  #bytes = 0;

  /** `mostBytes` of encoded audio are kept: 256 MiB are nine hours. */
  constructor(folder: string, mostBytes = 256 * 1024 * 1024) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
  }

  /** The prompt's bytes; undefined when there is no such file or it is not mono 16-bit 8 kHz WAV. */
  async get(hash: string, law: Law): Promise<Uint8Array | undefined> {
    const key = `${law} ${hash}`;
    const ready = this.#ready.get(key);
    if (ready) {
      this.#ready.delete(key);
      this.#ready.set(key, ready);
      return ready;
    }
    const loading = this.#loading.get(key) ?? this.#load(key, hash, law);
    this.#loading.set(key, loading);
    return loading;
  }

  async #load(key: string, hash: string, law: Law): Promise<Uint8Array | undefined> {
    try {
      const wav = readWav(await readFile(join(this.#folder, `${hash}.wav`)));
      if (wav?.channels !== 1 || wav.sampleRateHz !== SAMPLE_RATE_HZ) return undefined;
      const bytes = encode(wav.samples, law, new Uint8Array(new SharedArrayBuffer(wav.samples.length)));
      this.#keep(key, bytes);
      return bytes;
    } catch {
      return undefined;
    } finally {
      this.#loading.delete(key);
    }
  }

  #keep(key: string, bytes: Uint8Array): void {
    this.#ready.set(key, bytes);
    this.#bytes += bytes.length;
    for (const [oldest, old] of this.#ready) {
      if (this.#bytes <= this.#mostBytes || oldest === key) return;
      this.#ready.delete(oldest);
      this.#bytes -= old.length;
    }
  }
}
