import type { Kysely } from 'kysely';

type Database = Kysely<unknown>;

/** Published flows, and what callers get of them. */
export async function up(db: Database): Promise<void> {
  await db.schema
    .createTable('flow_bundles')
    .addColumn('version', 'text', (column) => column.primaryKey().notNull())
    .addColumn('bundle', 'text', (column) => column.notNull())
    .execute();

  await db.schema
    .createTable('flow_versions')
    .addColumn('flow', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull().references('flow_bundles.version'))
    .addColumn('parent', 'integer')
    .addColumn('author', 'text', (column) => column.notNull())
    .addColumn('message', 'text', (column) => column.notNull())
    .addColumn('published_at', 'bigint', (column) => column.notNull())
    .addColumn('changes', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('flow_versions_key', ['flow', 'number'])
    .execute();

  await db.schema
    .createTable('flow_aliases')
    .addColumn('flow', 'text', (column) => column.notNull())
    .addColumn('alias', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('changed_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('flow_aliases_key', ['flow', 'alias'])
    .addForeignKeyConstraint('flow_aliases_version', ['flow', 'number'], 'flow_versions', ['flow', 'number'])
    .execute();

  await db.schema
    .createTable('flow_canaries')
    .addColumn('flow', 'text', (column) => column.primaryKey().notNull())
    .addColumn('percent', 'integer', (column) => column.notNull())
    .addColumn('number', 'integer')
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addForeignKeyConstraint('flow_canaries_version', ['flow', 'number'], 'flow_versions', ['flow', 'number'])
    .execute();

  await db.schema
    .createTable('flow_revision')
    .addColumn('id', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('revision', 'bigint', (column) => column.notNull())
    .execute();
  await (db as Kysely<{ flow_revision: { id: number; revision: number } }>)
    .insertInto('flow_revision')
    .values({ id: 1, revision: 0 })
    .execute();
}
