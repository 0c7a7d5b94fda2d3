import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../../shared/time.ts';
import type { SendFailed } from './address.ts';
import { type ConnectionEvents, TcpConnection } from './tcp-connection.ts';

/** Connections beyond this are refused at once. */
const MAX_CONNECTIONS = 10_000;

export interface TcpOptions {
  host: string;
  port: number;
  clock: Clock;
  /** A connection unused for so long is closed, in ms. */
  idleMs: number;
  events: ConnectionEvents;
}

/** The TCP side: a listener, and a cache of connections by remote address that both directions share. */
export class TcpTransport {
  #server: Server;
  #options: TcpOptions;
  #connections = new Set<TcpConnection>();
  #byRemote = new Map<string, TcpConnection>();

  private constructor(server: Server, options: TcpOptions) {
    this.#server = server;
    this.#options = options;
    server.on('connection', (socket) => this.#adopt(socket, socket.remoteAddress ?? '', socket.remotePort ?? 0));
    server.maxConnections = MAX_CONNECTIONS;
  }

  /** Listens; rejects with the socket's error when the address cannot be had. */
  static async listen(options: TcpOptions): Promise<TcpTransport> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: options.host, port: options.port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return new TcpTransport(server, options);
  }

  get openConnections(): number {
    return this.#connections.size;
  }

  /** Sends on the open connection to that address, or on a new one. */
  send(address: string, port: number, bytes: Buffer, failed: SendFailed): void {
    const known = this.#byRemote.get(`${address} ${port}`);
    const connection = known?.open ? known : this.#dial(address, port);
    connection.send(bytes, failed);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of [...this.#connections]) connection.close();
    await closed;
  }

  #dial(address: string, port: number): TcpConnection {
    return this.#adopt(connect({ host: address, port }), address, port);
  }

  #adopt(socket: Socket, address: string, port: number): TcpConnection {
    const { clock, idleMs, events } = this.#options;
    const key = `${address} ${port}`;
    const connection = new TcpConnection(
      socket,
      { address, port },
      {
        clock,
        idleMs,
        events: {
          ...events,
          closed: (gone) => {
            this.#connections.delete(gone);
            if (this.#byRemote.get(key) === gone) this.#byRemote.delete(key);
            events.closed(gone);
          },
        },
      },
    );
    this.#connections.add(connection);
    this.#byRemote.set(key, connection);
    return connection;
  }
}
