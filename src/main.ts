import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readOwnSettings, readServiceUrl, type Settings } from './config/config.ts';
import { createLogger } from './shared/logger.ts';
import { systemClock } from './shared/time.ts';
import { Child, type ReadyMessage } from './supervise/child.ts';

/** A program that the app talks to: a child of ours, or one that runs elsewhere. */
interface Service {
  admin: string;
  secret: string;
  /** What it said when it started; absent when it runs elsewhere. */
  ready?: ReadyMessage;
}

const log = createLogger('main');
const settings = settingsOrExit();
const stops: (() => Promise<void>)[] = [];

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stopAll(0));

try {
  await startAll();
} catch (error) {
  process.stderr.write(`parley: ${error instanceof Error ? error.message : String(error)}\n`);
  await stopAll(1);
}

async function startAll(): Promise<void> {
  say('starting the media program');
  const media = await startService({ name: 'media', url: settings.MEDIA_URL, defaultPort: 9023, args: () => [] });
  say(settings.DRACHTIO_URL ? 'using the drachtio-server of DRACHTIO_URL' : 'starting the SIP server');
  const sip = await startService({
    name: 'sip',
    url: settings.DRACHTIO_URL,
    defaultPort: 9022,
    // A port that was picked at the first start is where callers know us: it is kept.
    args: (ready) => ['--host', settings.PARLEY_HOST, '--port', String(ready?.['sipPort'] ?? settings.PARLEY_SIP_PORT)],
  });
  say('starting the app (the first start renders the prompts)');
  let ready: ReadyMessage | undefined;
  const app = new Child({
    name: 'app',
    file: join(import.meta.dirname, 'app-main.ts'),
    args: () => [],
    env: () => ({
      ...process.env,
      PARLEY_HTTP_PORT: String(ready?.['httpPort'] ?? settings.PARLEY_HTTP_PORT),
      PARLEY_SIP_ADMIN: sip.admin,
      PARLEY_SIP_SECRET: sip.secret,
      PARLEY_MEDIA_ADMIN: media.admin,
      PARLEY_MEDIA_SECRET: media.secret,
    }),
    log,
    clock: systemClock,
    readyWithinMs: 180_000,
  });
  stops.unshift(() => app.stop());
  ready = await app.start();
  announce(ready, sip);
}

interface ServiceOptions {
  name: 'media' | 'sip';
  /** Where the program runs already; absent: it is started here. */
  url: string | undefined;
  defaultPort: number;
  /** Given what the program said at its first start, once it has. */
  args: (ready: ReadyMessage | undefined) => string[];
}

/** Starts one of our programs, or points at the one whose URL is set. Its ports, once known, are kept over restarts. */
async function startService({ name, url, defaultPort, args }: ServiceOptions): Promise<Service> {
  if (url) {
    const { host, port, secret } = readServiceUrl(url, defaultPort);
    return { admin: `${host}:${port}`, secret };
  }
  const secret = randomBytes(24).toString('hex');
  let first: ReadyMessage | undefined;
  const child = new Child({
    name,
    file: join(import.meta.dirname, name, 'main.ts'),
    args: () => [...args(first), '--admin-port', String(first?.['adminPort'] ?? 0)],
    env: () => ({ ...process.env, [`PARLEY_${name.toUpperCase()}_SECRET`]: secret }),
    log,
    clock: systemClock,
    readyWithinMs: 30_000,
  });
  stops.unshift(() => child.stop());
  first = await child.start();
  return { admin: `127.0.0.1:${String(first['adminPort'])}`, secret, ready: first };
}

function announce(app: ReadyMessage, sip: Service): void {
  const http = `http://${settings.PARLEY_HOST}:${String(app['httpPort'])}`;
  const lines = ['ready'];
  if (sip.ready)
    lines.push(`  phone     sip:1000@${settings.PARLEY_HOST}:${String(sip.ready['sipPort'])}  (UDP and TCP)`);
  lines.push(
    `  desk      ${http}/desk`,
    `  phone     ${http}/call   (a phone in the browser)`,
    `  console   ${http}/console`,
  );
  const seeded = app['seeded'];
  if (Array.isArray(seeded) && seeded.length > 0) {
    lines.push('accounts made at this first start (shown once):');
    for (const { name, role, password } of seeded) {
      lines.push(`  ${String(name).padEnd(9)} ${String(role).padEnd(10)} ${String(password)}`);
    }
  }
  for (const line of lines) say(line);
}

async function stopAll(status: number): Promise<never> {
  say('stopping');
  for (const stop of stops) await stop();
  process.exit(status);
}

function settingsOrExit(): Settings {
  try {
    return readOwnSettings();
  } catch (error) {
    process.stderr.write(`parley: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

function say(text: string): void {
  process.stdout.write(`parley: ${text}\n`);
}
