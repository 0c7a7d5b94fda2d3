import type { Socket } from 'node:net';
import type { Clock } from '../../shared/time.ts';
import type { ParseResult } from '../wire/message.ts';
import { StreamFramer } from '../wire/stream.ts';
import type { Connection, SendFailed } from './address.ts';

const PONG = Buffer.from('\r\n');

/** What waits when the peer does not read; beyond it the connection is given up. */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024;

export interface ConnectionEvents {
  /** A message or a refusal, with its size on the wire. */
  message(result: ParseResult, bytes: number, connection: TcpConnection): void;
  /** The stream could not be cut into messages; the connection closes next. */
  breach(reason: string, connection: TcpConnection): void;
  closed(connection: TcpConnection): void;
}

/** One SIP connection over TCP, made by either side (RFC 3261 section 18). */
export class TcpConnection implements Connection {
  readonly protocol = 'tcp';
  readonly remoteAddress: string;
  readonly remotePort: number;
  #open = true;
  #socket: Socket;
  #framer = new StreamFramer();
  #events: ConnectionEvents;
  #clock: Clock;
  #idleMs: number;
  #lastUseMs: number;
  #stopIdleWatch: () => void;
  /** Senders whose bytes are not with the kernel yet, each told if the connection dies first. */
  #unsent = new Set<SendFailed>();

  constructor(
    socket: Socket,
    remote: { address: string; port: number },
    options: { events: ConnectionEvents; clock: Clock; idleMs: number },
  ) {
    this.remoteAddress = remote.address;
    this.remotePort = remote.port;
    this.#socket = socket;
    this.#events = options.events;
    this.#clock = options.clock;
    this.#idleMs = options.idleMs;
    this.#lastUseMs = options.clock.now();
    this.#stopIdleWatch = this.#watchIdle(options.idleMs);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 45_000);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#end(error.message));
    socket.on('close', () => this.#end('connection closed'));
  }

  get open(): boolean {
    return this.#open;
  }

  get localAddress(): string {
    return this.#socket.localAddress ?? '';
  }

  send(bytes: Buffer, failed: SendFailed): void {
    if (!this.#open) {
      failed('connection closed');
      return;
    }
    if (this.#socket.writableLength > MAX_BACKLOG_BYTES) {
      this.close();
      failed('peer does not read');
      return;
    }
    this.#lastUseMs = this.#clock.now();
    this.#unsent.add(failed);
    this.#socket.write(bytes, () => this.#unsent.delete(failed));
  }

  close(): void {
    this.#socket.destroy();
    this.#end('connection closed');
  }

  #read(chunk: Buffer): void {
    this.#lastUseMs = this.#clock.now();
    for (const item of this.#framer.push(chunk)) {
      if (!this.#open) return;
      if ('keepalive' in item) this.#socket.write(PONG);
      else if ('fatal' in item) {
        this.#breach(item.reason);
        return;
      } else this.#events.message(item, item.bytes, this);
    }
  }

  #breach(reason: string): void {
    this.#events.breach(reason, this);
    this.close();
  }

  #watchIdle(delayMs: number): () => void {
    return this.#clock.after(delayMs, () => {
      const leftMs = this.#lastUseMs + this.#idleMs - this.#clock.now();
      if (leftMs <= 0) this.close();
      else this.#stopIdleWatch = this.#watchIdle(leftMs);
    });
  }

  #end(why: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#stopIdleWatch();
    const unsent = [...this.#unsent];
    this.#unsent.clear();
    for (const failed of unsent) failed(why);
    this.#events.closed(this);
  }
}
