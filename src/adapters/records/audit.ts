import type { Kysely } from 'kysely';
import type { Clock } from '../../shared/time.ts';
import type { Audit, AuditEntry } from '../../users/audit.ts';
import type { RecordsSchema } from './schema.ts';

export function createAudit(db: Kysely<RecordsSchema>, clock: Clock): Audit {
  return {
    add: async (entry) => {
      await addAudit(db, { ...entry, at: clock.now() });
    },
    list: async (limit) => {
      const rows = await db.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(limit).execute();
      return rows.map(({ at, actor, action, target, detail }) => ({
        at,
        actor,
        action,
        ...(target !== null && { target }),
        ...(detail !== null && { detail: JSON.parse(detail) as Record<string, unknown> }),
      }));
    },
  };
}

/** Adds an entry in the transaction of the change that it tells of. */
export async function addAudit(db: Kysely<RecordsSchema>, entry: AuditEntry): Promise<void> {
  const { at, actor, action, target, detail } = entry;
  await db
    .insertInto('audit')
    .values({ at, actor, action, target: target ?? null, detail: detail ? JSON.stringify(detail) : null })
    .execute();
}
