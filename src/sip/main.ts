import { parseArgs } from 'node:util';
import { createLogger } from '../shared/logger.ts';
import { type SipServer, startSipServer } from './server.ts';

/**
 * The SIP server as a program. Settings come as flags; the secret rather from PARLEY_SIP_SECRET, which stands in no list
 * of processes. A parent with an IPC channel is told `{ ready: true, sipPort, adminPort }`.
 */
interface ProgramOptions {
  host: string;
  port: number;
  adminHost: string;
  adminPort: number;
  advertisedHost: string | undefined;
  secret: string;
}

const log = createLogger('sip');

function readOptions(): ProgramOptions {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '5060' },
      'admin-host': { type: 'string', default: '127.0.0.1' },
      'admin-port': { type: 'string', default: '9022' },
      'advertised-host': { type: 'string' },
      secret: { type: 'string' },
    },
  });
  const secret = process.env['PARLEY_SIP_SECRET'] ?? values.secret;
  if (!secret) throw new Error('Set PARLEY_SIP_SECRET (or --secret): without it anybody could place calls');
  return {
    host: values.host,
    port: portOf('--port', values.port),
    adminHost: values['admin-host'],
    adminPort: portOf('--admin-port', values['admin-port']),
    advertisedHost: values['advertised-host'],
    secret,
  };
}

function portOf(flag: string, text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${flag} is no port: ${text}`);
  return port;
}

/** Ends the program once: no new calls, sockets closed, exit. */
function stopWith(server: SipServer): (why: string) => void {
  let stopping = false;
  return (why) => {
    if (stopping) return;
    stopping = true;
    log.info({ why, ...server.stats() }, 'sip server stops');
    server.drain();
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'sip server did not close cleanly');
        process.exit(1);
      },
    );
  };
}

async function run(): Promise<void> {
  const { advertisedHost, ...options } = readOptions();
  const server = await startSipServer({ ...options, log, ...(advertisedHost === undefined ? {} : { advertisedHost }) });
  const stop = stopWith(server);
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('disconnect', () => stop('parent gone'));
  // One stray exception must not end the calls of everybody else; what it broke is in the log.
  process.on('uncaughtException', (error) => log.error({ err: error }, 'bug: uncaught exception'));
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'bug: unhandled rejection'));
  const { sipPort, adminPort } = server;
  log.info({ host: options.host, sipPort, adminPort }, 'sip server ready');
  process.send?.({ ready: true, sipPort, adminPort });
}

run().catch((error: unknown) => {
  log.fatal({ err: error }, 'sip server cannot start');
  process.exit(1);
});
