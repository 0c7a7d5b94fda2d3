import { startApp } from './app.ts';
import { readAppOptions } from './app-options.ts';
import { createLogger } from './shared/logger.ts';

/** The app as a program. A parent with an IPC channel is told `{ ready: true, httpPort, seeded }`. */

const log = createLogger('app');

async function run(): Promise<void> {
  const app = await startApp(readAppOptions(process.env), log);
  let isStopping = false;
  const stop = (why: string): void => {
    if (isStopping) return;
    isStopping = true;
    log.info({ why }, 'app stops');
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'app did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('disconnect', () => stop('parent gone'));
  log.info({ httpPort: app.httpPort }, 'app ready');
  process.send?.({ ready: true, httpPort: app.httpPort, seeded: app.seeded });
}

// One stray exception must not end everybody's calls; what it broke is in the log.
process.on('uncaughtException', (error) => log.error({ err: error }, 'bug: uncaught exception'));
process.on('unhandledRejection', (error) => log.error({ err: error }, 'bug: unhandled rejection'));

run().catch((error: unknown) => {
  log.fatal({ err: error }, 'app cannot start');
  process.exit(1);
});
