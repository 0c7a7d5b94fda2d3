import type { Machine } from '../shared/machine.ts';

/** How far a recording has come. */
export type RecordingState =
  | { kind: 'running' }
  /** The WAV is whole; a job waits to transcode it. */
  | { kind: 'closed' }
  | { kind: 'transcoding'; attempt: number }
  | { kind: 'stored' }
  /** The WAV stays and can be played. */
  | { kind: 'failed'; why: string };

export type RecordingEvent =
  /** `empty`: not one sample was written. */
  | { kind: 'closed'; empty: boolean }
  | { kind: 'jobTaken'; attempt: number }
  | { kind: 'transcoded' }
  /** `lasting`: trying again cannot help. */
  | { kind: 'transcodeFailed'; why: string; lasting: boolean }
  | { kind: 'programStops' }
  /** The runner vanished and its time is over. */
  | { kind: 'leaseLost' };

export type RecordingOrder =
  | { do: 'addJob' }
  | { do: 'finishJob' }
  | { do: 'retryJob'; afterMs: number; why: string }
  | { do: 'releaseJob' }
  | { do: 'giveUpJob'; why: string };

/** With the back-off below, the last try comes about half an hour after the first. */
export const MOST_ATTEMPTS = 6;
const FIRST_RETRY_MS = 5_000;
const RETRY_FACTOR = 4;
const LONGEST_RETRY_MS = 20 * 60_000;

/** From the first second of a recording to the files that players like. */
export const recordingMachine: Machine<RecordingState, RecordingEvent, RecordingOrder> = {
  running: {
    closed: (_, { empty }) =>
      empty ? [{ kind: 'failed', why: 'nothing was recorded' }] : [{ kind: 'closed' }, { do: 'addJob' }],
  },
  closed: {
    jobTaken: (_, { attempt }) => [{ kind: 'transcoding', attempt }],
  },
  transcoding: {
    transcoded: () => [{ kind: 'stored' }, { do: 'finishJob' }],
    transcodeFailed: ({ attempt }, { why, lasting }) => {
      if (lasting || attempt >= MOST_ATTEMPTS)
        return [
          { kind: 'failed', why },
          { do: 'giveUpJob', why },
        ];
      const afterMs = Math.min(FIRST_RETRY_MS * RETRY_FACTOR ** (attempt - 1), LONGEST_RETRY_MS);
      return [{ kind: 'closed' }, { do: 'retryJob', afterMs, why }];
    },
    programStops: () => [{ kind: 'closed' }, { do: 'releaseJob' }],
    leaseLost: () => [{ kind: 'closed' }],
    // A runner that was thought lost is followed by the next one.
    jobTaken: (_, { attempt }) => [{ kind: 'transcoding', attempt }],
  },
  stored: {},
  failed: {},
};
