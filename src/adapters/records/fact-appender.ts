import type { Insertable, Kysely, Transaction } from 'kysely';
import { summarise } from '../../reports/build-record.ts';
import { type CallDraft, draftOf, drawFact } from '../../reports/call-draft.ts';
import type { FactStore, KeyedFact } from '../../reports/fact-store.ts';
import type { CallFact } from '../../reports/journal.ts';
import { countCalls } from './flow-counts.ts';
import { closeRecording, startRecording } from './recording-rows.ts';
import type { RecordsSchema } from './schema.ts';
import { storable } from './storable.ts';

/** Calls whose facts so far are kept in memory, so that each batch need not read them again. */
const REMEMBERED = 5_000;

/** A line as it follows from its facts; whether it was counted is kept beside it. */
type CallRow = Omit<Insertable<RecordsSchema['calls']>, 'is_counted'>;

/**
 * Stores facts and, in the same transaction, all that follows from them: the call's line in lists, its recordings, the job of a
 * recording that was closed, and the counts of the flows of a call that ended. `jobsAdded` is called after a commit that brought jobs.
 */
export function createFactStore(db: Kysely<RecordsSchema>, jobsAdded: () => void): FactStore {
  return new FactAppender(db, jobsAdded);
}

interface Remembered {
  draft: CallDraft;
  /** The call's line as it stands in the table. */
  line: string;
}

class FactAppender implements FactStore {
  readonly #db: Kysely<RecordsSchema>;
  readonly #jobsAdded: () => void;
  readonly #calls = new Map<string, Remembered>();

  constructor(db: Kysely<RecordsSchema>, jobsAdded: () => void) {
    this.#db = db;
    this.#jobsAdded = jobsAdded;
  }

  async append(facts: readonly KeyedFact[]): Promise<void> {
    if (facts.length === 0) return;
    const callIds = [...new Set(facts.map(({ fact }) => fact.callId))];
    let jobs = 0;
    try {
      await this.#db.transaction().execute(async (tx) => {
        const fresh = await insertFacts(tx, facts);
        await this.#draw(tx, callIds, fresh);
        await this.#saveLines(tx, callIds);
        await countCalls(tx, this.#endedIn(facts));
        jobs = await followRecordings(tx, facts);
      });
    } catch (error) {
      // Whether the commit took place is not known, so what we remember may be wrong: it is read again next time.
      for (const callId of callIds) this.#calls.delete(callId);
      throw error;
    }
    this.#forget(callIds);
    if (jobs > 0) this.#jobsAdded();
  }

  /** Brings the remembered calls up to date: known ones by the new facts, others by all their facts. */
  async #draw(tx: Transaction<RecordsSchema>, callIds: string[], facts: readonly KeyedFact[]): Promise<void> {
    const unknown = callIds.filter((callId) => !this.#calls.has(callId));
    for (const { fact } of facts) {
      const remembered = this.#calls.get(fact.callId);
      if (remembered) drawFact(remembered.draft, fact);
    }
    for (const draft of (await readDrafts(tx, unknown)).values()) this.#calls.set(draft.callId, { draft, line: '' });
  }

  /** The calls that these facts say are over. */
  #endedIn(facts: readonly KeyedFact[]): CallDraft[] {
    const callIds = new Set(facts.flatMap(({ fact }) => (fact.type === 'callEnded' ? [fact.callId] : [])));
    return [...callIds].flatMap((callId) => this.#calls.get(callId)?.draft ?? []);
  }

  async #saveLines(tx: Transaction<RecordsSchema>, callIds: string[]): Promise<void> {
    const rows: CallRow[] = [];
    for (const callId of callIds) {
      const remembered = this.#calls.get(callId);
      if (!remembered) continue;
      const row = lineOf(remembered.draft);
      const line = JSON.stringify(row);
      if (line === remembered.line) continue;
      remembered.line = line;
      rows.push(row);
    }
    if (rows.length === 0) return;
    await tx
      .insertInto('calls')
      .values(rows)
      .onConflict((conflict) =>
        conflict.column('call_id').doUpdateSet(({ ref }) => ({
          started_at: ref('excluded.started_at'),
          ended_at: ref('excluded.ended_at'),
          caller_number: ref('excluded.caller_number'),
          called_number: ref('excluded.called_number'),
          flow: ref('excluded.flow'),
          queue: ref('excluded.queue'),
          agent_id: ref('excluded.agent_id'),
          waited_ms: ref('excluded.waited_ms'),
          talked_ms: ref('excluded.talked_ms'),
          outcome: ref('excluded.outcome'),
          ended_by: ref('excluded.ended_by'),
          end_reason: ref('excluded.end_reason'),
          has_recording: ref('excluded.has_recording'),
        })),
      )
      .execute();
  }

  #forget(callIds: string[]): void {
    for (const callId of callIds) {
      if (this.#calls.get(callId)?.draft.ended) this.#calls.delete(callId);
    }
    for (const oldest of this.#calls.keys()) {
      if (this.#calls.size <= REMEMBERED) return;
      this.#calls.delete(oldest);
    }
  }
}

