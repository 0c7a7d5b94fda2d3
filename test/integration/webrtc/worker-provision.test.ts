import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachedWorker, lockBuild } from '../../../scripts/mediasoup-worker/cache.mjs';
import { downloadWorker, fileFromTar } from '../../../scripts/mediasoup-worker/prebuilt.mjs';
import { workerRuns } from '../../../scripts/mediasoup-worker/runs.mjs';
import { ensureWorker } from '../../../scripts/worker.mjs';

const mediasoup = join(import.meta.dirname, '../../../node_modules/mediasoup');

/** A program that answers as a worker without its parent does, and one that answers otherwise. */
const RUNS = '#!/bin/sh\nexit 41\n';
const RUNS_NOT = '#!/bin/sh\nexit 127\n';

/** A tar archive of one file, of the plainest kind. */
function tarOf(name: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  header.write('0', 156);
  return Buffer.concat([header, Buffer.from(content), Buffer.alloc(((512 - (content.length % 512)) % 512) + 1024)]);
}

describe("the worker's provision", () => {
  let folder: string;
  let log: string[];
  let env: Record<string, string>;
  let requests: string[];
  let answer: { status: number; body: Buffer };
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.writeHead(answer.status).end(answer.body);
  });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-worker-'));
    log = [];
    requests = [];
    answer = { status: 200, body: gzipSync(tarOf('mediasoup-worker', RUNS)) };
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    env = { XDG_CACHE_HOME: folder, MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: `http://127.0.0.1:${port}` };
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const say = (text: string) => void log.push(text);
  const script = (name: string, content: string): string => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, 0o755);
    return file;
  };

  it('[W40] a worker that was named is used, and nothing is looked for', async () => {
    const named = script('named', RUNS);
    expect(await ensureWorker({ log: say, env: { ...env, MEDIASOUP_WORKER_BIN: named } })).toBe(named);
    expect(requests).toEqual([]);
  });

  it('[W40] a named worker that does not run is told, and none other is taken in its place', async () => {
    const named = script('named', RUNS_NOT);
    expect(await ensureWorker({ log: say, env: { ...env, MEDIASOUP_WORKER_BIN: named } })).toBeUndefined();
    expect(log.join()).toContain(named);
    expect(requests).toEqual([]);
  });

  it('[W41] what stands in the cache is used; what no longer runs there is made anew', async () => {
    const cached = script(cachedWorker(mediasoup, env).slice(folder.length + 1), RUNS);
    expect(await ensureWorker({ log: say, env })).toBe(cached);
    expect(requests).toEqual([]);
    script(cached.slice(folder.length + 1), RUNS_NOT);
    expect(await ensureWorker({ log: say, env })).toBe(cached);
    expect(requests).toHaveLength(1);
    expect(workerRuns(cached)).toBe(true);
  });

  it('[W42] two runs at once make it once, and leave nothing but the worker', async () => {
    const [one, two] = await Promise.all([ensureWorker({ log: say, env }), ensureWorker({ log: say, env })]);
    expect(one).toBe(cachedWorker(mediasoup, env));
    expect(two).toBe(one);
    expect(requests).toHaveLength(1);
    expect(readdirSync(join(folder, 'parley', 'mediasoup-worker'))).toEqual([
      cachedWorker(mediasoup, env).split('/').at(-2),
    ]);
  });

  it('[W42] the lock of a run that died is taken over', async () => {
    const target = cachedWorker(mediasoup, env);
    const lock = `${dirname(target)}.lock`;
    mkdirSync(dirname(lock), { recursive: true });
    writeFileSync(lock, JSON.stringify({ host: 'another machine', pid: 1 }));
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(lock, longAgo, longAgo);
    const unlock = await lockBuild(target, say);
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid });
    unlock();
    expect(existsSync(lock)).toBe(false);
  });

  it.each([
    ['is not there', { status: 404, body: Buffer.alloc(0) }],
    ['does not run', { status: 200, body: gzipSync(tarOf('mediasoup-worker', RUNS_NOT)) }],
    ['is no archive', { status: 200, body: Buffer.from('<html>') }],
    ['is cut short', { status: 200, body: gzipSync(tarOf('mediasoup-worker', RUNS).subarray(0, 515)) }],
    ['holds something else', { status: 200, body: gzipSync(tarOf('readme', RUNS)) }],
  ])('[W43] a download that %s is passed over with a line', async (_, given) => {
    answer = given;
    expect(await downloadWorker(mediasoup, folder, say, env)).toBeUndefined();
    expect(log).toHaveLength(1);
  });

  it('[W43] a download is not tried where the setting forbids it', async () => {
    const forbidden = { ...env, MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD: 'true' };
    expect(await downloadWorker(mediasoup, folder, say, forbidden)).toBeUndefined();
    expect(requests).toEqual([]);
  });

  it('[W43] an archive may hold folders and other files before the worker', () => {
    const tar = Buffer.concat([tarOf('a/readme', 'hello').subarray(0, 1024), tarOf('./mediasoup-worker', RUNS)]);
    expect(fileFromTar(tar, 'mediasoup-worker').toString()).toBe(RUNS);
  });

  it('[W44] the installed source still holds the comparison that the recipe mends', () => {
    const source = readFileSync(join(mediasoup, 'worker/src/RTC/DtlsTransport.cpp'), 'utf8');
    const recipe = readFileSync(join(import.meta.dirname, '../../../scripts/mediasoup-worker/CMakeLists.txt'), 'utf8');
    const wrong = /set\(DTLS_WRONG "(.+)"\)/.exec(recipe)?.[1];
    expect(wrong).toBeDefined();
    expect(source.split(wrong ?? '')).toHaveLength(2);
  });
});
