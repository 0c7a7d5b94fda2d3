import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Logger } from '../../shared/logger.ts';
import { AppConnection } from './connection.ts';

export interface AppListenerEvents {
  frame(payload: Buffer, from: AppConnection): void;
  lost(app: AppConnection): void;
}

/** The port to which Apps connect. */
export class AppListener {
  readonly port: number;
  #server: Server;
  #apps = new Set<AppConnection>();

  private constructor(server: Server, events: AppListenerEvents, log: Logger) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => {
      const app = new AppConnection(
        socket,
        {
          frame: events.frame,
          closed: (gone) => {
            this.#apps.delete(gone);
            events.lost(gone);
          },
        },
        log,
      );
      this.#apps.add(app);
    });
  }

  static async listen(host: string, port: number, events: AppListenerEvents, log: Logger): Promise<AppListener> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return new AppListener(server, events, log);
  }

  get connections(): number {
    return this.#apps.size;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const app of [...this.#apps]) app.destroy();
    await closed;
  }
}
