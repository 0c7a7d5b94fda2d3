import type { RecordingFormat } from './recording-store.ts';

/** A finished recording whose audio is to be turned into what players like. */
export interface TranscodeJob {
  recordingId: string;
  callId: string;
  /** Key of the WAV. */
  file: string;
  /** Of the WAV, in hex, as it was when the recording was closed. */
  sha256: string;
  durationMs: number;
  /** How often it was tried, this time included. */
  attempt: number;
}

/** A file of a recording as the catalogue keeps it. */
export interface StoredFile {
  format: RecordingFormat;
  key: string;
  /** In hex. */
  sha256: string;
  bytes: number;
}

/** The jobs in the records. A job is made in the same moment in which its recording is closed. Times in UTC ms. */
export interface JobStore {
  /**
   * The job that is due longest, now ours until `leaseMs` have passed; undefined when none has been due for `dueForMs` (0
   * when it is not given).
   */
  take(leaseMs: number, dueForMs?: number): Promise<TranscodeJob | undefined>;
  /** Keeps a job for `leaseMs` more. */
  prolong(recordingId: string, leaseMs: number): Promise<void>;
  /** The recording is stored with these files besides its WAV. */
  finish(recordingId: string, files: readonly StoredFile[]): Promise<void>;
  tryAgain(recordingId: string, afterMs: number, why: string): Promise<void>;
  /** Hands a job back untried: the program stops. */
  release(recordingId: string): Promise<void>;
  giveUp(recordingId: string, why: string): Promise<void>;
  /** Calls `listener` whenever a job was added; the answer ends that. */
  onAdded(listener: () => void): () => void;
}
