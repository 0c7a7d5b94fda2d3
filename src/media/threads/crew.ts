import type { Logger } from '../../shared/logger.ts';
import type { MediaFact } from '../protocol/messages.ts';
import { MediaThread } from './media-thread.ts';
import type { ThreadStats } from './messages.ts';

/** The media threads of the program: a dead one is replaced at once. */

export interface CrewOptions {
  count: number;
  epochMs: number;
  log: Logger;
  onFact: (fact: MediaFact) => void;
  /** `dead` has gone and `index` has a successor; its legs and recordings are the caller's to report. */
  onReplaced: (dead: MediaThread, index: number) => void;
}

export class ThreadCrew {
  readonly #options: CrewOptions;
  readonly #threads: MediaThread[];

  constructor(options: CrewOptions) {
    this.#options = options;
    this.#threads = Array.from({ length: options.count }, (_, index) => this.#start(index));
  }

  /** The thread with the fewest of `legs`. */
  choose(legs: Iterable<{ thread: MediaThread }>): MediaThread {
    const counts = new Map(this.#threads.map((thread) => [thread, 0]));
    for (const { thread } of legs) {
      const count = counts.get(thread);
      if (count !== undefined) counts.set(thread, count + 1);
    }
    let best: [MediaThread, number] | undefined;
    for (const entry of counts) if (!best || entry[1] < best[1]) best = entry;
    if (!best) throw new Error('a crew has at least one thread');
    return best[0];
  }

  async stats(): Promise<ThreadStats[]> {
    const answers = await Promise.all(
      this.#threads.map((thread) => thread.order({ order: 'stats' }).catch(() => undefined)),
    );
    return answers.filter((answer) => answer !== undefined) as ThreadStats[];
  }

  /** For tests of what a crash leaves. */
  async killThread(index: number): Promise<void> {
    await this.#threads[index]?.kill();
  }

  async end(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }

  #start(index: number): MediaThread {
    const { epochMs, log, onFact, onReplaced } = this.#options;
    const thread: MediaThread = new MediaThread(
      { index, epochMs },
      {
        fact: onFact,
        died: (error) => {
          log.error({ index, error: String(error) }, 'media thread died');
          this.#threads[index] = this.#start(index);
          onReplaced(thread, index);
        },
      },
    );
    return thread;
  }
}
