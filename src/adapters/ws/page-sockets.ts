import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { z } from 'zod';
import type { DeskService, PageSession, PhoneService } from '../../agents/desk-service.ts';
import { type DeskAsk, deskAskFrame } from '../../protocol/desk.ts';
import type { SessionUser } from '../../protocol/http.ts';
import { type PhoneAsk, phoneAskFrame } from '../../protocol/phone.ts';
import { ParleyError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Clock } from '../../shared/time.ts';
import type { Sessions } from '../../users/accounts.ts';
import { readSessionCookie } from '../http/cookie.ts';
import { tellFailure } from '../http/failure-answer.ts';
import type { Figures } from '../http/figures.ts';
import { isForeign } from '../http/origin.ts';
import { checkAccess } from '../http/router.ts';
import { socketRoutes } from '../http/routes.ts';
import { PageConnection } from './page-connection.ts';

const FRAME_LIMIT_BYTES = 64 * 1024;
const SOCKETS_A_USER = 20;

export interface PageSocketsDeps {
  sessions: Sessions;
  desk: DeskService;
  phone: PhoneService;
  figures: Figures;
  log: Logger;
  clock: Clock;
}

interface Open {
  token: string;
  userId: string;
  connection: { close(code: number, reason: string): void };
}

/** The sockets of all pages: lets them in by their session cookie and origin, and closes them when the session ends. */
export class PageSockets {
  readonly #deps: PageSocketsDeps;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: FRAME_LIMIT_BYTES, clientTracking: false });
  readonly #open = new Set<Open>();
  #closing = false;

  constructor(deps: PageSocketsDeps) {
    this.#deps = deps;
  }

  /** Listener for a server's `upgrade` event. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const failed = (): void => void socket.destroy();
    socket.on('error', failed);
    try {
      const { kind, token, user } = await this.#letIn(request);
      socket.removeListener('error', failed);
      this.#server.handleUpgrade(request, socket, head, (ws) => this.#opened(kind, ws, token, user));
    } catch (error) {
      const { status, body } = tellFailure(error, this.#deps.log, { upgrade: true });
      refuse(socket, status, JSON.stringify(body));
    }
  }

  /** Closes the sockets of a session that has ended. */
  closeSession(token: string): void {
    for (const open of this.#open) if (open.token === token) open.connection.close(4003, 'logged out');
  }

  /** Tells every page that the server goes; they come back to the next one. */
  close(): void {
    this.#closing = true;
    for (const open of this.#open) open.connection.close(1012, 'server restarts');
  }

  async #letIn(
    request: IncomingMessage,
  ): Promise<{ kind: keyof typeof socketRoutes; token: string; user: SessionUser }> {
    const path = (request.url ?? '').split('?', 1)[0];
    const kind = (['desk', 'phone'] as const).find((name) => socketRoutes[name].path === path);
    if (!kind) throw new ParleyError('request.unknown');
    if (isForeign(request.headers)) throw new ParleyError('request.foreignOrigin');
    const token = readSessionCookie(request.headers.cookie);
    const found = token === undefined ? undefined : await this.#deps.sessions.find(token);
    const user = checkAccess(socketRoutes[kind].access, found);
    if (token === undefined || !user) throw new ParleyError('auth.required');
    const others = [...this.#open].filter((open) => open.userId === user.id).length;
    if (others >= SOCKETS_A_USER) throw new ParleyError('request.tooMany', { userId: user.id });
    return { kind, token, user };
  }

  #opened(kind: keyof typeof socketRoutes, ws: WebSocket, token: string, user: SessionUser): void {
    const { desk, phone } = this.#deps;
    if (kind === 'desk')
      this.#serve<DeskAsk>({ kind, ws, token, user, frames: deskAskFrame }, (c) => desk.openDesk(user, c));
    else this.#serve<PhoneAsk>({ kind, ws, token, user, frames: phoneAskFrame }, (c) => phone.openPhone(user, c));
  }

  #serve<Ask>(
    page: {
      kind: string;
      ws: WebSocket;
      token: string;
      user: SessionUser;
      frames: z.ZodType<{ id: number; body: Ask }>;
    },
    open: (connection: PageConnection<Ask>) => PageSession<Ask>,
  ): void {
    const { figures, sessions, clock } = this.#deps;
    const { kind, ws, token, user, frames } = page;
    const log = this.#deps.log.child({ page: kind, userId: user.id });
    const connection = new PageConnection<Ask>({
      ws,
      frames,
      log,
      clock,
      refused: (code) => figures.askRefused(kind, code),
      gone: () => {
        this.#open.delete(entry);
        figures.socketClosed(kind);
      },
      userNow: async () => {
        const found = await sessions.find(token);
        return found?.id === user.id ? found : undefined;
      },
    });
    const entry: Open = { token, userId: user.id, connection };
    this.#open.add(entry);
    figures.socketOpened(kind);
    if (this.#closing) {
      connection.close(1012, 'server restarts');
      return;
    }
    try {
      connection.serve(open(connection));
    } catch (error) {
      const { body } = tellFailure(error, log, {});
      connection.close(1011, body.error.code);
    }
  }
}

/** Answers an upgrade that is not let in, in plain HTTP, and hangs up. */
function refuse(socket: Duplex, status: number, body: string): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
