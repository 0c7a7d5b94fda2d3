import { EventEmitter } from 'node:events';
import type { Kysely } from 'kysely';
import type { JobStore, StoredFile, TranscodeJob } from '../../recordings/job-store.ts';
import type { Clock } from '../../shared/time.ts';
import type { RecordsSchema } from './schema.ts';

/** The jobs in the records. Works with several programs on one database: a job is taken by the one whose update counts. */
export class TranscodeJobs implements JobStore {
  readonly #db: Kysely<RecordsSchema>;
  readonly #clock: Clock;
  readonly #news = new EventEmitter<{ added: [] }>();

  constructor(db: Kysely<RecordsSchema>, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  async take(leaseMs: number, dueForMs = 0): Promise<TranscodeJob | undefined> {
    for (;;) {
      const now = this.#clock.now();
      const due = await this.#oldestDue(now - dueForMs, now);
      if (!due) return undefined;
      const attempt = due.attempts + 1;
      const taken = await this.#db.transaction().execute(async (tx) => {
        const mine = await tx
          .updateTable('recording_jobs')
          .set({ state: 'running', attempts: attempt, leased_until: now + leaseMs })
          .where('recording_id', '=', due.recording_id)
          .where('attempts', '=', due.attempts)
          .where('state', '=', due.state)
          .returning('recording_id')
          .executeTakeFirst();
        if (mine) await setState(tx, due.recording_id, 'transcoding', null);
        return mine !== undefined;
      });
      if (!taken) continue;
      return {
        recordingId: due.recording_id,
        callId: due.call_id,
        file: due.file,
        sha256: due.sha256,
        durationMs: due.duration_ms ?? 0,
        attempt,
      };
    }
  }

  async prolong(recordingId: string, leaseMs: number): Promise<void> {
    await this.#db
      .updateTable('recording_jobs')
      .set({ leased_until: this.#clock.now() + leaseMs })
      .where('recording_id', '=', recordingId)
      .where('state', '=', 'running')
      .execute();
  }

  async finish(recordingId: string, files: readonly StoredFile[]): Promise<void> {
    await this.#db.transaction().execute(async (tx) => {
      for (const { format, key, sha256, bytes } of files) {
        await tx
          .insertInto('recording_files')
          .values({ recording_id: recordingId, format, key, sha256, bytes })
          .onConflict((conflict) => conflict.columns(['recording_id', 'format']).doUpdateSet({ key, sha256, bytes }))
          .execute();
      }
      await endLease(tx, recordingId, { state: 'done', last_error: null });
      await setState(tx, recordingId, 'stored', null);
    });
  }

  async tryAgain(recordingId: string, afterMs: number, why: string): Promise<void> {
    await this.#db.transaction().execute(async (tx) => {
      await endLease(tx, recordingId, { state: 'waiting', last_error: why, run_at: this.#clock.now() + afterMs });
      await setState(tx, recordingId, 'closed', why);
    });
  }

  async release(recordingId: string): Promise<void> {
    await this.#db.transaction().execute(async (tx) => {
      await tx
        .updateTable('recording_jobs')
        .set((job) => ({ state: 'waiting', leased_until: null, attempts: job('attempts', '-', 1) }))
        .where('recording_id', '=', recordingId)
        .execute();
      await setState(tx, recordingId, 'closed', null);
    });
  }

  async giveUp(recordingId: string, why: string): Promise<void> {
    await this.#db.transaction().execute(async (tx) => {
      await endLease(tx, recordingId, { state: 'failed', last_error: why });
      await setState(tx, recordingId, 'failed', why);
    });
  }

  onAdded(listener: () => void): () => void {
    this.#news.on('added', listener);
    return () => this.#news.off('added', listener);
  }

  /** Tells the listeners that there is work. */
  added(): void {
    this.#news.emit('added');
  }

  /** Makes jobs of a program that died due at once. Only the one owner of a database may know that it died. */
  async freeLeases(): Promise<void> {
    await this.#db.updateTable('recording_jobs').set({ leased_until: 0 }).where('state', '=', 'running').execute();
  }

  async #oldestDue(dueAt: number, now: number) {
    return this.#db
      .selectFrom('recording_jobs as job')
      .innerJoin('recordings', 'recordings.recording_id', 'job.recording_id')
      .innerJoin('recording_files', 'recording_files.recording_id', 'job.recording_id')
      .select(['job.recording_id', 'job.state', 'attempts', 'call_id', 'file', 'sha256', 'duration_ms'])
      .where('format', '=', 'wav')
      .where(({ or, and, eb }) =>
        or([
          and([eb('job.state', '=', 'waiting'), eb('run_at', '<=', dueAt)]),
          and([eb('job.state', '=', 'running'), eb('leased_until', '<=', now)]),
        ]),
      )
      .orderBy('run_at')
      .orderBy('job.recording_id')
      .limit(1)
      .executeTakeFirst();
  }
}

type JobChange = Partial<Pick<RecordsSchema['recording_jobs'], 'state' | 'last_error' | 'run_at'>>;

async function endLease(tx: Kysely<RecordsSchema>, recordingId: string, change: JobChange): Promise<void> {
  await tx
    .updateTable('recording_jobs')
    .set({ ...change, leased_until: null })
    .where('recording_id', '=', recordingId)
    .execute();
}

async function setState(
  tx: Kysely<RecordsSchema>,
  recordingId: string,
  state: RecordsSchema['recordings']['state'],
  failure: string | null,
): Promise<void> {
  await tx.updateTable('recordings').set({ state, failure }).where('recording_id', '=', recordingId).execute();
}
