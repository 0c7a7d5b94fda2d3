import { open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CallFact, CallJournal } from '../reports/journal.ts';
import { newId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';
import { hashFile } from './hash-file.ts';
import type { RecordingInventory } from './recording-store.ts';
import { audioBytes, audioMs, readWavHead, WAV_HEAD_BYTES, type WavShape } from './wav.ts';

export interface RecoverDeps {
  inventory: Pick<RecordingInventory, 'running' | 'knownFiles'>;
  journal: CallJournal;
  recordingsDir: string;
  /** Recordings that the media program is still writing; they are left alone. */
  stillRecording: ReadonlySet<string>;
  clock: Clock;
  log: Logger;
}

export interface Recovered {
  /** Recordings of the catalogue that were closed now. */
  closed: string[];
  /** WAV files without an entry that have one now, with a call of their own. */
  adopted: string[];
}

/** What is found in a WAV that nobody closed. */
interface FoundAudio {
  sha256: string;
  bytes: number;
  durationMs: number;
}

/**
 * Takes up what a program that died left behind: a recording that was begun and never closed is closed with what its file
 * holds, and a WAV that the catalogue does not know gets a call of its own, so that no audio is ever lost. All of it is
 * journaled like any other recording, so that it is transcoded too. Call it before new recordings start.
 */
export async function recoverRecordings(deps: RecoverDeps): Promise<Recovered> {
  const { inventory, journal, stillRecording, log } = deps;
  const recovered: Recovered = { closed: [], adopted: [] };
  for (const { recordingId, callId, file, startedAt } of await inventory.running()) {
    if (stillRecording.has(recordingId)) continue;
    const audio = await repairWav(join(deps.recordingsDir, file));
    journal.write(closedFact(callId, recordingId, audio, startedAt + (audio?.durationMs ?? 0)));
    log.warn({ callId, recordingId, durationMs: audio?.durationMs ?? 0 }, 'recording of a program that died is closed');
    recovered.closed.push(recordingId);
  }
  const known = await inventory.knownFiles();
  for (const file of await wavFiles(deps.recordingsDir)) {
    if (known.has(file) || stillRecording.has(basename(file, '.wav'))) continue;
    if (await adopt(deps, file)) recovered.adopted.push(file);
  }
  await journal.flushed();
  return recovered;
}

async function adopt({ journal, recordingsDir, clock, log }: RecoverDeps, file: string): Promise<boolean> {
  const path = join(recordingsDir, file);
  const audio = await repairWav(path);
  if (!audio) {
    log.warn({ file }, 'a file among the recordings is no WAV that can be read; it is left as it is');
    return false;
  }
  const endedAt = Math.min(Math.round((await stat(path)).mtimeMs), clock.now());
  const startedAt = endedAt - audio.durationMs;
  const callId = newId('call', startedAt);
  const recordingId = newId('rec', startedAt);
  const facts: CallFact[] = [
    { callId, at: startedAt, type: 'callStarted', callerNumber: '', calledNumber: '' },
    { callId, at: startedAt, type: 'recordingStarted', recordingId, kind: 'call', file },
    { callId, at: startedAt, type: 'noted', what: 'recordingFound', detail: { file } },
    closedFact(callId, recordingId, audio, endedAt),
    {
      callId,
      at: endedAt,
      type: 'callEnded',
      outcome: 'failed',
      endedBy: 'system',
      reason: 'a recording was found without its call',
    },
  ];
  for (const fact of facts) journal.write(fact);
  log.warn({ callId, recordingId, file, durationMs: audio.durationMs }, 'recording found without its call');
  return true;
}

/** Without audio the recording is closed as empty: it says so instead of running for ever. */
function closedFact(callId: string, recordingId: string, audio: FoundAudio | undefined, at: number): CallFact {
  return {
    callId,
    at,
    type: 'recordingClosed',
    recordingId,
    sha256: audio?.sha256 ?? '',
    bytes: audio?.bytes ?? 0,
    durationMs: audio?.durationMs ?? 0,
    gaps: [],
    reason: audio ? 'programDied' : 'fileLost',
  };
}

/** Writes the sizes into the header that the file really has; undefined if there is no WAV that can be read. */
async function repairWav(path: string): Promise<FoundAudio | undefined> {
  const handle = await open(path, 'r+').catch(() => undefined);
  if (!handle) return undefined;
  try {
    const head = Buffer.alloc(WAV_HEAD_BYTES);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    const shape = readWavHead(head.subarray(0, bytesRead));
    if (!shape) return undefined;
    const { size } = await handle.stat();
    const told = shape.dataStart + shape.dataBytes;
    if (told <= size && shape.dataBytes > 0 && head.readUInt32LE(4) === size - 8)
      return await foundIn(path, shape, shape.dataBytes, size);
    const bytes = audioBytes(shape, size);
    const end = shape.dataStart + bytes;
    await handle.truncate(end);
    await writeSize(handle, shape.sizeField, bytes);
    await writeSize(handle, 4, end - 8);
    await handle.sync();
    return await foundIn(path, shape, bytes, end);
  } finally {
    await handle.close();
  }
}

async function foundIn(path: string, shape: WavShape, audio: number, bytes: number): Promise<FoundAudio> {
  return { sha256: await hashFile(path), bytes, durationMs: audioMs(shape, audio) };
}

async function writeSize(handle: Awaited<ReturnType<typeof open>>, at: number, value: number): Promise<void> {
  const field = Buffer.alloc(4);
  field.writeUInt32LE(value);
  await handle.write(field, 0, 4, at);
}

/** Paths of all WAV files below the folder, with `/` between their parts. */
async function wavFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return (
    entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.wav'))
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replaceAll('\\', '/').replace(/^\/+/, ''))
      // What begins with a point belongs to the media program.
      .filter((file) => !/(^|\/)\./.test(file))
      .sort()
  );
}
