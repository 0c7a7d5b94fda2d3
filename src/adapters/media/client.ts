import { connect, type Socket } from 'node:net';
import type { MediaAnswer, MediaFact, MediaOrderInput } from '../../media/protocol/messages.ts';
import type { ResultOf } from '../../media/protocol/results.ts';
import { FAILURES, type FailureCode, ParleyError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { type Clock, systemClock } from '../../shared/time.ts';

/** The app's side of the media protocol: orders with their answers, facts, and a connection that comes back by itself. */

export interface MediaClientOptions {
  host: string;
  port: number;
  secret: string;
  /** Names this app's process. */
  client: string;
  log: Logger;
  clock?: Clock;
  /** How long an order may wait for its answer, in ms. Digits get the time they take on top. */
  answerWithinMs?: number;
}

export type MediaLink = 'connected' | 'lost';

const ANSWER_WITHIN_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

interface Waiting {
  resolve: (result: Record<string, unknown>) => void;
  reject: (error: ParleyError) => void;
  cancelTimer: () => void;
}

export class MediaClient {
  readonly #options: MediaClientOptions;
  readonly #clock: Clock;
  readonly #factListeners = new Set<(fact: MediaFact) => void>();
  readonly #linkListeners = new Set<(link: MediaLink) => void>();
  readonly #waiting = new Map<number, Waiting>();
  #socket: Socket | undefined;
  #isGreeted = false;
  #rest = '';
  #nextId = 1;
  #pauseMs = FIRST_PAUSE_MS;
  #isClosed = false;
  #cancelRetry: () => void = () => {};

  constructor(options: MediaClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  get isConnected(): boolean {
    return this.#isGreeted;
  }

  /** Resolves when the media program has taken the secret; rejects with `media.unreachable`. Later losses are mended behind the scenes. */
  connect(): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancelTimer = this.#clock.after(this.#answerWithinMs(), () => {
        stop();
        reject(new ParleyError('media.unreachable'));
      });
      const stop = this.onLink((link) => {
        if (link !== 'connected') return;
        cancelTimer();
        stop();
        resolve();
      });
      this.#open();
    });
  }

  /** Sends one order. Rejects with the media program's own failure, or `media.unreachable` when no answer comes. */
  order<O extends MediaOrderInput>(input: O): Promise<ResultOf<O['order']>> {
    if (!this.#isGreeted) return Promise.reject(new ParleyError('media.unreachable'));
    return this.#send(input, this.#answerWithinMs() + timeTakenMs(input)) as Promise<ResultOf<O['order']>>;
  }

  /** The answer stops listening. */
  onFact(listener: (fact: MediaFact) => void): () => void {
    this.#factListeners.add(listener);
    return () => this.#factListeners.delete(listener);
  }

  /** After `connected` an app may ask for the `inventory`: calls have gone on without it. */
  onLink(listener: (link: MediaLink) => void): () => void {
    this.#linkListeners.add(listener);
    return () => this.#linkListeners.delete(listener);
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelRetry();
    this.#socket?.destroy();
    this.#failAll();
  }

  #answerWithinMs(): number {
    return this.#options.answerWithinMs ?? ANSWER_WITHIN_MS;
  }

  #open(): void {
    const { host, port, secret, client, log } = this.#options;
    const socket = connect({ host, port, noDelay: true });
    this.#socket = socket;
    this.#rest = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => {
      this.#send({ order: 'hello', secret, client }, this.#answerWithinMs()).then(
        () => this.#greeted(),
        () => socket.destroy(),
      );
    });
    socket.on('data', (text: string) => this.#take(text));
    socket.on('error', (error) => log.debug({ error: String(error) }, 'media connection failed'));
    socket.on('close', () => this.#lost());
  }

  #greeted(): void {
    this.#isGreeted = true;
    this.#pauseMs = FIRST_PAUSE_MS;
    for (const listener of this.#linkListeners) listener('connected');
  }

  #lost(): void {
    const wasGreeted = this.#isGreeted;
    this.#isGreeted = false;
    this.#failAll();
    if (this.#isClosed) return;
    if (wasGreeted) {
      this.#options.log.error('media connection lost');
      for (const listener of this.#linkListeners) listener('lost');
    }
    this.#cancelRetry = this.#clock.after(this.#pauseMs, () => this.#open());
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  #send(input: MediaOrderInput, withinMs: number): Promise<Record<string, unknown>> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const cancelTimer = this.#clock.after(withinMs, () => {
        this.#waiting.delete(id);
        reject(new ParleyError('media.unreachable', { order: input.order }));
      });
      this.#waiting.set(id, { resolve, reject, cancelTimer });
      this.#socket?.write(`${JSON.stringify({ id, ...input })}\n`);
    });
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#takeLine(line);
  }

  #takeLine(line: string): void {
    let message: MediaAnswer | MediaFact;
    try {
      message = JSON.parse(line) as MediaAnswer | MediaFact;
    } catch {
      this.#options.log.error('the media program sent a line that is not JSON');
      return;
    }
    if ('fact' in message) for (const listener of this.#factListeners) this.#hand(message, listener);
    else this.#answer(message);
  }

  #hand(fact: MediaFact, listener: (fact: MediaFact) => void): void {
    try {
      listener(fact);
    } catch (error) {
      this.#options.log.error({ fact: fact.fact, error: String(error) }, 'a listener of media facts failed');
    }
  }

  #answer(answer: MediaAnswer): void {
    const waiting = this.#waiting.get(answer.re);
    if (!waiting) return;
    this.#waiting.delete(answer.re);
    waiting.cancelTimer();
    if (answer.ok) waiting.resolve(answer.result);
    else waiting.reject(failure(answer.code, answer.text));
  }

  #failAll(): void {
    for (const { reject, cancelTimer } of this.#waiting.values()) {
      cancelTimer();
      reject(new ParleyError('media.unreachable'));
    }
    this.#waiting.clear();
  }
}

/** Digits are answered when they are out. */
function timeTakenMs(input: MediaOrderInput): number {
  if (input.order !== 'endpoint.sendDigits') return 0;
  return input.digits.length * ((input.durationMs ?? 160) + (input.gapMs ?? 80));
}

function failure(code: string, text: string): ParleyError {
  return code in FAILURES
    ? new ParleyError(code as FailureCode, {}, { text })
    : new ParleyError('media.badOrder', { code }, { text });
}
