import type { Kysely, Transaction } from 'kysely';
import type { CallDraft } from '../../reports/call-draft.ts';
import {
  type CallCount,
  countsOf,
  mergeCallCounts,
  mergeStepCounts,
  type StepCount,
} from '../../reports/flow-counts.ts';
import type { FlowTallies } from '../../reports/flow-figures.ts';
import type { CallOutcome } from '../../reports/journal.ts';
import type { RecordsSchema } from './schema.ts';
import { storable } from './storable.ts';

type Tx = Transaction<RecordsSchema>;

/** Rows in one statement: SQLite takes 32,766 parameters. */
const ROWS = 1_000;

/**
 * Adds these calls to the counts of their days: those that have ended and were not added before, which their lines say. So facts
 * that come twice are counted once. The lines have to be up to date.
 */
export async function countCalls(tx: Tx, drafts: readonly CallDraft[]): Promise<void> {
  if (drafts.length === 0) return;
  const claimed = await tx
    .updateTable('calls')
    .set({ is_counted: 1 })
    .where(
      'call_id',
      'in',
      drafts.map(({ callId }) => callId),
    )
    .where('is_counted', '=', 0)
    .where('ended_at', 'is not', null)
    .returning('call_id')
    .execute();
  const mine = new Set(claimed.map(({ call_id }) => call_id));
  const counts = drafts.filter(({ callId }) => mine.has(callId)).map(countsOf);
  await addCalls(tx, mergeCallCounts(counts.flatMap(({ call }) => call ?? [])));
  await addSteps(tx, mergeStepCounts(counts.flatMap(({ steps }) => steps)));
}

async function addCalls(tx: Tx, counts: readonly CallCount[]): Promise<void> {
  for (const page of pagesOf(counts)) {
    await tx
      .insertInto('flow_call_counts')
      .values(
        page.map(({ flow, day, version, alias, outcome, calls, reached, reachedMs, lastAt }) => ({
          ...{ flow: storable(flow), day, version: storable(version), alias, outcome, calls, reached },
          ...{ reached_ms: reachedMs, last_at: lastAt },
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['flow', 'day', 'version', 'alias', 'outcome']).doUpdateSet((eb) => ({
          calls: eb('flow_call_counts.calls', '+', eb.ref('excluded.calls')),
          reached: eb('flow_call_counts.reached', '+', eb.ref('excluded.reached')),
          reached_ms: eb('flow_call_counts.reached_ms', '+', eb.ref('excluded.reached_ms')),
          last_at: eb
            .case()
            .when('excluded.last_at', '>', eb.ref('flow_call_counts.last_at'))
            .then(eb.ref('excluded.last_at'))
            .else(eb.ref('flow_call_counts.last_at'))
            .end(),
        })),
      )
      .execute();
  }
}

async function addSteps(tx: Tx, counts: readonly StepCount[]): Promise<void> {
  for (const page of pagesOf(counts)) {
    await tx
      .insertInto('flow_step_counts')
      .values(
        page.map(({ flow, day, root, version, step, verb, exit, visits, spentMs, lastAt }) => ({
          ...{ flow: storable(flow), day, root: storable(root), version: storable(version), step: storable(step) },
          ...{ verb: storable(verb), exit: storable(exit), visits, spent_ms: spentMs, last_at: lastAt },
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['flow', 'day', 'root', 'version', 'step', 'verb', 'exit']).doUpdateSet((eb) => ({
          visits: eb('flow_step_counts.visits', '+', eb.ref('excluded.visits')),
          spent_ms: eb('flow_step_counts.spent_ms', '+', eb.ref('excluded.spent_ms')),
          last_at: eb
            .case()
            .when('excluded.last_at', '>', eb.ref('flow_step_counts.last_at'))
            .then(eb.ref('excluded.last_at'))
            .else(eb.ref('flow_step_counts.last_at'))
            .end(),
        })),
      )
      .execute();
  }
}

function* pagesOf<T>(rows: readonly T[]): Iterable<readonly T[]> {
  for (let from = 0; from < rows.length; from += ROWS) yield rows.slice(from, from + ROWS);
}

/** The reading side of the counts. */
export function createFlowTallies(db: Kysely<RecordsSchema>): FlowTallies {
  return {
    calls: async (flow, sinceDay) => {
      const rows = await db
        .selectFrom('flow_call_counts')
        .select(['version', 'alias', 'outcome'])
        .select(({ fn }) => [
          fn.sum<number | string>('calls').as('calls'),
          fn.sum<number | string>('reached').as('reached'),
          fn.sum<number | string>('reached_ms').as('reached_ms'),
          fn.max('last_at').as('last_at'),
        ])
        .where('flow', '=', flow)
        .where('day', '>=', sinceDay)
        .groupBy(['version', 'alias', 'outcome'])
        .orderBy('version')
        .execute();
      // Sums of whole numbers are fractions of any length to PostgreSQL, and come as text.
      return rows.map(({ reached_ms, last_at, calls, reached, outcome, ...row }) => ({
        ...row,
        outcome: outcome as CallOutcome,
        calls: Number(calls),
        reached: Number(reached),
        reachedMs: Number(reached_ms),
        lastAt: Number(last_at),
      }));
    },

    steps: async (flow, sinceDay, version) => {
      const rows = await db
        .selectFrom('flow_step_counts')
        .select(['step', 'verb', 'exit'])
        .select((eb) => [
          eb.fn
            .sum<number | string>(eb.case().when('day', '>=', sinceDay).then(eb.ref('visits')).else(0).end())
            .as('visits'),
          eb.fn
            .sum<number | string>(eb.case().when('day', '>=', sinceDay).then(eb.ref('spent_ms')).else(0).end())
            .as('spent_ms'),
          eb.fn.max('last_at').as('last_at'),
        ])
        .where('flow', '=', flow)
        .$if(version !== undefined, (query) => query.where('version', '=', version ?? ''))
        .groupBy(['step', 'verb', 'exit'])
        .orderBy('step')
        .orderBy('exit')
        .execute();
      return rows.map(({ step, verb, exit, visits, spent_ms, last_at }) => ({
        ...{ step, verb, exit },
        visits: Number(visits),
        spentMs: Number(spent_ms),
        lastAt: Number(last_at),
      }));
    },
  };
}
