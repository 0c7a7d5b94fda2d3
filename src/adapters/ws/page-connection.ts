import type { RawData, WebSocket } from 'ws';
import type { z } from 'zod';
import type { PageSession, PageSocket } from '../../agents/desk-service.ts';
import type { SessionUser } from '../../protocol/http.ts';
import { ParleyError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Clock } from '../../shared/time.ts';
import { invalid, tellFailure } from '../http/failure-answer.ts';
import { TokenBucket } from './token-bucket.ts';

export const BEAT_MS = 15_000;
const RATE = { burst: 60, perSecond: 20 };
const MALFORMED_ALLOWED = 2;
const FLOOD_ALLOWED = 100;
const CLOSE_WITHIN_MS = 2_000;
const BUFFER_LIMIT_BYTES = 1024 * 1024;
/** RFC 6455, section 7.4.1: the peer breaks our rules. */
const POLICY = 1008;

interface AskFrame<Ask> {
  id: number;
  body: Ask;
}

export interface ConnectionDeps<Ask> {
  ws: WebSocket;
  frames: z.ZodType<AskFrame<Ask>>;
  log: Logger;
  clock: Clock;
  refused(code: string): void;
  /** Called once, when the socket is gone. */
  gone(): void;
  /** Who is logged in behind the socket; undefined when the session is over. Asked now and then. */
  userNow(): Promise<SessionUser | undefined>;
}

/** One page's socket: reads and checks its frames, answers each ask once, and notices when the other side has died. */
export class PageConnection<Ask> implements PageSocket<object> {
  readonly #deps: ConnectionDeps<Ask>;
  readonly #bucket: TokenBucket;
  #session: PageSession<Ask> | undefined;
  #malformed = 0;
  #flooded = 0;
  #alive = true;
  #beats = 0;
  #cancelBeat: () => void = () => {};
  #cancelClose: () => void = () => {};
  #over = false;

  constructor(deps: ConnectionDeps<Ask>) {
    this.#deps = deps;
    this.#bucket = new TokenBucket(deps.clock, RATE);
    deps.ws.on('message', (data, isBinary) => this.#received(data, isBinary));
    deps.ws.on('pong', () => {
      this.#alive = true;
    });
    deps.ws.on('error', (error) => deps.log.info({ reason: error.message }, 'socket failed'));
    deps.ws.once('close', (code) => this.#ended(code));
    this.send({ event: 'beat', at: deps.clock.now() });
    this.#beatLater();
  }

  /** From here on asks go to this session; the domain opens it while it already may send. */
  serve(session: PageSession<Ask>): void {
    this.#session = session;
    if (this.#over) session.closed();
  }

  send(frame: object): void {
    const { ws, log } = this.#deps;
    if (ws.readyState !== ws.OPEN) return;
    if (ws.bufferedAmount > BUFFER_LIMIT_BYTES) {
      log.warn({ bufferedBytes: ws.bufferedAmount }, 'socket too slow');
      ws.terminate();
      return;
    }
    ws.send(JSON.stringify(frame));
  }

  close(code: number, reason: string): void {
    this.#deps.ws.close(code, reason);
    // A peer that never answers the close must not keep the socket.
    this.#cancelClose();
    this.#cancelClose = this.#deps.clock.after(CLOSE_WITHIN_MS, () => this.#deps.ws.terminate());
  }

  #received(data: RawData, isBinary: boolean): void {
    if (this.#over || this.#deps.ws.readyState !== this.#deps.ws.OPEN) return;
    if (!this.#bucket.take()) {
      this.#refuseFlood();
      return;
    }
    const frame = isBinary ? undefined : parse(data);
    const read = this.#deps.frames.safeParse(frame);
    if (read.success) void this.#carryOut(read.data);
    else this.#refuseMalformed(idOf(frame), invalid(read.error));
  }

  async #carryOut({ id, body }: AskFrame<Ask>): Promise<void> {
    try {
      if (!this.#session) throw new ParleyError('agent.wrongState');
      const result = await this.#session.ask(body);
      this.send({ re: id, ok: true, result });
    } catch (error) {
      this.#refuse(id, error);
    }
  }

  #refuse(id: number, error: unknown): void {
    const { code, text } = tellFailure(error, this.#deps.log, {}).body.error;
    this.#deps.refused(code);
    this.send({ re: id, ok: false, code, text });
  }

  #refuseMalformed(id: number, error: ParleyError): void {
    this.#malformed += 1;
    this.#refuse(id, error);
    if (this.#malformed > MALFORMED_ALLOWED) this.close(POLICY, 'malformed frames');
  }

  #refuseFlood(): void {
    this.#flooded += 1;
    if (this.#flooded > FLOOD_ALLOWED) {
      this.close(POLICY, 'too many frames');
      return;
    }
    this.#deps.refused('request.tooMany');
    const { message } = new ParleyError('request.tooMany');
    this.send({ re: -1, ok: false, code: 'request.tooMany', text: message });
  }

  #beatLater(): void {
    this.#cancelBeat = this.#deps.clock.after(BEAT_MS, () => void this.#beat());
  }

  async #beat(): Promise<void> {
    const { ws, log } = this.#deps;
    if (!this.#alive) {
      log.info('socket silent: closed');
      ws.terminate();
      return;
    }
    this.#alive = false;
    this.#beats += 1;
    ws.ping();
    this.send({ event: 'beat', at: this.#deps.clock.now() });
    this.#beatLater();
    if (this.#beats % 4 === 0 && !(await this.#holds())) this.close(4003, 'logged out');
  }

  /** A store that cannot be asked says nothing about the session. */
  async #holds(): Promise<boolean> {
    try {
      const user = await this.#deps.userNow();
      if (user) this.#session?.user?.(user);
      return user !== undefined;
    } catch (error) {
      this.#deps.log.warn({ err: error }, 'session could not be checked');
      return true;
    }
  }

  #ended(code: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelBeat();
    this.#cancelClose();
    this.#deps.log.debug({ code }, 'socket closed');
    this.#session?.closed();
    this.#deps.gone();
  }
}

function parse(data: RawData): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    return undefined;
  }
}

/** The ask's number if it can be made out, so that the page learns which ask was refused; -1 otherwise. */
function idOf(frame: unknown): number {
  if (typeof frame !== 'object' || frame === null || !('id' in frame)) return -1;
  return Number.isSafeInteger(frame.id) ? Number(frame.id) : -1;
}
