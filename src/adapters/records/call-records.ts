import type { Kysely } from 'kysely';
import { type CallRecord, type CallSummary, callSummary, endedBy } from '../../protocol/http.ts';
import { buildRecord, type RecordContext } from '../../reports/build-record.ts';
import type { CallDraft } from '../../reports/call-draft.ts';
import type { CallRecords } from '../../reports/call-records.ts';
import { readDrafts, readFacts } from './fact-appender.ts';
import type { RecordsSchema } from './schema.ts';

const LONGEST_PAGE = 200;

/** The reading side of the records. */
export function createCallRecords(db: Kysely<RecordsSchema>): CallRecords {
  return {
    list: (query) => listCalls(db, query),

    get: async (callId) => {
      const draft = (await readDrafts(db, [callId])).get(callId);
      return draft && buildRecord(draft, await contextOf(db, draft));
    },

    facts: (callId) => readFacts(db, [callId]),

    unfinished: async () => {
      const rows = await db.selectFrom('calls').select('call_id').where('ended_at', 'is', null).execute();
      const ids = rows.map(({ call_id }) => call_id);
      return [...(await readDrafts(db, ids)).values()].map(leftBehind);
    },
  };
}

/** Calls that began in one and the same ms stand on one page, so that paging by time loses none. */
async function listCalls(db: Kysely<RecordsSchema>, query: { before?: number; limit: number }): Promise<CallSummary[]> {
  const limit = Math.max(1, Math.min(query.limit, LONGEST_PAGE));
  const { before } = query;
  const lines = db
    .selectFrom('calls')
    .leftJoin('users', 'users.user_id', 'calls.agent_id')
    .selectAll('calls')
    .select('users.display_name as agent_name')
    .$if(before !== undefined, (select) => select.where('started_at', '<', before ?? 0))
    .orderBy('started_at', 'desc')
    .orderBy('call_id', 'desc');
  const page = await lines.limit(limit).execute();
  const last = page.at(-1);
  if (last && page.length === limit) {
    const seen = page.map(({ call_id }) => call_id);
    page.push(...(await lines.where('started_at', '=', last.started_at).where('call_id', 'not in', seen).execute()));
  }
  return page.map(summaryOf);
}

function summaryOf(row: Omit<RecordsSchema['calls'], 'is_counted'> & { agent_name: string | null }): CallSummary {
  const agentName = row.agent_name ?? row.agent_id;
  const outcome = callSummary.shape.outcome.safeParse(row.outcome).data;
  const by = endedBy.safeParse(row.ended_by).data;
  return {
    callId: row.call_id,
    startedAt: row.started_at,
    ...(row.ended_at !== null && { endedAt: row.ended_at }),
    callerNumber: row.caller_number,
    calledNumber: row.called_number,
    ...(row.flow !== null && { flow: row.flow }),
    ...(row.queue !== null && { queue: row.queue }),
    ...(agentName !== null && { agentName }),
    ...(row.waited_ms !== null && { waitedMs: row.waited_ms }),
    ...(row.talked_ms !== null && { talkedMs: row.talked_ms }),
    ...(outcome && { outcome }),
    ...(by && { endedBy: by }),
    ...(row.end_reason !== null && { endReason: row.end_reason }),
    hasRecording: row.has_recording === 1,
  };
}

/** Names and recordings of one call. */
async function contextOf(db: Kysely<RecordsSchema>, draft: CallDraft): Promise<RecordContext> {
  const names = new Map(
    (await db.selectFrom('users').select(['user_id', 'display_name']).execute()).map((row) => [
      row.user_id,
      row.display_name,
    ]),
  );
  const rows = await db
    .selectFrom('recordings')
    .leftJoin('recording_files', 'recording_files.recording_id', 'recordings.recording_id')
    .select(['recordings.recording_id', 'state', 'failure', 'format'])
    .where('call_id', '=', draft.callId)
    .orderBy('format')
    .execute();
  const recordings = new Map<string, Pick<CallRecord['recordings'][number], 'state' | 'formats' | 'failure'>>();
  for (const { recording_id: id, state, failure, format } of rows) {
    const known = recordings.get(id) ?? { state, formats: [], ...(failure !== null && { failure }) };
    recordings.set(id, known);
    if (format !== null) known.formats.push(format);
  }
  return { agentName: (agentId) => names.get(agentId), recording: (recordingId) => recordings.get(recordingId) };
}

function leftBehind(draft: CallDraft): Awaited<ReturnType<CallRecords['unfinished']>>[number] {
  return {
    callId: draft.callId,
    legs: draft.legs
      .filter((leg) => !leg.ended)
      .map(({ start, dialogId }) => ({ legId: start.legId, ...(dialogId !== undefined && { dialogId }) })),
    recordingIds: draft.recordings.filter(({ closed }) => !closed).map(({ start }) => start.recordingId),
  };
}
