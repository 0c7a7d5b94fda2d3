import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRecords } from '../../../src/adapters/records/open.ts';
import { createLogger } from '../../../src/shared/logger.ts';
import { wholeCall } from '../../support/call-facts.ts';
import { describeWith } from '../../support/peers.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';

const log = createLogger('test', { level: 'silent' });

describeWith('postgres', 'a PostgreSQL that goes away', () => {
  let server: PostgresServer;
  let folder: string;
  beforeAll(async () => {
    server = await startPostgres();
    folder = mkdtempSync(join(tmpdir(), 'parley-away-'));
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('[R51] takes no fact with it: they wait and are stored in order when it is back', async () => {
    const settings = { PARLEY_DATA_DIR: folder, DATABASE_URL: await server.createDatabase('away') };
    const records = await openRecords(settings, log);
    const facts = wholeCall('call-1', 1_764_000_000_000, { first: 'a', second: 'b' });
    for (const fact of facts.slice(0, 10)) records.journal.write(fact);
    await records.journal.flushed();
    await server.crash();

    for (const fact of facts.slice(10)) records.journal.write(fact);
    await expect(records.callRecords.list({ limit: 1 })).rejects.toMatchObject({ code: 'store.unreachable' });
    expect(await records.reachable()).toBe(false);

    await server.start();
    await records.journal.flushed();
    const record = await records.callRecords.get('call-1');
    expect(record).toMatchObject({ outcome: 'answered', talkedMs: 60_000 });
    expect(record?.steps.map(({ step }) => step)).toEqual(['hello', 'card', 'support']);
    expect(record?.recordings).toHaveLength(1);
    expect(await records.reachable()).toBe(true);
    await records.close();
  });

  it('[R59] a database that does not answer at the start is waited for, and named when it never does', async () => {
    const settings = { PARLEY_DATA_DIR: folder, DATABASE_URL: await server.createDatabase('late') };
    await server.crash();
    await expect(openRecords(settings, log, { patienceMs: 0 })).rejects.toMatchObject({ code: 'store.unreachable' });
    const opening = openRecords(settings, log, { patienceMs: 60_000 });
    await server.start();
    const records = await opening;
    expect(await records.callRecords.list({ limit: 1 })).toEqual([]);
    await records.close();
  });
});
