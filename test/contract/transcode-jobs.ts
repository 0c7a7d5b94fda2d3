import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wholeCall } from '../support/call-facts.ts';
import type { RecordsUnderTest } from './records.ts';

const LEASE_MS = 60_000;

/** The promises of the jobs and the catalogue of recordings, in either database. */
export function transcodeJobsContract(name: string, open: () => Promise<RecordsUnderTest>): void {
  describe(`recordings and their jobs in ${name}`, () => {
    let site: RecordsUnderTest;
    beforeEach(async () => {
      site = await open();
    });
    afterEach(() => site.close());
    const agents = { first: 'amy', second: 'bo' };

    async function record(callId: string, facts = 100): Promise<void> {
      const now = site.clock.now();
      for (const fact of wholeCall(callId, now - 90_000, agents).slice(0, facts)) site.records.journal.write(fact);
      await site.records.journal.flushed();
    }

    const recordingOf = async (callId: string) => (await site.records.callRecords.get(callId))?.recordings[0];

    it('[R30] a closed recording has its job in the same moment, and only one', async () => {
      let told = 0;
      const stop = site.records.transcodeJobs.onAdded(() => {
        told += 1;
      });
      await record('call-1', 22);
      expect(told).toBe(0);
      expect(await site.records.transcodeJobs.take(LEASE_MS)).toBeUndefined();
      expect(await site.records.recordingCatalogue.running()).toMatchObject([
        { recordingId: 'rec-of-call-1', callId: 'call-1', file: '2026/11/23/rec-of-call-1.wav' },
      ]);
      await record('call-1');
      expect(told).toBe(1);
      stop();
      expect(await site.records.transcodeJobs.take(LEASE_MS)).toEqual({
        recordingId: 'rec-of-call-1',
        callId: 'call-1',
        file: '2026/11/23/rec-of-call-1.wav',
        sha256: 'f'.repeat(64),
        durationMs: 60_000,
        attempt: 1,
      });
      expect((await recordingOf('call-1'))?.state).toBe('transcoding');
      expect(await site.records.transcodeJobs.take(LEASE_MS)).toBeUndefined();
      expect(await site.records.recordingCatalogue.running()).toEqual([]);
    });

    it('[R31] of several runners each gets another job', async () => {
      for (const callId of ['call-1', 'call-2', 'call-3']) await record(callId);
      const taken = await Promise.all(Array.from({ length: 5 }, () => site.records.transcodeJobs.take(LEASE_MS)));
      const ids = taken.flatMap((job) => (job ? [job.recordingId] : []));
      expect(ids.toSorted()).toEqual(['rec-of-call-1', 'rec-of-call-2', 'rec-of-call-3']);
    });

    it('[R32] a job whose runner died is taken again when its lease is over, unless it was prolonged', async () => {
      await record('call-1');
      await site.records.transcodeJobs.take(LEASE_MS);
      site.clock.pass(LEASE_MS - 1);
      await site.records.transcodeJobs.prolong('rec-of-call-1', LEASE_MS);
      site.clock.pass(LEASE_MS - 1);
      expect(await site.records.transcodeJobs.take(LEASE_MS)).toBeUndefined();
      site.clock.pass(1);
      expect(await site.records.transcodeJobs.take(LEASE_MS)).toMatchObject({ attempt: 2 });
    });

    it('[R33] a finished recording has its files, and no job any more', async () => {
      await record('call-1');
      await site.records.transcodeJobs.take(LEASE_MS);
      await site.records.transcodeJobs.finish('rec-of-call-1', [
        { format: 'opus', key: '2026/11/23/rec-of-call-1.ogg', sha256: 'a', bytes: 10 },
        { format: 'mp3', key: '2026/11/23/rec-of-call-1.mp3', sha256: 'b', bytes: 20 },
      ]);
      expect(await recordingOf('call-1')).toMatchObject({ state: 'stored', formats: ['mp3', 'opus', 'wav'] });
      site.clock.pass(10 * LEASE_MS);
      expect(await site.records.transcodeJobs.take(LEASE_MS)).toBeUndefined();
      const { recordingCatalogue } = site.records;
      expect(await recordingCatalogue.audio('rec-of-call-1', 'opus')).toEqual({
        key: '2026/11/23/rec-of-call-1.ogg',
        contentType: 'audio/ogg; codecs=opus',
        callId: 'call-1',
      });
      expect(await recordingCatalogue.audio('rec-of-call-1', 'wav')).toMatchObject({ contentType: 'audio/wav' });
      expect(await recordingCatalogue.audio('rec-unheard-of', 'wav')).toBeUndefined();
    });

    it('[R34] a failed try comes again after its pause; one that was given up keeps its WAV and says why', async () => {
      await record('call-1');
      const jobs = site.records.transcodeJobs;
      await jobs.take(LEASE_MS);
      await jobs.tryAgain('rec-of-call-1', 5_000, 'disk full');
      expect(await recordingOf('call-1')).toMatchObject({ state: 'closed', failure: 'disk full' });
      site.clock.pass(4_999);
      expect(await jobs.take(LEASE_MS)).toBeUndefined();
      site.clock.pass(1);
      expect(await jobs.take(LEASE_MS)).toMatchObject({ attempt: 2 });
      await jobs.release('rec-of-call-1');
      expect(await jobs.take(LEASE_MS)).toMatchObject({ attempt: 2 });
      await jobs.giveUp('rec-of-call-1', 'no audio in it');
      expect(await recordingOf('call-1')).toMatchObject({
        state: 'failed',
        failure: 'no audio in it',
        formats: ['wav'],
      });
      site.clock.pass(100 * LEASE_MS);
      expect(await jobs.take(LEASE_MS)).toBeUndefined();
    });

    it('[R35] a recording without a sound has no job and says so', async () => {
      const empty = { recordingId: 'rec-1', sha256: '', bytes: 0, durationMs: 0, gaps: [], reason: 'fileLost' };
      const at = site.clock.now();
      const started = { recordingId: 'rec-1', kind: 'voicemail', file: 'a.wav' } as const;
      site.records.journal.write({ callId: 'call-1', at, type: 'recordingStarted', ...started });
      site.records.journal.write({ callId: 'call-1', at, type: 'recordingClosed', ...empty });
      await site.records.journal.flushed();
      expect(await recordingOf('call-1')).toMatchObject({
        state: 'failed',
        failure: 'nothing was recorded',
        formats: [],
      });
      expect(await site.records.transcodeJobs.take(LEASE_MS)).toBeUndefined();
    });

    it('[R36] tells every file of the catalogue, however many', async () => {
      const at = site.clock.now();
      for (let i = 0; i < 150; i += 1) {
        const recordingId = `rec-${i}`;
        const audio = { sha256: 'c', bytes: 44, durationMs: 1, gaps: [], reason: 'stopped' };
        const file = `${recordingId}.wav`;
        site.records.journal.write({ callId: 'call-1', at, type: 'recordingStarted', recordingId, kind: 'call', file });
        site.records.journal.write({ callId: 'call-1', at, type: 'recordingClosed', recordingId, ...audio });
      }
      await site.records.journal.flushed();
      await site.records.transcodeJobs.finish('rec-9', [{ format: 'mp3', key: 'rec-9.mp3', sha256: 'd', bytes: 1 }]);
      const keys = new Set<string>();
      for await (const { key } of site.records.recordingCatalogue.files()) keys.add(key);
      expect(keys.size).toBe(151);
      expect(await site.records.recordingCatalogue.knownFiles()).toHaveLength(150);
    });
  });
}
