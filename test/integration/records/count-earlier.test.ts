import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openRecords, type Records } from '../../../src/adapters/records/open.ts';
import { createLogger } from '../../../src/shared/logger.ts';
import { wholeCall } from '../../support/call-facts.ts';

const log = createLogger('test', { level: 'silent' });
const CALLS = 250;

test('[V31] calls of before there were counts are counted from their facts, once, by the next owner', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-counts-'));
  const open = (role: 'owner' | 'guest' = 'owner'): Promise<Records> =>
    openRecords({ PARLEY_DATA_DIR: folder, DATABASE_URL: undefined }, log, { role });
  try {
    const first = await open();
    for (let n = 0; n < CALLS; n += 1) {
      const facts = wholeCall(`call-${n}`, 1_764_000_000_000 + n, { first: 'a', second: 'b' });
      for (const fact of n === 0 ? facts.slice(0, 10) : facts) first.journal.write(fact);
    }
    await first.close();

    const database = new DatabaseSync(join(folder, 'records.sqlite'));
    database.exec('update calls set is_counted = 0; delete from flow_call_counts; delete from flow_step_counts');
    database.close();

    const guest = await open('guest');
    expect(await guest.flowTallies.calls('welcome', 0)).toEqual([]);
    await guest.close();
    for (let start = 0; start < 2; start += 1) {
      const owner = await open();
      await expect
        .poll(async () => (await owner.flowTallies.calls('welcome', 0))[0]?.calls, { timeout: 10_000 })
        .toBe(CALLS - 1);
      const steps = await owner.flowTallies.steps('welcome', 0);
      expect(steps.map(({ step, visits }) => [step, visits])).toEqual([
        ['card', CALLS - 1],
        ['hello', CALLS - 1],
        ['support', CALLS - 1],
      ]);
      await owner.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
