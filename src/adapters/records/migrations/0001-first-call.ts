import { type CreateTableBuilder, type Kysely, PostgresAdapter, sql } from 'kysely';

type Database = Kysely<unknown>;

/** Everything of the first call: journal, calls, recordings, accounts, audit. */
export async function up(db: Database): Promise<void> {
  await numbered(db, db.schema.createTable('call_facts'))
    .addColumn('fact_key', 'text', (column) => column.notNull().unique())
    .addColumn('call_id', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('fact', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('call_facts_of_call').on('call_facts').columns(['call_id', 'seq']).execute();

  await createCalls(db);
  await createRecordings(db);
  await createAccounts(db);

  await numbered(db, db.schema.createTable('audit'))
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('target', 'text')
    .addColumn('detail', 'text')
    .execute();
}

async function createCalls(db: Database): Promise<void> {
  await db.schema
    .createTable('calls')
    .addColumn('call_id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('caller_number', 'text', (column) => column.notNull())
    .addColumn('called_number', 'text', (column) => column.notNull())
    .addColumn('flow', 'text')
    .addColumn('queue', 'text')
    .addColumn('agent_id', 'text')
    .addColumn('waited_ms', 'bigint')
    .addColumn('talked_ms', 'bigint')
    .addColumn('outcome', 'text')
    .addColumn('ended_by', 'text')
    .addColumn('end_reason', 'text')
    .addColumn('has_recording', 'smallint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('calls_by_start').on('calls').columns(['started_at', 'call_id']).execute();
  await db.schema
    .createIndex('calls_unfinished')
    .on('calls')
    .column('started_at')
    .where(sql.ref('ended_at'), 'is', null)
    .execute();
}

async function createRecordings(db: Database): Promise<void> {
  await db.schema
    .createTable('recordings')
    .addColumn('recording_id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('call_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('file', 'text', (column) => column.notNull().unique())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('closed_at', 'bigint')
    .addColumn('duration_ms', 'bigint')
    .addColumn('failure', 'text')
    .execute();
  await db.schema.createIndex('recordings_of_call').on('recordings').column('call_id').execute();

  await db.schema
    .createTable('recording_files')
    .addColumn('recording_id', 'text', (column) => column.notNull().references('recordings.recording_id'))
    .addColumn('format', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('sha256', 'text', (column) => column.notNull())
    .addColumn('bytes', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('recording_files_key', ['recording_id', 'format'])
    .execute();

  await db.schema
    .createTable('recording_jobs')
    .addColumn('recording_id', 'text', (column) => column.primaryKey().notNull().references('recordings.recording_id'))
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('run_at', 'bigint', (column) => column.notNull())
    .addColumn('leased_until', 'bigint')
    .addColumn('last_error', 'text')
    .execute();
  await db.schema.createIndex('recording_jobs_due').on('recording_jobs').columns(['state', 'run_at']).execute();
}

async function createAccounts(db: Database): Promise<void> {
  await db.schema
    .createTable('users')
    .addColumn('user_id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('name_key', 'text', (column) => column.notNull().unique())
    .addColumn('display_name', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('password_hash', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('changed_at', 'bigint', (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('sessions')
    .addColumn('token_hash', 'text', (column) => column.primaryKey().notNull())
    .addColumn('user_id', 'text', (column) => column.notNull().references('users.user_id').onDelete('cascade'))
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('sessions_of_user').on('sessions').column('user_id').execute();
  await db.schema.createIndex('sessions_by_expiry').on('sessions').column('expires_at').execute();
}

/** A first column `seq` that counts up by itself; the one thing the two databases spell differently. */
function numbered(db: Database, table: CreateTableBuilder<string, never>) {
  if (db.getExecutor().adapter instanceof PostgresAdapter) {
    return table.addColumn('seq', 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity());
  }
  return table.addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement());
}
