import { type Kysely, type Selectable, sql } from 'kysely';
import { z } from 'zod';
import type { Callback, CallbackOutcome, CallbackStore, CallbackWish } from '../../calls/callback-store.ts';
import { newId } from '../../shared/ids.ts';
import type { Clock } from '../../shared/time.ts';
import { addAudit } from './audit.ts';
import type { RecordsSchema } from './schema.ts';
import { storable } from './storable.ts';

type Row = Selectable<RecordsSchema['callbacks']>;

const details = z.object({
  skills: z.array(z.string()).catch([]),
  path: z.array(z.object({ step: z.string(), exit: z.string().optional(), label: z.string().optional() })).catch([]),
});

/** The callbacks in the records. Several programs on one database take care of each other by the conditions of their updates. */
export function createCallbacks(db: Kysely<RecordsSchema>, clock: Clock): CallbackStore {
  return new StoredCallbacks(db, clock);
}

class StoredCallbacks implements CallbackStore {
  readonly #db: Kysely<RecordsSchema>;
  readonly #clock: Clock;

  constructor(db: Kysely<RecordsSchema>, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  async book(wish: CallbackWish): Promise<{ callback: Callback; isNew: boolean }> {
    const row = this.#newRow(wish);
    const stored = await this.#db
      .insertInto('callbacks')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['queue', 'number']).where('ended_at', 'is', null).doUpdateSet({
          since: sql`case when excluded.since < callbacks.since then excluded.since else callbacks.since end`,
          priority: sql`case when excluded.priority > callbacks.priority then excluded.priority else callbacks.priority end`,
        }),
      )
      .returningAll()
      .executeTakeFirstOrThrow();
    return { callback: callbackOf(stored), isNew: stored.callback_id === row.callback_id };
  }

  async open(): Promise<Callback[]> {
    const rows = await this.#db
      .selectFrom('callbacks')
      .selectAll()
      .where('ended_at', 'is', null)
      .orderBy('since')
      .orderBy('callback_id')
      .execute();
    return rows.map(callbackOf);
  }

  async begin(callbackId: string, attempt: number, nextAt: number): Promise<boolean> {
    const begun = await this.#db
      .updateTable('callbacks')
      .set({ attempts: attempt, due_at: nextAt })
      .where('callback_id', '=', callbackId)
      .where('attempts', '=', attempt - 1)
      .where('ended_at', 'is', null)
      .returning('callback_id')
      .executeTakeFirst();
    return begun !== undefined;
  }

  async missed(callbackId: string, result: string): Promise<void> {
    await this.#db
      .updateTable('callbacks')
      .set({ last_result: result })
      .where('callback_id', '=', callbackId)
      .where('ended_at', 'is', null)
      .execute();
  }

  async finish(callbackId: string, outcome: CallbackOutcome, result?: string): Promise<void> {
    await this.#db
      .updateTable('callbacks')
      .set({ outcome, ended_at: this.#clock.now(), ...(result !== undefined && { last_result: result }) })
      .where('callback_id', '=', callbackId)
      .where('ended_at', 'is', null)
      .execute();
  }

  cancel(callbackId: string, actor: string): Promise<boolean> {
    const at = this.#clock.now();
    return this.#db.transaction().execute(async (tx) => {
      const cancelled = await tx
        .updateTable('callbacks')
        .set({ outcome: 'cancelled', ended_at: at })
        .where('callback_id', '=', callbackId)
        .where('ended_at', 'is', null)
        .returning('callback_id')
        .executeTakeFirst();
      if (cancelled) await addAudit(tx, { at, actor, action: 'callback.cancelled', target: callbackId });
      return cancelled !== undefined;
    });
  }

  #newRow(wish: CallbackWish): Row {
    const now = this.#clock.now();
    const { skills, path } = wish;
    return {
      callback_id: newId('callback', now),
      queue: wish.queue,
      number: wish.number,
      caller_name: wish.callerName === undefined ? null : storable(wish.callerName),
      called_number: storable(wish.calledNumber),
      booked_in: wish.bookedIn,
      priority: wish.priority,
      language: wish.language,
      may_record: wish.mayRecord ? 1 : 0,
      details: storable(JSON.stringify({ skills, path })),
      since: wish.since,
      booked_at: now,
      attempts: 0,
      due_at: now,
      last_result: null,
      outcome: null,
      ended_at: null,
    };
  }
}

function callbackOf(row: Row): Callback {
  const { skills, path } = details.parse(JSON.parse(row.details));
  return {
    callbackId: row.callback_id,
    queue: row.queue,
    number: row.number,
    ...(row.caller_name !== null && { callerName: row.caller_name }),
    calledNumber: row.called_number,
    bookedIn: row.booked_in,
    priority: row.priority,
    skills,
    language: row.language,
    path: path.map(({ step, exit, label }) => ({
      step,
      ...(exit !== undefined && { exit }),
      ...(label !== undefined && { label }),
    })),
    mayRecord: row.may_record === 1,
    since: row.since,
    bookedAt: row.booked_at,
    attempts: row.attempts,
    dueAt: row.due_at,
  };
}
