import type { Socket } from 'node:net';
import type { Logger } from '../../shared/logger.ts';
import { encodeFrame, FrameDecoder } from '../frames/codec.ts';

/** A connection whose App does not read is given up beyond this. */
const MAX_BACKLOG_BYTES = 16 * 1024 * 1024;

export interface AppConnectionEvents {
  frame(payload: Buffer, from: AppConnection): void;
  closed(connection: AppConnection): void;
}

/**
 * The connection of one App. Answers to its frames leave at once; what the network says leaves one turn of the event
 * loop later, in order, so that the echo of a request is never in one packet with the first answer to it.
 */
export class AppConnection {
  authenticated = false;
  #socket: Socket;
  #decoder = new FrameDecoder();
  #events: AppConnectionEvents;
  #log: Logger;
  #open = true;
  #facts: Buffer[] = [];
  #factsScheduled = false;

  constructor(socket: Socket, events: AppConnectionEvents, log: Logger) {
    this.#socket = socket;
    this.#events = events;
    this.#log = log.child({ app: `${socket.remoteAddress}:${socket.remotePort}` });
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 45_000);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#log.info({ err: error }, 'app connection failed'));
    socket.on('close', () => this.#end());
  }

  get open(): boolean {
    return this.#open;
  }

  get log(): Logger {
    return this.#log;
  }

  /** Answers one of the App's frames. */
  answer(meta: string, sip?: Buffer): void {
    this.#write(encodeFrame(meta, sip));
  }

  /** Tells the App what the network, or the server by itself, said. */
  tell(meta: string, sip: Buffer): void {
    this.#facts.push(encodeFrame(meta, sip));
    if (this.#factsScheduled) return;
    this.#factsScheduled = true;
    setImmediate(() => this.#flushFacts());
  }

  /** Sends what is waiting, then closes. */
  close(): void {
    this.#flushFacts();
    this.#socket.destroySoon();
    this.#end();
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#socket.destroy();
    this.#end();
  }

  #flushFacts(): void {
    this.#factsScheduled = false;
    const facts = this.#facts;
    this.#facts = [];
    if (facts.length === 1 && facts[0]) this.#write(facts[0]);
    else if (facts.length > 1) this.#write(Buffer.concat(facts));
  }

  #write(bytes: Buffer): void {
    if (!this.#open) return;
    if (this.#socket.writableLength > MAX_BACKLOG_BYTES) {
      this.#log.error('app does not read; its connection is closed');
      this.destroy();
      return;
    }
    this.#socket.write(bytes);
  }

  #read(chunk: Buffer): void {
    // One chunk may hold many frames; their answers leave in one write.
    this.#socket.cork();
    for (const payload of this.#decoder.push(chunk)) {
      if (this.#open) this.#events.frame(payload, this);
    }
    this.#socket.uncork();
    if (this.#open && this.#decoder.breach) {
      this.#log.warn({ why: this.#decoder.breach }, 'app frame cannot be read; connection closed');
      this.close();
    }
  }

  #end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#events.closed(this);
  }
}
