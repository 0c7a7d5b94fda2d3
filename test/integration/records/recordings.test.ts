import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fluentTranscoder } from '../../../src/adapters/ffmpeg/fluent-transcoder.ts';
import { folderAudioStore } from '../../../src/adapters/files/folder-audio-store.ts';
import { openRecords, type Records } from '../../../src/adapters/records/open.ts';
import type { Transcoder } from '../../../src/recordings/recording-store.ts';
import { recoverRecordings } from '../../../src/recordings/recover-recordings.ts';
import { HELD_BACK_MS, startTranscoding, type TranscodeRunner } from '../../../src/recordings/transcode-job.ts';
import { verifyRecordings } from '../../../src/recordings/verify-recordings.ts';
import { createLogger } from '../../../src/shared/logger.ts';
import { systemClock } from '../../../src/shared/time.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { describeWith } from '../../support/peers.ts';
import { stereoWav, writeDeep } from '../../support/test-wav.ts';
import { sine } from '../../support/tones.ts';

const log = createLogger('test', { level: 'silent' });
const WAV = stereoWav(sine(440, 2_000), sine(1_000, 2_000));
const FILE = '2026/11/23/rec-1.wav';

describeWith('ffmpeg', 'what becomes of recordings', () => {
  let folder: string;
  let recordingsDir: string;
  let records: Records;
  let runners: TranscodeRunner[];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-recordings-'));
    recordingsDir = join(folder, 'recordings');
    records = await openRecords({ PARLEY_DATA_DIR: join(folder, 'data'), DATABASE_URL: undefined }, log);
    runners = [];
    isBusy = false;
  });
  afterEach(async () => {
    for (const runner of runners) await runner.close();
    await records.close();
    rmSync(folder, { recursive: true, force: true });
  });

  let isBusy = false;

  async function run(transcoder: Transcoder = fluentTranscoder(), clock = systemClock): Promise<TranscodeRunner> {
    const scratchDir = join(folder, 'scratch');
    const audio = folderAudioStore(recordingsDir);
    const runner = await startTranscoding({
      jobs: records.transcodeJobs,
      audio,
      transcoder,
      recordingsDir,
      scratchDir,
      isBusy: () => isBusy,
      clock,
      log,
    });
    runners.push(runner);
    return runner;
  }

  function started(recordingId: string, file: string): void {
    const at = Date.now() - 10_000;
    const { journal } = records;
    journal.write({ callId: 'call-1', at, type: 'callStarted', callerNumber: '1', calledNumber: '1000' });
    journal.write({ callId: 'call-1', at, type: 'recordingStarted', recordingId, kind: 'call', file });
  }

  async function recorded(recordingId = 'rec-1', file = FILE): Promise<void> {
    writeDeep(join(recordingsDir, file), WAV);
    started(recordingId, file);
    records.journal.write({
      callId: 'call-1',
      at: Date.now(),
      type: 'recordingClosed',
      recordingId,
      sha256: createHash('sha256').update(WAV).digest('hex'),
      bytes: WAV.length,
      durationMs: 2_000,
      gaps: [],
      reason: 'stopped',
    });
    await records.journal.flushed();
  }

  const entry = async (callId = 'call-1') => (await records.callRecords.get(callId))?.recordings[0];
  const ends = (state: string, callId = 'call-1') =>
    vi.waitFor(async () => expect((await entry(callId))?.state).toBe(state), { timeout: 25_000, interval: 20 });
  const verify = () => verifyRecordings(records.recordingCatalogue, folderAudioStore(recordingsDir));

  it('[R64] a recording is turned into Opus and MP3 as soon as it is closed, and its WAV is kept', async () => {
    await run();
    await recorded();
    await ends('stored');
    expect((await entry())?.formats).toEqual(['mp3', 'opus', 'wav']);
    for (const format of ['opus', 'mp3', 'wav'] as const) {
      const audio = await records.recordingCatalogue.audio('rec-1', format);
      expect(existsSync(join(recordingsDir, audio?.key ?? ''))).toBe(true);
    }
    expect(await verify()).toEqual({ sound: 3, missing: [], changed: [] });
  });

  it('[R64] while calls need the machine a recording waits, ten minutes at most', async () => {
    const clock = new ManualClock(Date.now() + 60_000);
    await records.close();
    records = await openRecords({ PARLEY_DATA_DIR: join(folder, 'data'), DATABASE_URL: undefined }, log, { clock });
    isBusy = true;
    await recorded();
    let tries = 0;
    const counting = async (): Promise<void> => {
      tries += 1;
    };
    await run({ transcode: counting }, clock);
    // The recording was closed a minute ago on this clock.
    for (let passed = 90_000; passed < HELD_BACK_MS; passed += 30_000) {
      await new Promise(setImmediate);
      expect([tries, (await entry())?.state]).toEqual([0, 'closed']);
      clock.pass(30_000);
    }
    await vi.waitFor(() => {
      clock.pass(5_000);
      expect(tries).toBeGreaterThan(0);
    });
  });

  it('[R64] a recording that waited is taken up when the machine has time again', async () => {
    isBusy = true;
    const clock = new ManualClock(Date.now() + 60_000);
    await run(fluentTranscoder(), clock);
    await recorded();
    isBusy = false;
    await vi.waitFor(
      async () => {
        clock.pass(5_000);
        expect((await entry())?.state).toBe('stored');
      },
      { timeout: 20_000, interval: 20 },
    );
  });

  it('[R65] a check of all recordings names what is gone and what is changed', async () => {
    await run();
    await recorded();
    await ends('stored');
    appendFileSync(join(recordingsDir, '2026/11/23/rec-1.mp3'), 'x');
    rmSync(join(recordingsDir, '2026/11/23/rec-1.ogg'));
    expect(await verify()).toEqual({
      sound: 1,
      missing: [{ recordingId: 'rec-1', format: 'opus', key: '2026/11/23/rec-1.ogg' }],
      changed: [{ recordingId: 'rec-1', format: 'mp3', key: '2026/11/23/rec-1.mp3' }],
    });
  });

  it('[R66] a WAV that is not what was recorded is not passed on, stays where it is, and the record says why', async () => {
    await recorded();
    appendFileSync(join(recordingsDir, FILE), 'tampered');
    await run();
    await ends('failed');
    expect(await entry()).toMatchObject({ formats: ['wav'], failure: expect.stringContaining('SHA-256 differs') });
    expect(existsSync(join(recordingsDir, FILE))).toBe(true);
  });

  it('[R67] what fails is tried again later, and given up after the last try with the WAV kept', async () => {
    const clock = new ManualClock(Date.now() + 60_000);
    await records.close();
    records = await openRecords({ PARLEY_DATA_DIR: join(folder, 'data'), DATABASE_URL: undefined }, log, { clock });
    await recorded();
    let tries = 0;
    const unlucky = async (): Promise<void> => {
      tries += 1;
      throw new Error(`no luck ${tries}`);
    };
    await run({ transcode: unlucky }, clock);
    await vi.waitFor(
      async () => {
        clock.pass(60_000);
        expect((await entry())?.state).toBe('failed');
      },
      { timeout: 20_000, interval: 5 },
    );
    expect(tries).toBe(6);
    expect(await entry()).toMatchObject({ failure: 'no luck 6', formats: ['wav'] });
  });

  it('[R68] a job that is under way when the program stops is done by the next one', async () => {
    await recorded();
    const begun = Promise.withResolvers<void>();
    const runner = await run({
      transcode: (_input, _output, _format, signal) => {
        begun.resolve();
        return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
      },
    });
    await begun.promise;
    expect((await entry())?.state).toBe('transcoding');
    await runner.close();
    expect((await entry())?.state).toBe('closed');
    await run();
    await ends('stored');
  });

  it('[R69] a job of a program that was killed is done as soon as the data folder has a new owner', async () => {
    await recorded();
    await records.transcodeJobs.take(3_600_000);
    await records.close();
    records = await openRecords({ PARLEY_DATA_DIR: join(folder, 'data'), DATABASE_URL: undefined }, log);
    await run();
    await ends('stored');
  });

  const recover = (stillRecording = new Set<string>()) =>
    recoverRecordings({
      inventory: records.recordingCatalogue,
      journal: records.journal,
      recordingsDir,
      stillRecording,
      clock: systemClock,
      log,
    });

  it('[R70] a recording that nobody closed is closed with what its file holds, and transcoded', async () => {
    started('rec-1', FILE);
    const cut = Buffer.from(WAV);
    cut.writeUInt32LE(36, 4);
    cut.writeUInt32LE(0, 40);
    writeDeep(join(recordingsDir, FILE), cut.subarray(0, 44 + 32_000 + 3));
    await records.journal.flushed();
    expect(await recover(new Set(['rec-1']))).toEqual({ closed: [], adopted: [] });
    expect(await recover()).toEqual({ closed: ['rec-1'], adopted: [] });
    const repaired = readFileSync(join(recordingsDir, FILE));
    expect([repaired.length, repaired.readUInt32LE(4), repaired.readUInt32LE(40)]).toEqual([32_044, 32_036, 32_000]);
    expect(await entry()).toMatchObject({ durationMs: 1_000, state: 'closed' });
    await run();
    await ends('stored');
    expect(await recover()).toEqual({ closed: [], adopted: [] });
    expect((await verify()).changed).toEqual([]);
  });

  it('[R70] a recording whose file is gone is closed as empty', async () => {
    started('rec-1', FILE);
    await records.journal.flushed();
    expect(await recover()).toEqual({ closed: ['rec-1'], adopted: [] });
    expect(await entry()).toMatchObject({ state: 'failed', failure: 'nothing was recorded', formats: [] });
  });

  it('[R71] a WAV that the catalogue does not know gets a call of its own; what is no WAV is left alone', async () => {
    writeDeep(join(recordingsDir, '2026/11/22/rec-lost.wav'), WAV);
    writeDeep(join(recordingsDir, '2026/11/22/junk.wav'), 'no audio');
    writeDeep(join(recordingsDir, '.open/rec-x.wav'), WAV);
    expect(await recover()).toEqual({ closed: [], adopted: ['2026/11/22/rec-lost.wav'] });
    const [call] = await records.callRecords.list({ limit: 10 });
    expect(call).toMatchObject({ outcome: 'failed', endReason: 'a recording was found without its call' });
    await run();
    await ends('stored', call?.callId);
    expect(readFileSync(join(recordingsDir, '2026/11/22/junk.wav'), 'utf8')).toBe('no audio');
    expect(await recover()).toEqual({ closed: [], adopted: [] });
  });
});
