import type { Kysely, Transaction } from 'kysely';
import type { RecordingCatalogue, RecordingFormat, RecordingInventory } from '../../recordings/recording-store.ts';
import type { CallFact } from '../../reports/journal.ts';
import type { RecordsSchema } from './schema.ts';

type FactOf<T extends CallFact['type']> = Extract<CallFact, { type: T }>;
type Tx = Transaction<RecordsSchema>;

const CONTENT_TYPES: Record<RecordingFormat, string> = {
  wav: 'audio/wav',
  opus: 'audio/ogg; codecs=opus',
  mp3: 'audio/mpeg',
};

/** Files read from the catalogue at a time. */
const PAGE = 100;

export async function startRecording(tx: Tx, fact: FactOf<'recordingStarted'>): Promise<void> {
  await tx
    .insertInto('recordings')
    .values({
      recording_id: fact.recordingId,
      call_id: fact.callId,
      kind: fact.kind,
      file: fact.file,
      state: 'running',
      started_at: fact.at,
      closed_at: null,
      duration_ms: null,
      failure: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * Marks the recording as closed and adds its job; false when there is no job to do: nothing was recorded, or the recording
 * was closed before or is not known.
 */
export async function closeRecording(tx: Tx, fact: FactOf<'recordingClosed'>): Promise<boolean> {
  const empty = fact.bytes === 0 || fact.durationMs === 0;
  const closed = await tx
    .updateTable('recordings')
    .set({
      state: empty ? 'failed' : 'closed',
      closed_at: fact.at,
      duration_ms: fact.durationMs,
      failure: empty ? 'nothing was recorded' : null,
    })
    .where('recording_id', '=', fact.recordingId)
    .where('state', '=', 'running')
    .returning('file')
    .executeTakeFirst();
  if (!closed || empty) return false;
  const { recordingId, sha256, bytes } = fact;
  await tx
    .insertInto('recording_files')
    .values({ recording_id: recordingId, format: 'wav', key: closed.file, sha256, bytes })
    .execute();
  await tx
    .insertInto('recording_jobs')
    .values({
      recording_id: recordingId,
      state: 'waiting',
      attempts: 0,
      run_at: fact.at,
      leased_until: null,
      last_error: null,
    })
    .execute();
  return true;
}

export function createCatalogue(db: Kysely<RecordsSchema>): RecordingCatalogue & RecordingInventory {
  return {
    audio: async (recordingId, format) => {
      const row = await db
        .selectFrom('recording_files')
        .innerJoin('recordings', 'recordings.recording_id', 'recording_files.recording_id')
        .select(['key', 'call_id'])
        .where('recording_files.recording_id', '=', recordingId)
        .where('format', '=', format)
        .executeTakeFirst();
      return row && { key: row.key, contentType: CONTENT_TYPES[format], callId: row.call_id };
    },

    running: async () => {
      const rows = await db.selectFrom('recordings').selectAll().where('state', '=', 'running').execute();
      return rows.map((row) => ({
        recordingId: row.recording_id,
        callId: row.call_id,
        file: row.file,
        startedAt: row.started_at,
      }));
    },

    knownFiles: async () => {
      const rows = await db.selectFrom('recordings').select('file').execute();
      return new Set(rows.map(({ file }) => file));
    },

    files: () => everyFile(db),
  };
}

async function* everyFile(db: Kysely<RecordsSchema>) {
  let after = '';
  for (;;) {
    const page = await db
      .selectFrom('recording_files')
      .selectAll()
      .where('recording_id', '>', after)
      .orderBy('recording_id')
      .orderBy('format')
      .limit(PAGE)
      .execute();
    const last = page.at(-1)?.recording_id;
    if (last === undefined) return;
    // A recording's files stand on one page: the last one of a full page begins the next.
    const whole = page.length < PAGE ? page : page.filter((row) => row.recording_id !== last);
    for (const { recording_id: recordingId, format, key, sha256, bytes } of whole) {
      yield { recordingId, format, key, sha256, bytes };
    }
    if (page.length < PAGE) return;
    after = whole.at(-1)?.recording_id ?? last;
  }
}
