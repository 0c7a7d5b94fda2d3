import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { ParleyError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { type MediaAnswer, type MediaFact, type MediaOrder, mediaOrder } from '../protocol/messages.ts';
import { LineReader } from './line-reader.ts';

/** One app's connection: `hello` with the secret first, then orders; facts go out to it as they happen. */

const MOST_LINE_BYTES = 1024 * 1024;
/** An app that does not read its facts is cut off when this much waits for it. */
const MOST_UNREAD_BYTES = 16 * 1024 * 1024;
const SECRET_WITHIN_MS = 5_000;

export interface ConnectionDeps {
  secret: string;
  log: Logger;
  after: (delayMs: number, run: () => void) => () => void;
  carryOut: (order: Exclude<MediaOrder, { order: 'hello' }>) => Promise<object>;
  /** The app has shown the secret. */
  onHello: (connection: Connection) => void;
  onEnd: (connection: Connection) => void;
}

export class Connection {
  readonly #socket: Socket;
  readonly #deps: ConnectionDeps;
  readonly #lines: LineReader;
  readonly #cancelHelloTimer: () => void;
  #client: string | undefined;

  constructor(socket: Socket, deps: ConnectionDeps) {
    this.#socket = socket;
    this.#deps = deps;
    this.#lines = new LineReader(MOST_LINE_BYTES);
    this.#cancelHelloTimer = deps.after(SECRET_WITHIN_MS, () => socket.destroy());
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => deps.log.debug({ error: String(error) }, 'app connection failed'));
    socket.on('close', () => {
      this.#cancelHelloTimer();
      deps.onEnd(this);
    });
  }

  /** True once the secret was shown; nobody else hears a fact. */
  get isApp(): boolean {
    return this.#client !== undefined;
  }

  tell(fact: MediaFact): void {
    if (this.isApp) this.#send(fact);
  }

  end(): void {
    this.#socket.end();
    this.#socket.destroySoon();
  }

  #take(chunk: Buffer): void {
    const lines = this.#lines.take(chunk);
    if (!lines) {
      this.#deps.log.warn({ client: this.#client }, 'a line of an app is too long');
      this.#socket.destroy();
      return;
    }
    for (const line of lines) {
      if (this.#socket.destroyed) return;
      this.#takeLine(line);
    }
  }

  #takeLine(line: string): void {
    const { id, order, problem } = readOrder(line);
    if (this.#client === undefined) {
      this.#takeHello(id, order);
    } else if (!order) {
      this.#send({ re: id, ok: false, code: 'media.badOrder', text: problem });
    } else if (order.order === 'hello') {
      this.#send({ re: id, ok: true, result: {} });
    } else {
      this.#carryOut(id, order);
    }
  }

  #takeHello(id: number, order: MediaOrder | undefined): void {
    if (order?.order !== 'hello' || !isSame(order.secret, this.#deps.secret)) {
      this.#deps.log.warn({ from: this.#socket.remoteAddress }, 'a connection without the secret was closed');
      this.#socket.destroy();
      return;
    }
    this.#cancelHelloTimer();
    this.#client = order.client;
    this.#deps.log.info({ client: order.client }, 'app connected');
    this.#send({ re: id, ok: true, result: {} });
    this.#deps.onHello(this);
  }

  #carryOut(id: number, order: Exclude<MediaOrder, { order: 'hello' }>): void {
    this.#deps.carryOut(order).then(
      (result) => this.#send({ re: id, ok: true, result: { ...result } }),
      (error: unknown) => this.#refuse(id, order.order, error),
    );
  }

  #refuse(id: number, order: string, error: unknown): void {
    const isFailure = error instanceof ParleyError;
    if (!isFailure) this.#deps.log.error({ order, error: stackOf(error) }, 'an order failed by a bug');
    const code = isFailure ? error.code : 'media.badOrder';
    this.#send({ re: id, ok: false, code, text: isFailure ? error.message : 'The media program failed' });
  }

  #send(message: MediaAnswer | MediaFact): void {
    if (this.#socket.destroyed) return;
    this.#socket.write(`${JSON.stringify(message)}\n`);
    if (this.#socket.writableLength <= MOST_UNREAD_BYTES) return;
    this.#deps.log.error({ client: this.#client }, 'an app does not read its facts and was cut off');
    this.#socket.destroy();
  }
}

/** `id` is 0 when the line has none to answer to. */
function readOrder(line: string): { id: number; order: MediaOrder | undefined; problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { id: 0, order: undefined, problem: 'not JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { id: 0, order: undefined, problem: 'not an object' };
  }
  const { id, ...rest } = value as Record<string, unknown>;
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) {
    return { id: 0, order: undefined, problem: 'no id' };
  }
  const read = mediaOrder.safeParse(rest);
  if (read.success) return { id, order: read.data, problem: '' };
  const first = read.error.issues[0];
  return { id, order: undefined, problem: first ? `${first.path.join('.')}: ${first.message}` : 'malformed' };
}

/** Compared by their hashes, so that neither length nor content shows in the time it takes. */
function isSame(given: string, expected: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
