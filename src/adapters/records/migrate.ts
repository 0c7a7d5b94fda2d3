import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Logger } from '../../shared/logger.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { RecordsSchema } from './schema.ts';

/** Brings the tables up to this program's shape; rejects when they are newer than the program. */
export async function migrate(db: Kysely<RecordsSchema>, log: Logger): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } });
  const { error, results = [] } = await migrator.migrateToLatest();
  for (const { migrationName, status } of results) {
    if (status === 'Success') log.info({ migration: migrationName }, 'records brought up to date');
  }
  if (error) throw error;
}
