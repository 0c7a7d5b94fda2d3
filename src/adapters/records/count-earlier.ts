import type { Kysely } from 'kysely';
import type { Logger } from '../../shared/logger.ts';
import { readDrafts } from './fact-appender.ts';
import { countCalls } from './flow-counts.ts';
import type { RecordsSchema } from './schema.ts';

/** Calls in one transaction: few, so that the journal need not wait long for its turn. */
const PAGE = 100;

/**
 * Counts, from their facts, the ended calls that no program has counted yet: those of before there were counts. Goes on by itself
 * until none is left or it is stopped; what it has not come to is left for the next start.
 */
export function countEarlierCalls(db: Kysely<RecordsSchema>, log: Logger): { stop(): Promise<void> } {
  let isStopped = false;
  const work = async (): Promise<void> => {
    let counted = 0;
    for (let found = PAGE; found === PAGE && !isStopped; counted += found) found = await countPage(db);
    if (counted > 0) log.info({ calls: counted }, 'earlier calls are counted');
  };
  const done = work().catch((error: unknown) => log.warn({ err: error }, 'earlier calls were not all counted'));
  return {
    stop: () => {
      isStopped = true;
      return done;
    },
  };
}

/** How many calls were found. */
async function countPage(db: Kysely<RecordsSchema>): Promise<number> {
  const rows = await db
    .selectFrom('calls')
    .select('call_id')
    .where('is_counted', '=', 0)
    .where('ended_at', 'is not', null)
    .limit(PAGE)
    .execute();
  const ids = rows.map(({ call_id }) => call_id);
  if (ids.length === 0) return 0;
  await db.transaction().execute(async (tx) => countCalls(tx, [...(await readDrafts(tx, ids)).values()]));
  return ids.length;
}
