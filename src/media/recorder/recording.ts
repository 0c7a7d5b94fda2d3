import { CELL, positionAt, SpokenReader } from '../bridge/spoken.ts';
import { decodeTable } from '../codec/g711.ts';
import type { MediaFact } from '../protocol/messages.ts';
import type { RecordingToStart, SpeakerRing } from '../threads/messages.ts';
import { Gaps } from './gaps.ts';
import { WavFile } from './wav-file.ts';

/**
 * One recording: reads the rings of its speakers a little behind the clock, where late and reordered packets have
 * found their places, and so keeps both channels on one timeline. Work is done ten milliseconds at a time, some at once.
 */

/** How far behind the clock a running recording reads, in ms: more than any packet that listeners still hear. */
const BEHIND_MS = 300;
/** A write to disk holds one second. */
const BATCH_CELLS = 1_000 / CELL.ms;
const SAMPLE_BYTES = 2;

export type RecordingClosed = Extract<MediaFact, { fact: 'recordingClosed' }>;
type CloseReason = RecordingClosed['reason'];

export class Recording {
  readonly recordingId: string;
  readonly leftEndpointId: string;
  readonly #start: RecordingToStart;
  readonly #file: WavFile;
  readonly #gaps = new Gaps();
  readonly #left: SpokenReader;
  #right: SpokenReader[];
  readonly #firstCell: number;
  #cell: number;
  #isPaused = false;
  #batch: Buffer;
  #batchBytes = 0;
  #closing: Promise<RecordingClosed> | undefined;
  readonly #sum = new Int32Array(CELL.samples);

  private constructor(start: RecordingToStart, file: WavFile, nowMs: number) {
    this.recordingId = start.recordingId;
    this.leftEndpointId = start.left.endpointId;
    this.#start = start;
    this.#file = file;
    this.#left = new SpokenReader(start.left.memory);
    this.#right = readersOf(start.right);
    this.#firstCell = cellAt(nowMs);
    this.#cell = this.#firstCell;
    this.#batch = this.#newBatch();
  }

  /** Begins the file; what is said from the call on is in it, however long the disk takes. Rejects with the system's error. */
  static async start(start: RecordingToStart, now: () => number): Promise<Recording> {
    const { recordingId, callId, file, folder, channels } = start;
    const note = callId === undefined ? { recordingId, file } : { recordingId, callId, file };
    const nowMs = now();
    return new Recording(start, await WavFile.create(folder, note, channels), nowMs);
  }

  setRight(right: SpeakerRing[], nowMs: number): void {
    this.#readUntil(cellAt(nowMs));
    this.#right = readersOf(right);
  }

  /** Silence, measured: the pause lasts in the file as long as it lasted. */
  pause(nowMs: number): void {
    this.#readUntil(cellAt(nowMs));
    this.#isPaused = true;
  }

  resume(nowMs: number): void {
    this.#readUntil(cellAt(nowMs));
    this.#isPaused = false;
  }

  /** To be called every 100 ms or so. False when the disk has failed: the recording is to be closed. */
  work(nowMs: number): boolean {
    this.#readUntil(cellAt(nowMs - BEHIND_MS));
    return this.#file.failure === undefined;
  }

  /** Writes the rest and closes the file; called twice, it answers the same. */
  close(reason: CloseReason, nowMs: number, utcMs: () => number): Promise<RecordingClosed> {
    this.#closing ??= this.#finish(reason, nowMs, utcMs);
    return this.#closing;
  }

  async #finish(reason: CloseReason, nowMs: number, utcMs: () => number): Promise<RecordingClosed> {
    this.#readUntil(cellAt(nowMs));
    this.#flush();
    const { sha256, bytes } = await this.#file.finish();
    const { recordingId, callId, file } = this.#start;
    return {
      fact: 'recordingClosed',
      at: utcMs(),
      recordingId,
      ...(callId === undefined ? {} : { callId }),
      file,
      sha256,
      bytes,
      durationMs: (this.#cell - this.#firstCell) * CELL.ms,
      gaps: this.#gaps.list(),
      reason: this.#file.failure ?? reason,
    };
  }

  #readUntil(endCell: number): void {
    for (; this.#cell < endCell; this.#cell++) this.#takeCell();
  }

  #takeCell(): void {
    this.#takeChannel('left', 0, this.#isPaused ? undefined : [this.#left]);
    if (this.#start.channels === 2) this.#takeChannel('right', 1, this.#isPaused ? undefined : this.#right);
    this.#batchBytes += CELL.samples * this.#start.channels * SAMPLE_BYTES;
    if (this.#batchBytes === this.#batch.length) this.#flush();
  }

  /** `speakers` undefined: paused. */
  #takeChannel(channel: 'left' | 'right', offset: number, speakers: readonly SpokenReader[] | undefined): void {
    const fromMs = (this.#cell - this.#firstCell) * CELL.ms;
    const sum = this.#sum;
    let isHeard = false;
    if (speakers) {
      for (const speaker of speakers) {
        if (!isHeard) sum.fill(0);
        if (speaker.addCell(this.#cell, decodeTable(speaker.law), sum)) isHeard = true;
      }
    }
    // Nobody is to be heard on a channel without speakers, as while the agent is on hold: its silence is no loss.
    const isWhole = isHeard || speakers?.length === 0;
    this.#gaps.mark(channel, fromMs, fromMs + CELL.ms, isWhole ? undefined : speakers ? 'lost' : 'paused');
    if (isHeard) this.#writeSum(offset);
  }

  #writeSum(channel: number): void {
    const { channels } = this.#start;
    const step = channels * SAMPLE_BYTES;
    let at = this.#batchBytes + channel * SAMPLE_BYTES;
    for (let i = 0; i < CELL.samples; i++, at += step) {
      const sample = Math.max(-32_768, Math.min(32_767, this.#sum[i] ?? 0));
      this.#batch[at] = sample;
      this.#batch[at + 1] = sample >> 8;
    }
  }

  #flush(): void {
    if (this.#batchBytes === 0) return;
    this.#file.append(this.#batch.subarray(0, this.#batchBytes));
    this.#batch = this.#newBatch();
    this.#batchBytes = 0;
  }

  #newBatch(): Buffer {
    return Buffer.alloc(BATCH_CELLS * CELL.samples * SAMPLE_BYTES * this.#start.channels);
  }
}

function readersOf(speakers: readonly SpeakerRing[]): SpokenReader[] {
  return speakers.map(({ memory }) => new SpokenReader(memory));
}

function cellAt(nowMs: number): number {
  return Math.floor(positionAt(nowMs) / CELL.samples);
}
