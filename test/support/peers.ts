import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe } from 'vitest';
import { cachedWorker } from '../../scripts/mediasoup-worker/cache.mjs';
import { workerRuns } from '../../scripts/mediasoup-worker/runs.mjs';

/** Programs that are not ours and that some suites need beside them. */
export type Peer =
  | 'chromium'
  | 'worker'
  | 'ffmpeg'
  | 'espeak-ng'
  | 'redis-server'
  | 'postgres'
  | 'sipp'
  | 'tshark'
  | 'drachtio-server';

/** Peers that no package of the system brings: they are named in the environment, and their absence is no fault anywhere. */
const OPTIONAL: ReadonlySet<Peer> = new Set(['drachtio-server']);

function onPath(program: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
}

/** Debian keeps PostgreSQL's programs by version, outside the path: the newest one's `postgres`. */
function newestPostgres(): string | undefined {
  const versions = '/usr/lib/postgresql';
  const installed = existsSync(versions) ? readdirSync(versions).map(Number).filter(Number.isFinite) : [];
  const found = installed
    .sort((a, b) => b - a)
    .map((version) => join(versions, String(version), 'bin', 'postgres'))
    .find((path) => existsSync(path));
  return found ?? onPath('postgres');
}

/** The setting that `npm test` gives, or what an earlier run left in the cache. */
function mediasoupWorker(): string | undefined {
  const given = process.env['MEDIASOUP_WORKER_BIN'];
  const path = given ?? cachedWorker(join(import.meta.dirname, '../../node_modules/mediasoup'), process.env);
  return workerRuns(path) ? path : undefined;
}

const FIND: Record<Peer, () => string | undefined> = {
  chromium: () => process.env['CHROMIUM_BIN'] ?? onPath('chromium') ?? onPath('chromium-browser'),
  worker: mediasoupWorker,
  ffmpeg: () => onPath('ffmpeg'),
  'espeak-ng': () => onPath('espeak-ng'),
  'redis-server': () => onPath('redis-server'),
  postgres: newestPostgres,
  sipp: () => onPath('sipp'),
  tshark: () => onPath('tshark'),
  'drachtio-server': () => [process.env['DRACHTIO_SERVER_BIN']].find((path) => path !== undefined && existsSync(path)),
};

/** Where a peer's program is, or undefined if this machine lacks it. */
export function findPeer(peer: Peer): string | undefined {
  return FIND[peer]();
}

/** Where a peer's program is; for the hooks and tests of a suite of `describeWith`. */
export function peer(name: Peer): string {
  const path = findPeer(name);
  if (path === undefined) throw new Error(`${name} is not on this machine`);
  return path;
}

/**
 * A suite that needs these peers. Where one is absent the suite is skipped, with the reason in its title and on standard
 * error; in CI (`CI=true`) absence is a failure, so that a suite cannot vanish unseen, unless the peer is optional.
 */
export function describeWith(peers: Peer | Peer[], title: string, suite: () => void): void {
  const missing = [peers].flat().filter((name) => findPeer(name) === undefined);
  if (missing.length === 0) {
    describe(title, suite);
    return;
  }
  const reason = `${missing.join(' and ')} not on this machine`;
  if (process.env['CI'] === 'true' && missing.some((name) => !OPTIONAL.has(name)))
    throw new Error(`${title}: ${reason}`);
  process.stderr.write(`skipped: ${title} (${reason})\n`);
  describe.skip(`${title} (skipped: ${reason})`, suite);
}
