import type { CallJournal } from '../reports/journal.ts';
import { newId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';
import type { WriteFact } from './facts.ts';
import type { MediaFacts, MediaPort } from './media-port.ts';

export interface NewRecording {
  callId: string;
  kind: 'call' | 'voicemail';
  left: string;
  right: string[];
  write: WriteFact;
}

/** A recording that runs. */
export interface RunningRecording {
  readonly recordingId: string;
  setRight(endpointIds: string[]): void;
  /** Leaves measured silence until it is resumed. */
  pause(): void;
  resume(): void;
  stop(): void;
}

/** Starts and stops recordings, and writes down the end of each, whoever ended it and however late it is told. */
export class Recordings {
  readonly #deps: { media: MediaPort; journal: CallJournal; clock: Clock; log: Logger };
  readonly #waiting = new Map<string, (durationMs: number) => void>();

  constructor(deps: { media: MediaPort; facts: MediaFacts; journal: CallJournal; clock: Clock; log: Logger }) {
    this.#deps = deps;
    deps.facts.watchRecordings((fact) => {
      const { at, recordingId, callId, sha256, bytes, durationMs, gaps, reason } = fact;
      if (reason === 'diskFull' || reason === 'writeFailed') deps.log.error({ callId, reason }, 'recording broke off');
      if (callId !== undefined)
        deps.journal.write({
          type: 'recordingClosed',
          callId,
          at,
          recordingId,
          sha256,
          bytes,
          durationMs,
          gaps,
          reason,
        });
      const told = this.#waiting.get(recordingId);
      this.#waiting.delete(recordingId);
      told?.(durationMs);
    });
  }

  /** Resolves once sound is being written. `closed` is called with the length when the file is whole. Rejects as `record.start` does. */
  async start(wanted: NewRecording, closed: (durationMs: number) => void = () => {}): Promise<RunningRecording> {
    const { media, clock } = this.#deps;
    const { callId, kind, left, right, write } = wanted;
    const recordingId = newId('rec', clock.now());
    const file = `${new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/')}/${recordingId}.wav`;
    // Written down first: a file that a crash leaves behind then has an owner.
    write({ type: 'recordingStarted', recordingId, kind, file });
    this.#waiting.set(recordingId, closed);
    try {
      const channels = kind === 'voicemail' ? 1 : 2;
      await media.order({ order: 'record.start', recordingId, callId, file, left, right, channels });
    } catch (error) {
      this.#waiting.delete(recordingId);
      write({ type: 'noted', what: 'recording failed to start', detail: { recordingId, reason: String(error) } });
      throw error;
    }
    return {
      recordingId,
      setRight: (endpointIds) => this.#order({ order: 'record.setRight', recordingId, right: endpointIds }),
      pause: () => this.#order({ order: 'record.pause', recordingId }),
      resume: () => this.#order({ order: 'record.resume', recordingId }),
      stop: () => this.#order({ order: 'record.stop', recordingId }),
    };
  }

  #order(order: Parameters<MediaPort['order']>[0]): void {
    this.#deps.media.order(order).catch((error: unknown) => {
      this.#deps.log.warn({ order: order.order, error: String(error) }, 'order about a recording failed');
    });
  }
}
