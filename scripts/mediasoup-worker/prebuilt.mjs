import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { workerRuns } from './runs.mjs';

/** How long the first byte and the whole file may take, in ms: where the download is out of reach we build instead. */
const ANSWER_WITHIN_MS = 5_000;
const DOWNLOAD_WITHIN_MS = 90_000;
const TAR_BLOCK = 512;

/**
 * The worker that mediasoup's authors publish for this machine, put into `folder`; undefined if there is none, it cannot
 * be reached or it does not run here. The same settings as for mediasoup's own installer skip it or name another source.
 */
export async function downloadWorker(mediasoup, folder, log, env) {
  if (env.MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD) return undefined;
  const url = prebuiltUrl(mediasoup, env);
  try {
    const archive = await fetchWithin(url);
    const name = process.platform === 'win32' ? 'mediasoup-worker.exe' : 'mediasoup-worker';
    const file = join(folder, name);
    writeFileSync(file, fileFromTar(gunzipSync(archive), name));
    chmodSync(file, 0o755);
    if (workerRuns(file)) return file;
    log('mediasoup worker: the published one does not run on this machine');
  } catch (error) {
    log(`mediasoup worker: the published one cannot be had (${error.cause?.code ?? error.message})`);
  }
  return undefined;
}

/** Archives are named by version, platform, processor and, on Linux, the kernel's major version. */
function prebuiltUrl(mediasoup, env) {
  const { version, repository } = JSON.parse(readFileSync(join(mediasoup, 'package.json'), 'utf8'));
  const home = repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
  const base = env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL || `${home}/releases/download`;
  const kernel = process.platform === 'linux' ? `-kernel${release().split('.')[0]}` : '';
  return `${base}/${version}/mediasoup-worker-${version}-${process.platform}-${process.arch}${kernel}.tgz`;
}

async function fetchWithin(url) {
  const stop = new AbortController();
  const tooLate = (ms) => setTimeout(() => stop.abort(new Error(`no answer within ${ms / 1_000} s`)), ms);
  const answer = tooLate(ANSWER_WITHIN_MS);
  const whole = tooLate(DOWNLOAD_WITHIN_MS);
  try {
    const response = await fetch(url, { signal: stop.signal });
    clearTimeout(answer);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } finally {
    clearTimeout(answer);
    clearTimeout(whole);
  }
}

/** The content of one regular file of a tar archive, by its base name. Throws if it is not there or cut short. */
export function fileFromTar(tar, name) {
  for (let at = 0; at + TAR_BLOCK <= tar.length; ) {
    const path = tar.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
    if (path === '') break;
    const bytes = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8);
    const isFile = tar[at + 156] === 0x30 || tar[at + 156] === 0;
    const start = at + TAR_BLOCK;
    if (!Number.isInteger(bytes) || bytes < 0 || start + bytes > tar.length) break;
    if (isFile && basename(path) === name) return tar.subarray(start, start + bytes);
    at = start + Math.ceil(bytes / TAR_BLOCK) * TAR_BLOCK;
  }
  throw new Error(`the archive holds no whole ${name}`);
}
