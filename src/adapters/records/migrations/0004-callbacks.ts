import { type Kysely, sql } from 'kysely';

/** Callers who want to be called back. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('callbacks')
    .addColumn('callback_id', 'text', (column) => column.primaryKey())
    .addColumn('queue', 'text', (column) => column.notNull())
    .addColumn('number', 'text', (column) => column.notNull())
    .addColumn('caller_name', 'text')
    .addColumn('called_number', 'text', (column) => column.notNull())
    .addColumn('booked_in', 'text', (column) => column.notNull())
    .addColumn('priority', 'integer', (column) => column.notNull())
    .addColumn('language', 'text', (column) => column.notNull())
    .addColumn('may_record', 'smallint', (column) => column.notNull())
    .addColumn('details', 'text', (column) => column.notNull())
    .addColumn('since', 'bigint', (column) => column.notNull())
    .addColumn('booked_at', 'bigint', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('due_at', 'bigint', (column) => column.notNull())
    .addColumn('last_result', 'text')
    .addColumn('outcome', 'text')
    .addColumn('ended_at', 'bigint')
    .execute();
  await db.schema
    .createIndex('callbacks_open')
    .on('callbacks')
    .columns(['queue', 'number'])
    .unique()
    .where(sql.ref('ended_at'), 'is', null)
    .execute();
}
