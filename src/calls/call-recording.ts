import type { FlowEffect } from '../flows/machine/types.ts';
import type { Logger } from '../shared/logger.ts';
import type { WriteFact } from './facts.ts';
import type { Recordings, RunningRecording } from './recordings.ts';

export type RecordOrder = Extract<FlowEffect, { type: 'record' }>['order'];

/** What a talk does about its recording: one of its own, the one of the whole call, or none. */
export type TalkRecording = { kind: 'own' | 'none' } | { kind: 'whole'; recording: RunningRecording };

export interface CallRecordingDeps {
  recordings: Recordings;
  callId: string;
  /** The caller's endpoint. */
  left: string;
  write: WriteFact;
  log: Logger;
}

/**
 * The recording of one call, from what its number says and what its flow orders. Once a flow has stopped the recording,
 * nothing of the call is recorded, its talks neither, until the flow starts it again: a caller may have said no.
 */
export class CallRecording {
  readonly #deps: CallRecordingDeps;
  #policy: 'talks' | 'whole' | 'none' = 'talks';
  #running: RunningRecording | undefined;
  #isPaused = false;
  #isClosed = false;
  /** Orders are carried out one after the other, for a start takes its time. */
  #turn: Promise<void> = Promise.resolve();

  constructor(deps: CallRecordingDeps) {
    this.#deps = deps;
  }

  /** Whether talks of this call may be recorded. */
  get mayRecord(): boolean {
    return this.#policy !== 'none';
  }

  order(order: RecordOrder): void {
    if (order === 'start') this.#policy = 'whole';
    if (order === 'stop') this.#policy = 'none';
    this.#turn = this.#turn.then(() => this.#obey(order));
  }

  /** How a talk that begins now is recorded; a start that is under way is waited for. */
  async forTalk(): Promise<TalkRecording> {
    await this.#turn;
    if (this.#policy === 'none') return { kind: 'none' };
    return this.#running ? { kind: 'whole', recording: this.#running } : { kind: 'own' };
  }

  /** The call is over. */
  close(): void {
    this.#isClosed = true;
    this.#running?.stop();
    this.#running = undefined;
  }

  async #obey(order: RecordOrder): Promise<void> {
    const { write } = this.#deps;
    if (this.#isClosed) return;
    if (order === 'start') {
      if (!this.#running) await this.#start();
      return;
    }
    if (order === 'stop') {
      this.#running?.stop();
      this.#running = undefined;
      write({ type: 'noted', what: 'recording stopped by the flow' });
      return;
    }
    const pauses = order === 'pause';
    if (!this.#running || this.#isPaused === pauses) return;
    this.#isPaused = pauses;
    if (pauses) this.#running.pause();
    else this.#running.resume();
    write({ type: 'noted', what: pauses ? 'recording paused' : 'recording resumed' });
  }

  /** A call goes on without a recording that cannot be had; the record says so. */
  async #start(): Promise<void> {
    const { recordings, callId, left, write, log } = this.#deps;
    try {
      const running = await recordings.start({ callId, kind: 'call', left, right: [], write }, () => {
        // It may have broken off, for want of space, say.
        if (this.#running === running) this.#running = undefined;
      });
      this.#isPaused = false;
      if (this.#isClosed) running.stop();
      else this.#running = running;
    } catch (error) {
      log.error({ error: String(error) }, 'a call is not recorded');
    }
  }
}
