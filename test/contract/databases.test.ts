import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openRecords } from '../../src/adapters/records/open.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { describeWith } from '../support/peers.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { accountsContract } from './accounts.ts';
import { callbacksContract } from './callbacks.ts';
import { flowCountsContract } from './flow-counts.ts';
import { flowVersionsContract } from './flow-versions.ts';
import { type RecordsUnderTest, recordsContract } from './records.ts';
import { transcodeJobsContract } from './transcode-jobs.ts';

const log = createLogger('test', { level: 'silent' });

async function openIn(database: string | undefined): Promise<RecordsUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-records-'));
  const clock = new ManualClock();
  const open = () => openRecords({ PARLEY_DATA_DIR: folder, DATABASE_URL: database }, log, { clock });
  const site: RecordsUnderTest = {
    records: await open(),
    folder,
    clock,
    reopen: async () => {
      await site.records.close();
      site.records = await open();
      return site.records;
    },
    close: async () => {
      await site.records.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return site;
}

function everyContract(name: string, open: () => Promise<RecordsUnderTest>): void {
  recordsContract(name, open);
  accountsContract(name, open);
  transcodeJobsContract(name, open);
  flowVersionsContract(name, open);
  flowCountsContract(name, open);
  callbacksContract(name, open);
}

everyContract('SQLite', () => openIn(undefined));

describeWith('postgres', 'PostgreSQL', () => {
  let server: PostgresServer;
  let count = 0;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  everyContract('PostgreSQL', async () => {
    count += 1;
    return openIn(await server.createDatabase(`records_${count}`));
  });
});
