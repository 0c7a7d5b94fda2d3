export type RecordingFormat = 'wav' | 'opus' | 'mp3';

/** Finished audio, wherever it is kept. Keys are relative paths such as `2026/11/23/rec-….mp3`. */
export interface AudioStore {
  put(key: string, file: string): Promise<void>;
  /** A readable range (bytes, end exclusive), or undefined when there is no such audio. */
  open(
    key: string,
    range?: { start: number; end: number },
  ): Promise<{ size: number; stream: NodeJS.ReadableStream } | undefined>;
  remove(key: string): Promise<void>;
}

/** Turns one audio file into another. One implementation a tool. */
export interface Transcoder {
  /** Rejects with the tool's own last words; leaves no partial output. */
  transcode(input: string, output: string, format: 'opus' | 'mp3', signal?: AbortSignal): Promise<void>;
}

/** What a recording is and where its audio can be had. */
export interface RecordingCatalogue {
  /** The audio of one recording in one format; undefined if there is none (yet). */
  audio(
    recordingId: string,
    format: RecordingFormat,
  ): Promise<{ key: string; contentType: string; callId: string } | undefined>;
}

/** The catalogue as the keepers of recordings need it: those who look for lost ones and check the kept ones. */
export interface RecordingInventory {
  /** Recordings that were begun and never closed. Times in UTC ms. */
  running(): Promise<{ recordingId: string; callId: string; file: string; startedAt: number }[]>;
  /** The keys of every WAV that the catalogue knows. */
  knownFiles(): Promise<Set<string>>;
  /** Every finished file, a few at a time. */
  files(): AsyncIterable<{ recordingId: string; format: RecordingFormat; key: string; sha256: string; bytes: number }>;
}
