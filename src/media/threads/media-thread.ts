import { Worker } from 'node:worker_threads';
import { FAILURES, type FailureCode, ParleyError } from '../../shared/errors.ts';
import type { MediaFact } from '../protocol/messages.ts';
import type { FromThread, ThreadOrder, ThreadSetup } from './messages.ts';

/** The main thread's end of one media thread. */

/** A refusal whose code is none of ours: the system's, such as EADDRINUSE. */
export class SystemRefusal extends Error {
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

export interface MediaThreadEvents {
  fact(fact: MediaFact): void;
  /** The thread is gone without having been asked to end. */
  died(error: unknown): void;
}

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

export class MediaThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #isEnding = false;
  #isGone = false;

  constructor(setup: ThreadSetup, events: MediaThreadEvents) {
    this.#worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: setup });
    let cause: unknown;
    this.#worker.on('message', (message: FromThread) => this.#take(message, events));
    this.#worker.on('error', (error) => {
      cause = error;
    });
    this.#worker.on('exit', () => {
      this.#isGone = true;
      for (const { reject } of this.#waiting.values()) reject(gone());
      this.#waiting.clear();
      if (!this.#isEnding) events.died(cause);
    });
  }

  /** Rejects with a `ParleyError`, or with `SystemRefusal` for an error of the operating system. */
  order(order: ThreadOrder): Promise<unknown> {
    if (this.#isGone) return Promise.reject(gone());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, order });
    });
  }

  /** Closes all of the thread's legs and recordings, then the thread. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.order({ order: 'end' }).catch(() => {});
    await this.#worker.terminate();
  }

  /** Ends the thread at once, as a crash would. For tests of what follows. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
  }

  #take(message: FromThread, events: MediaThreadEvents): void {
    if (message.kind === 'fact') {
      events.fact(message.fact);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.ok) waiting?.resolve(message.result);
    else waiting?.reject(errorOf(message.code, message.text));
  }
}

function errorOf(code: string, text: string): Error {
  return code in FAILURES ? new ParleyError(code as FailureCode, {}, { text }) : new SystemRefusal(code, text);
}

function gone(): ParleyError {
  return new ParleyError('media.noWorker', {}, { text: 'The media thread of this leg has ended' });
}
