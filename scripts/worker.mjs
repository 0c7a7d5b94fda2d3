import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWorker } from './mediasoup-worker/build.mjs';
import { cachedWorker, lockBuild, makeScratch } from './mediasoup-worker/cache.mjs';
import { downloadWorker } from './mediasoup-worker/prebuilt.mjs';
import { workerRuns } from './mediasoup-worker/runs.mjs';
import { say } from './say.mjs';

const mediasoup = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules', 'mediasoup');

/**
 * Path of a mediasoup worker that runs on this machine, or undefined (with the reason said) where none can be had; Parley
 * then works without browser audio. Looked for in this order: the setting MEDIASOUP_WORKER_BIN, the cache outside the
 * tree, mediasoup's own download, a build from the package's source.
 */
export async function ensureWorker({ log = say, env = process.env } = {}) {
  const given = env.MEDIASOUP_WORKER_BIN;
  if (given) {
    if (workerRuns(given)) return given;
    log(`MEDIASOUP_WORKER_BIN names ${given}, which does not run here: browser audio will not work.`);
    return undefined;
  }
  if (!existsSync(mediasoup)) {
    log('the mediasoup package is not installed: browser audio will not work.');
    return undefined;
  }
  const target = cachedWorker(mediasoup, env);
  if (workerRuns(target)) return target;
  const unlock = await lockBuild(target, log);
  try {
    // Whoever held the lock may have made it meanwhile.
    if (workerRuns(target)) return target;
    return await makeWorker(target, log, env);
  } catch (error) {
    log(`mediasoup worker: ${error instanceof Error ? error.message : error}`);
    log('no mediasoup worker: browser audio will not work.');
    return undefined;
  } finally {
    unlock();
  }
}

async function makeWorker(target, log, env) {
  const scratch = makeScratch(target);
  try {
    const made = (await downloadWorker(mediasoup, scratch, log, env)) ?? (await buildWorker(mediasoup, scratch, log));
    if (!workerRuns(made)) throw new Error('the worker was made, but does not run here');
    mkdirSync(dirname(target), { recursive: true });
    // The scratch folder lies beside the cache, so this is one step: nobody ever starts half a file.
    renameSync(made, target);
    log(`mediasoup worker: ready (${target})`);
    return target;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const worker = await ensureWorker();
  if (worker) process.stdout.write(`${worker}\n`);
  process.exitCode = worker ? 0 : 1;
}
