import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WAV_HEADER_BYTES, writeWavHeader } from './wav.ts';

/**
 * A WAV file that is being recorded. It is playable at every moment: the sizes in its head are brought up to date every
 * few batches. A note beside the recordings (`.open/<id>.json`) says that it is not finished, so that `recover` can
 * finish it after a crash.
 */

/** Bytes may wait for a slow disk up to this much (about a minute of stereo); then the recording has failed. */
const MOST_WAITING_BYTES = 2 * 1024 * 1024;
const BATCHES_PER_HEADER = 5;

export type WriteFailure = 'diskFull' | 'writeFailed';

export interface FinishedFile {
  sha256: string;
  bytes: number;
}

/** What `recover` needs to know about a file that was being written. */
export interface OpenNote {
  recordingId: string;
  callId?: string;
  file: string;
}

export class WavFile {
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly #notePath: string;
  readonly #channels: 1 | 2;
  #dataBytes = 0;
  #waitingBytes = 0;
  #batches = 0;
  #tail: Promise<void> = Promise.resolve();
  #failure: WriteFailure | undefined;

  private constructor(handle: FileHandle, path: string, notePath: string, channels: 1 | 2) {
    this.#handle = handle;
    this.#path = path;
    this.#notePath = notePath;
    this.#channels = channels;
  }

  /** Rejects with the system's error when the file exists (EEXIST) or cannot be made. */
  static async create(folder: string, note: OpenNote, channels: 1 | 2): Promise<WavFile> {
    const path = join(folder, note.file);
    const notePath = notePathOf(folder, note.recordingId);
    await mkdir(dirname(path), { recursive: true });
    await mkdir(dirname(notePath), { recursive: true });
    const handle = await open(path, 'wx');
    try {
      await writeFile(notePath, JSON.stringify(note));
      await handle.write(writeWavHeader(channels, 0), 0, WAV_HEADER_BYTES, 0);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return new WavFile(handle, path, notePath, channels);
  }

  /** Why nothing more can be written, once that is so. */
  get failure(): WriteFailure | undefined {
    return this.#failure;
  }

  /** Appends a batch; the buffer belongs to the file from now on. */
  append(batch: Buffer): void {
    if (this.#failure) return;
    if (this.#waitingBytes + batch.length > MOST_WAITING_BYTES) {
      this.#failure = 'writeFailed';
      return;
    }
    this.#waitingBytes += batch.length;
    this.#tail = this.#tail.then(() => this.#write(batch));
  }

  /** Waits for what was appended, sets the sizes, makes the file durable and hashes it. */
  async finish(): Promise<FinishedFile> {
    await this.#tail;
    const finished = await this.#seal().catch((error: unknown) => {
      this.#failure ??= failureOf(error);
      return { sha256: '', bytes: WAV_HEADER_BYTES + this.#dataBytes };
    });
    await this.#handle.close().catch(() => {});
    await rm(this.#notePath, { force: true }).catch(() => {});
    return finished;
  }

  async #write(batch: Buffer): Promise<void> {
    this.#waitingBytes -= batch.length;
    if (this.#failure) return;
    try {
      await writeWhole(this.#handle, batch, WAV_HEADER_BYTES + this.#dataBytes);
      this.#dataBytes += batch.length;
      if (++this.#batches % BATCHES_PER_HEADER === 0) await this.#writeHeader();
    } catch (error) {
      this.#failure = failureOf(error);
    }
  }

  async #writeHeader(): Promise<void> {
    await writeWhole(this.#handle, writeWavHeader(this.#channels, this.#dataBytes), 0);
  }

  async #seal(): Promise<FinishedFile> {
    await this.#handle.truncate(WAV_HEADER_BYTES + this.#dataBytes);
    await this.#writeHeader();
    await this.#handle.datasync();
    return { sha256: await hashFile(this.#path), bytes: WAV_HEADER_BYTES + this.#dataBytes };
  }
}

export function notePathOf(folder: string, recordingId: string): string {
  return join(folder, '.open', `${encodeURIComponent(recordingId)}.json`);
}

async function writeWhole(handle: FileHandle, data: Buffer, position: number): Promise<void> {
  for (let done = 0; done < data.length; ) {
    const { bytesWritten } = await handle.write(data, done, data.length - done, position + done);
    done += bytesWritten;
  }
}

function failureOf(error: unknown): WriteFailure {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT' ? 'diskFull' : 'writeFailed';
}

/** SHA-256 of a file, in hex. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
