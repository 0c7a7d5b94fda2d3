import type { RequestHandler } from 'express';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '../../shared/time.ts';

/** Our own figures, by route of the table and never by address. */
export interface Figures {
  registry: Registry;
  /** Counts and times requests. */
  watch: RequestHandler;
  socketOpened(kind: string): void;
  socketClosed(kind: string): void;
  askRefused(kind: string, code: string): void;
}

export function makeFigures(clock: Clock): Figures {
  const registry = new Registry();
  const seconds = new Histogram({
    name: 'parley_http_request_seconds',
    help: 'HTTP requests by route and status',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2],
    registers: [registry],
  });
  const sockets = new Gauge({
    name: 'parley_sockets_open',
    help: 'Open WebSockets by page',
    labelNames: ['page'],
    registers: [registry],
  });
  const refused = new Counter({
    name: 'parley_socket_asks_refused_total',
    help: 'Asks refused on WebSockets by page and failure code',
    labelNames: ['page', 'code'],
    registers: [registry],
  });
  return {
    registry,
    watch: (request, response, next) => {
      const startedAt = clock.now();
      response.once('close', () => {
        const route = String(response.locals['route'] ?? 'other');
        const labels = { route, method: request.method, status: String(response.statusCode) };
        seconds.observe(labels, Math.max(0, clock.now() - startedAt) / 1_000);
      });
      next();
    },
    socketOpened: (page) => sockets.inc({ page }),
    socketClosed: (page) => sockets.dec({ page }),
    askRefused: (page, code) => refused.inc({ page, code }),
  };
}