/** All facts of these calls, drawn together; a call without facts is not in the answer. */
export async function readDrafts(db: Kysely<RecordsSchema>, callIds: string[]): Promise<Map<string, CallDraft>> {
  const drafts = new Map<string, CallDraft>();
  const facts = Map.groupBy(await readFacts(db, callIds), ({ callId }) => callId);
  for (const [callId, ofCall] of facts) {
    const draft = draftOf(ofCall);
    if (draft) drafts.set(callId, draft);
  }
  return drafts;
}

/** All facts of these calls in the order they were journaled. */
export async function readFacts(db: Kysely<RecordsSchema>, callIds: string[]): Promise<CallFact[]> {
  if (callIds.length === 0) return [];
  const rows = await db
    .selectFrom('call_facts')
    .select('fact')
    .where('call_id', 'in', callIds)
    .orderBy('seq')
    .execute();
  return rows.map(({ fact }) => JSON.parse(fact) as CallFact);
}

/** Gives those that were not known before, each once. */
async function insertFacts(tx: Transaction<RecordsSchema>, facts: readonly KeyedFact[]): Promise<KeyedFact[]> {
  const rows = await tx
    .insertInto('call_facts')
    .values(
      facts.map(({ key, fact }) => ({
        fact_key: key,
        call_id: fact.callId,
        at: fact.at,
        type: fact.type,
        fact: JSON.stringify(fact),
      })),
    )
    .onConflict((conflict) => conflict.column('fact_key').doNothing())
    .returning('fact_key')
    .execute();
  const added = new Set(rows.map(({ fact_key }) => fact_key));
  return facts.filter(({ key }) => added.delete(key));
}

/** Returns how many jobs were added. */
async function followRecordings(tx: Transaction<RecordsSchema>, facts: readonly KeyedFact[]): Promise<number> {
  let jobs = 0;
  for (const { fact } of facts) {
    if (fact.type === 'recordingStarted') await startRecording(tx, fact);
    if (fact.type === 'recordingClosed' && (await closeRecording(tx, fact))) jobs += 1;
  }
  return jobs;
}

function lineOf(draft: CallDraft): CallRow {
  const line = summarise(draft);
  return {
    call_id: line.callId,
    started_at: line.startedAt,
    ended_at: line.endedAt ?? null,
    caller_number: storable(line.callerNumber),
    called_number: storable(line.calledNumber),
    flow: line.flow === undefined ? null : storable(line.flow),
    queue: line.queue === undefined ? null : storable(line.queue),
    agent_id: line.agentId ?? null,
    waited_ms: line.waitedMs ?? null,
    talked_ms: line.talkedMs ?? null,
    outcome: line.outcome ?? null,
    ended_by: line.endedBy ?? null,
    end_reason: line.endReason === undefined ? null : storable(line.endReason),
    has_recording: line.hasRecording ? 1 : 0,
  };
}
