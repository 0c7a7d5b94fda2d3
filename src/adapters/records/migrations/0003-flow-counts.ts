import { type Kysely, sql } from 'kysely';

type Database = Kysely<unknown>;

/** Counts of ended calls and of their steps by day. Earlier calls are counted by the program, from their facts. */
export async function up(db: Database): Promise<void> {
  await db.schema
    .alterTable('calls')
    .addColumn('is_counted', 'smallint', (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createIndex('calls_uncounted')
    .on('calls')
    .column('call_id')
    .where(sql.ref('is_counted'), '=', sql.lit(0))
    .execute();

  await db.schema
    .createTable('flow_call_counts')
    .addColumn('flow', 'text', (column) => column.notNull())
    .addColumn('day', 'integer', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('alias', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('calls', 'bigint', (column) => column.notNull())
    .addColumn('reached', 'bigint', (column) => column.notNull())
    .addColumn('reached_ms', 'bigint', (column) => column.notNull())
    .addColumn('last_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('flow_call_counts_key', ['flow', 'day', 'version', 'alias', 'outcome'])
    .execute();

  await db.schema
    .createTable('flow_step_counts')
    .addColumn('flow', 'text', (column) => column.notNull())
    .addColumn('day', 'integer', (column) => column.notNull())
    .addColumn('root', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('step', 'text', (column) => column.notNull())
    .addColumn('verb', 'text', (column) => column.notNull())
    .addColumn('exit', 'text', (column) => column.notNull())
    .addColumn('visits', 'bigint', (column) => column.notNull())
    .addColumn('spent_ms', 'bigint', (column) => column.notNull())
    .addColumn('last_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('flow_step_counts_key', ['flow', 'day', 'root', 'version', 'step', 'verb', 'exit'])
    .execute();
}
