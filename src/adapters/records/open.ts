import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Dialect, Kysely } from 'kysely';
import type { CallbackStore } from '../../calls/callback-store.ts';
import type { Settings } from '../../config/config.ts';
import type { FlowVersionStore } from '../../flows/versions/version-store.ts';
import type { JobStore } from '../../recordings/job-store.ts';
import type { RecordingCatalogue, RecordingInventory } from '../../recordings/recording-store.ts';
import type { CallRecords } from '../../reports/call-records.ts';
import type { FlowTallies } from '../../reports/flow-figures.ts';
import type { CallJournal } from '../../reports/journal.ts';
import { type ClosableJournal, createJournal } from '../../reports/journal-writer.ts';
import { failureCode } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { type Clock, systemClock } from '../../shared/time.ts';
import type { Accounts, Sessions } from '../../users/accounts.ts';
import type { Audit } from '../../users/audit.ts';
import { openFactSpill } from '../files/fact-spill.ts';
import { postgresDialect } from '../postgres/dialect.ts';
import { openSqlite } from '../sqlite/database-client.ts';
import { sqliteDialect } from '../sqlite/dialect.ts';
import { createAccounts } from './accounts.ts';
import { createAudit } from './audit.ts';
import { createCallRecords } from './call-records.ts';
import { createCallbacks } from './callbacks.ts';
import { countEarlierCalls } from './count-earlier.ts';
import { createFactStore } from './fact-appender.ts';
import { createFlowTallies } from './flow-counts.ts';
import { createFlowVersions } from './flow-versions.ts';
import { migrate } from './migrate.ts';
import { createCatalogue } from './recording-rows.ts';
import type { RecordsSchema } from './schema.ts';
import { createSessions } from './sessions.ts';
import { TranscodeJobs } from './transcode-jobs.ts';

/** Everything that is kept for good, in SQLite or PostgreSQL. */
export interface Records {
  journal: CallJournal;
  callRecords: CallRecords;
  accounts: Accounts;
  sessions: Sessions;
  recordingCatalogue: RecordingCatalogue & RecordingInventory;
  transcodeJobs: JobStore;
  audit: Audit;
  flowVersions: FlowVersionStore;
  flowTallies: FlowTallies;
  callbacks: CallbackStore;
  /** Resolves with whether the database answers. */
  reachable(): Promise<boolean>;
  /** Stores what the journal still holds, then closes. */
  close(): Promise<void>;
}

export type RecordsSettings = Pick<Settings, 'PARLEY_DATA_DIR' | 'DATABASE_URL'>;

export interface RecordsOptions {
  clock?: Clock;
  /**
   * `owner` (the app): no second owner may open the same data folder, and what a dead one left is taken over.
   * `guest` (the command line): beside a running owner.
   */
  role?: 'owner' | 'guest';
  /** How long to wait for a PostgreSQL that does not answer yet, in ms. */
  patienceMs?: number;
}

const PATIENCE_MS = 60_000;
const PATIENCE_STEP_MS = 1_000;

/** Opens the records and brings their tables up to date. Rejects with a sentence for people. */
export async function openRecords(
  settings: RecordsSettings,
  log: Logger,
  options: RecordsOptions = {},
): Promise<Records> {
  const { clock = systemClock, role = 'owner' } = options;
  mkdirSync(settings.PARLEY_DATA_DIR, { recursive: true, mode: 0o700 });
  const db = new Kysely<RecordsSchema>({ dialect: await openDialect(settings, role, log) });
  const jobs = new TranscodeJobs(db, clock);
  let journal: ClosableJournal;
  try {
    await untilReachable(() => migrate(db, log), options.patienceMs ?? PATIENCE_MS, clock, log);
    // Programs that share a PostgreSQL cannot tell a dead one's jobs from a living one's: there the leases run out by themselves.
    if (role === 'owner' && settings.DATABASE_URL === undefined) await jobs.freeLeases();
    const spill = openFactSpill(
      join(settings.PARLEY_DATA_DIR, role === 'owner' ? 'journal.spill' : 'journal-guest.spill'),
    );
    journal = createJournal({ store: createFactStore(db, () => jobs.added()), spill, clock, log });
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const counting = role === 'owner' ? countEarlierCalls(db, log) : undefined;
  return {
    journal,
    callRecords: createCallRecords(db),
    accounts: createAccounts(db, clock),
    sessions: createSessions(db, clock),
    recordingCatalogue: createCatalogue(db),
    transcodeJobs: jobs,
    audit: createAudit(db, clock),
    flowVersions: createFlowVersions(db, clock),
    flowTallies: createFlowTallies(db),
    callbacks: createCallbacks(db, clock),
    reachable: () =>
      db
        .selectFrom('users')
        .select('user_id')
        .limit(1)
        .execute()
        .then(
          () => true,
          () => false,
        ),
    close: async () => {
      await counting?.stop();
      await journal.close();
      await db.destroy();
    },
  };
}

async function openDialect(settings: RecordsSettings, role: 'owner' | 'guest', log: Logger): Promise<Dialect> {
  const folder = settings.PARLEY_DATA_DIR;
  if (settings.DATABASE_URL !== undefined) return postgresDialect(settings.DATABASE_URL, log);
  const database = await openSqlite({
    file: join(folder, 'records.sqlite'),
    ...(role === 'owner' && { lockFile: join(folder, 'owner.lock') }),
  });
  return sqliteDialect(database);
}

/** A database that is started together with us may need a moment longer. */
async function untilReachable(open: () => Promise<void>, patienceMs: number, clock: Clock, log: Logger): Promise<void> {
  const giveUpAt = clock.now() + patienceMs;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (failureCode(error) !== 'store.unreachable' || clock.now() >= giveUpAt) throw error;
      log.warn({ err: error }, 'the database does not answer yet');
      await new Promise<void>((resolve) => clock.after(PATIENCE_STEP_MS, resolve));
    }
  }
}
