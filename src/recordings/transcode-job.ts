import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { failureCode } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { step } from '../shared/machine.ts';
import type { Clock } from '../shared/time.ts';
import { hashFile } from './hash-file.ts';
import type { JobStore, StoredFile, TranscodeJob } from './job-store.ts';
import { type RecordingEvent, type RecordingOrder, recordingMachine } from './recording-machine.ts';
import type { AudioStore, Transcoder } from './recording-store.ts';

/** A runner that does not prolong its lease by then is taken for dead. */
const LEASE_MS = 60_000;
const PROLONG_MS = 20_000;
/** How often to look for jobs that became due without anyone telling us. */
const LOOK_MS = 5_000;

/** While the machine is busy with calls, a job waits this long at most. */
export const HELD_BACK_MS = 10 * 60_000;

const ENDING = { opus: 'ogg', mp3: 'mp3' } as const;
const FORMATS = ['opus', 'mp3'] as const;

export interface TranscodeDeps {
  jobs: JobStore;
  audio: Pick<AudioStore, 'put'>;
  transcoder: Transcoder;
  /** The folder the media program records to; a job's file is a path below it. */
  recordingsDir: string;
  /** A folder of our own for half-made files; emptied at the start. */
  scratchDir: string;
  /** Whether calls need the machine so much that transcoding has to wait. */
  isBusy: () => boolean;
  clock: Clock;
  log: Logger;
}

export interface TranscodeRunner {
  /** Stops the job under way, hands it back, and resolves when all is at rest. */
  close(): Promise<void>;
}

/** A failure that no second try can mend. */
class LastingFailure extends Error {}

/** Works off the jobs one after the other: one ffmpeg at a time, for calls need the machine more. */
export async function startTranscoding(deps: TranscodeDeps): Promise<TranscodeRunner> {
  await rm(deps.scratchDir, { recursive: true, force: true });
  await mkdir(deps.scratchDir, { recursive: true });
  return new Runner(deps);
}

class Runner implements TranscodeRunner {
  readonly #deps: TranscodeDeps;
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  readonly #endNews: () => void;
  #wake: () => void = () => undefined;
  #news = false;

  constructor(deps: TranscodeDeps) {
    this.#deps = deps;
    this.#endNews = deps.jobs.onAdded(() => {
      this.#news = true;
      this.#wake();
    });
    this.#loop = this.#work();
  }

  async close(): Promise<void> {
    this.#endNews();
    this.#stop.abort(new Error('the program stops'));
    this.#wake();
    await this.#loop;
  }

  async #work(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#news = false;
      let job: TranscodeJob | undefined;
      try {
        job = await this.#deps.jobs.take(LEASE_MS, this.#deps.isBusy() ? HELD_BACK_MS : 0);
        if (job) await this.#run(job);
      } catch (error) {
        // The job's lease runs out and someone takes it up again.
        this.#deps.log.warn({ err: error, recordingId: job?.recordingId }, 'the transcoding jobs cannot be reached');
        job = undefined;
      }
      if (!job) await this.#pause();
    }
  }

  async #run(job: TranscodeJob): Promise<void> {
    const { log } = this.#deps;
    const endProlonging = this.#prolong(job);
    try {
      const files = await this.#transcode(job);
      await this.#move(job, { kind: 'transcoded' }, files);
      log.info({ callId: job.callId, recordingId: job.recordingId }, 'recording transcoded');
    } catch (error) {
      if (this.#stop.signal.aborted) return await this.#move(job, { kind: 'programStops' });
      if (failureCode(error) === 'store.unreachable') throw error;
      const why = error instanceof Error ? error.message : String(error);
      await this.#move(job, { kind: 'transcodeFailed', why, lasting: error instanceof LastingFailure });
    } finally {
      endProlonging();
    }
  }

  async #transcode(job: TranscodeJob): Promise<StoredFile[]> {
    const { audio, transcoder, recordingsDir, scratchDir } = this.#deps;
    const input = join(recordingsDir, job.file);
    await checkInput(job, input);
    const files: StoredFile[] = [];
    for (const format of FORMATS) {
      const output = join(scratchDir, `${job.recordingId}.${ENDING[format]}`);
      try {
        await transcoder.transcode(input, output, format, this.#stop.signal);
        const key = `${job.file.replace(/\.wav$/, '')}.${ENDING[format]}`;
        await audio.put(key, output);
        files.push({ format, key, sha256: await hashFile(output), bytes: (await stat(output)).size });
      } finally {
        await rm(output, { force: true });
      }
    }
    return files;
  }

  async #move(job: TranscodeJob, event: RecordingEvent, files: readonly StoredFile[] = []): Promise<void> {
    const { effects } = step(recordingMachine, { kind: 'transcoding', attempt: job.attempt }, event);
    for (const order of effects) await this.#perform(job, order, files);
  }

  async #perform(job: TranscodeJob, order: RecordingOrder, files: readonly StoredFile[]): Promise<void> {
    const { jobs, log } = this.#deps;
    const { recordingId, callId } = job;
    switch (order.do) {
      case 'finishJob':
        return jobs.finish(recordingId, files);
      case 'retryJob':
        log.warn({ callId, recordingId, why: order.why, afterMs: order.afterMs }, 'transcoding failed; trying again');
        return jobs.tryAgain(recordingId, order.afterMs, order.why);
      case 'giveUpJob':
        log.error({ callId, recordingId, why: order.why }, 'recording cannot be transcoded; its WAV is kept');
        return jobs.giveUp(recordingId, order.why);
      case 'releaseJob':
        return jobs.release(recordingId);
      case 'addJob':
        // The records add the job themselves, together with the fact that the recording was closed.
        return;
    }
  }

  #prolong(job: TranscodeJob): () => void {
    const { clock, jobs, log } = this.#deps;
    let cancel = clock.after(PROLONG_MS, again);
    function again(): void {
      jobs.prolong(job.recordingId, LEASE_MS).catch((error: unknown) => {
        log.warn({ err: error, recordingId: job.recordingId }, 'a lease could not be prolonged');
      });
      cancel = clock.after(PROLONG_MS, again);
    }
    return () => cancel();
  }

  async #pause(): Promise<void> {
    if (this.#news || this.#stop.signal.aborted) return;
    let cancel: () => void = () => undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      cancel = this.#deps.clock.after(LOOK_MS, resolve);
    });
    this.#wake = () => undefined;
    cancel();
  }
}

/** The WAV has to be there and to be what was recorded. */
async function checkInput(job: TranscodeJob, input: string): Promise<void> {
  let sha256: string;
  try {
    sha256 = await hashFile(input);
  } catch (error) {
    throw new Error(`the WAV cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (sha256 !== job.sha256) throw new LastingFailure('the WAV is not what was recorded: its SHA-256 differs');
}
