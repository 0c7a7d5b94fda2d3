import { type ChildProcess, fork } from 'node:child_process';
import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';

/** What a program tells its parent once it can work; the fields beside `ready` are its own (ports, seeded accounts). */
export type ReadyMessage = { ready: true } & Record<string, unknown>;

export interface ChildOptions {
  name: string;
  file: string;
  /** Asked anew at each start: a program that comes back may have learnt its port. */
  args: () => string[];
  env: () => Record<string, string | undefined>;
  log: Logger;
  clock: Clock;
  /** How long a program may take until it is ready, in ms. */
  readyWithinMs: number;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** A program that ran this long before it died starts again at once. */
const STEADY_MS = 60_000;
const STOP_WITHIN_MS = 20_000;

/** One program of ours, started, watched, and started again whenever it dies without being asked to. */
export class Child {
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #stopping = false;
  #pauseMs = FIRST_PAUSE_MS;

  constructor(options: ChildOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts the program; resolves with its ready message, rejects if it dies or stays silent before that. */
  start(): Promise<ReadyMessage> {
    const { name, file, args, env, log, clock, readyWithinMs } = this.#options;
    const startedAt = clock.now();
    const child = fork(file, args(), {
      // A group of its own: Ctrl-C in a terminal then reaches the parent alone, which stops everything in order.
      detached: true,
      env: env() as NodeJS.ProcessEnv,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#process = child;
    return new Promise((resolve, reject) => {
      let isReady = false;
      const giveUp = clock.after(readyWithinMs, () => {
        reject(new Error(`the ${name} program was not ready within ${readyWithinMs} ms`));
        child.kill('SIGKILL');
      });
      child.on('message', (message) => {
        if (isReady || !isReadyMessage(message)) return;
        isReady = true;
        giveUp();
        resolve(message);
      });
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        giveUp();
        reject(new Error(`the ${name} program ended before it was ready (${signal ?? `status ${code}`})`));
        if (this.#stopping) return;
        if (clock.now() - startedAt > STEADY_MS) this.#pauseMs = FIRST_PAUSE_MS;
        log.error({ child: name, code, signal, againInMs: this.#pauseMs }, 'program ended');
        if (isReady) this.#startAgain();
      });
    });
  }

  /** Asks the program to stop and waits; past the time allowed it is killed. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const kill = this.#options.clock.after(STOP_WITHIN_MS, () => child.kill('SIGKILL'));
      child.once('exit', () => {
        kill();
        resolve();
      });
      child.kill('SIGTERM');
    });
  }

  #startAgain(): void {
    const { name, log, clock } = this.#options;
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    clock.after(pauseMs, () => {
      if (this.#stopping) return;
      this.start().then(
        () => log.warn({ child: name }, 'program is back'),
        (error: unknown) => {
          log.error({ child: name, error: String(error) }, 'program did not come back');
          this.#startAgain();
        },
      );
    });
  }
}

function isReadyMessage(message: unknown): message is ReadyMessage {
  return typeof message === 'object' && message !== null && 'ready' in message && message.ready === true;
}
