import type { Kysely } from 'kysely';

/** What people can do, which queues ask for: a JSON list of words. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('users')
    .addColumn('skills', 'text', (column) => column.notNull().defaultTo('[]'))
    .execute();
}
