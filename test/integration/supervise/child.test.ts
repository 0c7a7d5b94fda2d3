import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../../../src/shared/logger.ts';
import { systemClock } from '../../../src/shared/time.ts';
import { Child } from '../../../src/supervise/child.ts';

let folder: string;
const children: Child[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-child-'));
});

afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.stop()));
  rmSync(folder, { recursive: true, force: true });
});

function childThat(source: string, readyWithinMs = 20_000): Child {
  const file = join(folder, 'program.mjs');
  writeFileSync(file, source);
  const child = new Child({
    name: 'program',
    file,
    args: () => [],
    env: () => ({ ...process.env }),
    log: createLogger('test', { level: 'silent' }),
    clock: systemClock,
    readyWithinMs,
  });
  children.push(child);
  return child;
}

const READY = `process.send({ ready: true, port: 7 }); setInterval(() => {}, 1000);`;

test('a program is started and its ready message handed over', async () => {
  await expect(childThat(READY).start()).resolves.toMatchObject({ ready: true, port: 7 });
});

test('a program that ends before it is ready is told with its status, and not started again', async () => {
  const child = childThat('process.exit(3)');
  await expect(child.start()).rejects.toThrow(/status 3/);
});

test('a silent program is given up after its time', async () => {
  await expect(childThat('setInterval(() => {}, 1000)', 500).start()).rejects.toThrow(/not ready within 500 ms/);
});

test('a program that is killed comes back; one that is stopped does not', async () => {
  const child = childThat(READY);
  await child.start();
  const first = child.pid ?? 0;
  process.kill(first, 'SIGKILL');
  await expect.poll(() => child.pid, { timeout: 20_000 }).not.toBe(first);
  const second = child.pid ?? 0;
  await child.stop();
  expect(() => process.kill(second, 0)).toThrow();
  expect(child.pid).toBe(second);
});
