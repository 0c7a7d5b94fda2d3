import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const recipe = dirname(fileURLToPath(import.meta.url));
const RECIPE_FILES = ['CMakeLists.txt', 'include/srtp.h', 'include/ankerl/unordered_dense.h'];
const BINARY = process.platform === 'win32' ? 'mediasoup-worker.exe' : 'mediasoup-worker';

/** A lock is renewed this often; one that was not renewed for `LOCK_STALE_MS` belongs to nobody. */
const LOCK_RENEW_MS = 5_000;
const LOCK_STALE_MS = 60_000;
const LEFTOVER_MS = 3_600_000;

function writableFolder(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    rmSync(mkdtempSync(join(folder, '.try-')), { recursive: true });
    return true;
  } catch {
    return false;
  }
}

/** Where the worker of this package version, recipe and machine is kept, whether it is there yet or not. */
export function cachedWorker(mediasoup, env) {
  const { version } = JSON.parse(readFileSync(join(mediasoup, 'package.json'), 'utf8'));
  const hash = createHash('sha256');
  for (const file of RECIPE_FILES) hash.update(readFileSync(join(recipe, file)));
  const key = `${version}-${hash.digest('hex').slice(0, 12)}-${process.platform}-${process.arch}`;
  const shared = join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'parley', 'mediasoup-worker');
  // A home that cannot be written (some containers) leaves the packages' own folder.
  const folder = writableFolder(shared) ? shared : join(dirname(mediasoup), '.cache', 'parley-mediasoup-worker');
  return join(folder, key, BINARY);
}

/** A new folder for making the worker, beside the cache; what interrupted runs left there is removed. */
export function makeScratch(target) {
  const folder = dirname(dirname(target));
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.startsWith('making-') && Date.now() - statSync(path).mtimeMs > LEFTOVER_MS) {
      rmSync(path, { recursive: true, force: true });
    }
  }
  return mkdtempSync(join(folder, 'making-'));
}

/**
 * Waits until nobody else makes this worker and resolves with the way to let go. The lock saves work and protects
 * nothing: two runs that both take over a stale one make the worker twice, each in its own folder.
 */
export async function lockBuild(target, log) {
  const lock = `${dirname(target)}.lock`;
  mkdirSync(dirname(lock), { recursive: true });
  let said = false;
  while (!take(lock)) {
    if (isStale(lock)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!said) log('mediasoup worker: another run is making it; waiting for that one');
    said = true;
    await pause(1_000);
  }
  const renew = setInterval(() => {
    try {
      utimesSync(lock, new Date(), new Date());
    } catch {
      // Someone took it for stale: the work goes on all the same.
    }
  }, LOCK_RENEW_MS);
  renew.unref();
  return () => {
    clearInterval(renew);
    rmSync(lock, { force: true });
  };
}

function take(lock) {
  try {
    writeFileSync(lock, JSON.stringify({ host: hostname(), pid: process.pid }), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function isStale(lock) {
  try {
    if (Date.now() - statSync(lock).mtimeMs > LOCK_STALE_MS) return true;
    const { host, pid } = JSON.parse(readFileSync(lock, 'utf8'));
    return host === hostname() && !isAlive(pid);
  } catch {
    // Gone, or not yet written: the next look tells.
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
