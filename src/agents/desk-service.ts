import type { DeskAsk, DeskFrame } from '../protocol/desk.ts';
import type { SessionUser } from '../protocol/http.ts';
import type { PhoneAsk, PhoneFrame } from '../protocol/phone.ts';

/** A browser's socket as the domain sees it. `send` never throws; a socket that is gone swallows what it is given. */
export interface PageSocket<Frame> {
  send(frame: Frame): void;
  /** Closes with a WebSocket code: 4001 another page took over, 4003 logged out, 1012 server restarts. */
  close(code: number, reason: string): void;
}

export interface PageSession<Ask> {
  /** Carries one ask out; rejects with a ParleyError that the page may be shown. */
  ask(body: Ask): Promise<Record<string, unknown>>;
  /** The user as they are now; told now and then. */
  user?(user: SessionUser): void;
  /** The socket is gone. The agent's state stays for the grace time, then the agent is `unreachable` or `offline`. */
  closed(): void;
}

/** What `adapters/ws` needs from the domain: one session a socket. */
export interface DeskService {
  openDesk(user: SessionUser, socket: PageSocket<DeskFrame>): PageSession<DeskAsk>;
}

export interface PhoneService {
  openPhone(user: SessionUser, socket: PageSocket<PhoneFrame>): PageSession<PhoneAsk>;
}
