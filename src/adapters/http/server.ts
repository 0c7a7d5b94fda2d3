import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { ParleyError } from '../../shared/errors.ts';
import { PageSockets } from '../ws/page-sockets.ts';
import type { HttpDeps } from './deps.ts';
import { tellFailure } from './failure-answer.ts';
import { type Figures, makeFigures } from './figures.ts';
import { makeHandlers } from './handlers.ts';
import { makePages } from './pages.ts';
import { makeRouter } from './router.ts';
import { securityHeaders } from './security-headers.ts';

const CLOSE_WITHIN_MS = 3_000;

export interface HttpServer {
  httpPort: number;
  /** Stops listening, tells pages to come back later (1012), and lets running requests end for a moment. */
  close(): Promise<void>;
}

/** Starts the HTTP and WebSocket surface and the pages; rejects when the port cannot be had. */
export async function startHttpServer(deps: HttpDeps): Promise<HttpServer> {
  const log = deps.log.child({ part: 'http' });
  const figures = makeFigures(deps.clock);
  const sockets = new PageSockets({ ...deps, log, figures });
  const app = makeApp({ ...deps, log }, figures, (token) => sockets.closeSession(token));
  const server = createServer({ headersTimeout: 15_000, requestTimeout: 30_000, maxHeaderSize: 16 * 1024 }, app);
  server.on('upgrade', (request, socket, head) => void sockets.upgrade(request, socket, head));
  await listen(server, deps.host, deps.port);
  server.on('error', (error) => log.error({ err: error }, 'HTTP server failed'));
  return {
    httpPort: (server.address() as AddressInfo).port,
    close: async () => {
      sockets.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const cut = deps.clock.after(CLOSE_WITHIN_MS, () => server.closeAllConnections());
      await closed;
      cut();
    },
  };
}

function makeApp(deps: HttpDeps, figures: Figures, loggedOut: (token: string) => void): Express {
  const app = express();
  app.disable('x-powered-by');
  // A proxy on the same host may say who the client is and whether it came over HTTPS; nobody else may.
  app.set('trust proxy', 'loopback');
  app.use(figures.watch, ...securityHeaders());
  app.use(makeRouter(makeHandlers(deps, figures.registry, loggedOut), deps.sessions));
  app.use(makePages(deps.webRoot, deps.sessions));
  app.use((_request, _response, next) => next(new ParleyError('request.unknown')));
  app.use(answerFailure(deps));
  return app;
}

function answerFailure({ log }: HttpDeps): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const { status, body } = tellFailure(error, log, { method: request.method, route: response.locals['route'] });
    // Half an answer cannot be taken back: cutting it tells the client that it is not whole.
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.removeHeader('Content-Disposition');
    response.status(status).set('Cache-Control', 'no-store').json(body);
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
