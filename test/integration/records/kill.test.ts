import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRecords } from '../../../src/adapters/records/open.ts';
import { createLogger } from '../../../src/shared/logger.ts';

const log = createLogger('test', { level: 'silent' });
const CHILD = resolve(import.meta.dirname, '../../support/records-child.ts');

describe('records in SQLite and a program that is killed', () => {
  let folder: string;
  let children: ChildProcess[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-kill-'));
    children = [];
  });
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs the child until it has printed so many lines, then leaves it running. */
  async function runChild(lines: number) {
    const child = spawn(process.execPath, [CHILD, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    const printed: string[] = [];
    const ended = once(child, 'exit');
    const reader = createInterface({ input: child.stdout });
    await new Promise<void>((done, fail) => {
      reader.on('line', (line) => {
        printed.push(line);
        if (printed.length === lines) done();
      });
      child.once('exit', (code) => fail(new Error(`the child ended with ${code}`)));
    });
    const kill = async (): Promise<number> => {
      child.kill('SIGKILL');
      await ended;
      return Number(printed.at(-1));
    };
    return { kill };
  }

  it('[R57] loses nothing that it was told is safe, and starts again at once', async () => {
    for (const lines of [2, 40, 120]) {
      const { kill } = await runChild(lines);
      const safe = await kill();
      const records = await openRecords({ PARLEY_DATA_DIR: folder, DATABASE_URL: undefined }, log);
      const kept = new Set<string>();
      for (const callId of ['call-0', 'call-1', 'call-2']) {
        for (const { what } of (await records.callRecords.get(callId))?.events ?? []) kept.add(what);
      }
      for (let n = 1; n <= safe; n += 1) {
        for (let i = 0; i <= n % 7; i += 1) expect(kept, `fact ${n}.${i} of ${safe}`).toContain(`${n}.${i}`);
      }
      const lastBurst = [...kept].filter((what) => what.startsWith(`${safe + 1}.`)).length;
      // Of the tick under way all facts are there or none.
      expect([0, ((safe + 1) % 7) + 1]).toContain(lastBurst);
      await records.close();
      const file = new DatabaseSync(join(folder, 'records.sqlite'));
      expect(file.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
      file.close();
    }
  });

  it('[R58] a data folder has one owner; guests are welcome', async () => {
    const settings = { PARLEY_DATA_DIR: folder, DATABASE_URL: undefined };
    const { kill } = await runChild(3);
    await expect(openRecords(settings, log)).rejects.toThrow('this data folder is in use by another Parley');
    const guest = await openRecords(settings, log, { role: 'guest' });
    await guest.accounts.create({ name: 'amy', displayName: 'Amy', role: 'agent', password: 'long enough' });
    expect(await guest.accounts.list()).toHaveLength(1);
    await guest.close();
    await kill();
    const owner = await openRecords(settings, log);
    expect(await owner.accounts.list()).toHaveLength(1);
    await owner.close();
  });
});
