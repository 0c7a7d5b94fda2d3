import { open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordingClosed } from './recording.ts';
import { WAV_HEADER_BYTES, writeWavHeader } from './wav.ts';
import { hashFile, notePathOf, type OpenNote } from './wav-file.ts';

/**
 * Finishes the files that a crash left unfinished: what is on disk stays, the head gets its true sizes. Answers what
 * is to be told about each; a note whose file is gone is dropped.
 */
export async function recover(folder: string, nowUtcMs: number): Promise<RecordingClosed[]> {
  const names = await readdir(join(folder, '.open')).catch(() => []);
  const closed: RecordingClosed[] = [];
  for (const name of names.sort()) {
    const note = await readNote(join(folder, '.open', name));
    const fact = note && (await recoverOne(folder, note, nowUtcMs));
    if (fact) closed.push(fact);
    await rm(join(folder, '.open', name), { force: true });
  }
  return closed;
}

/** One file of a recorder that is gone; undefined when nothing of it is on disk. */
export async function recoverOne(
  folder: string,
  note: OpenNote,
  nowUtcMs: number,
): Promise<RecordingClosed | undefined> {
  const path = join(folder, note.file);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size < WAV_HEADER_BYTES) return undefined;
  const { durationMs, bytes } = await sealFile(path, found.size);
  await rm(notePathOf(folder, note.recordingId), { force: true });
  return {
    fact: 'recordingClosed',
    at: nowUtcMs,
    recordingId: note.recordingId,
    ...(note.callId === undefined ? {} : { callId: note.callId }),
    file: note.file,
    sha256: await hashFile(path),
    bytes,
    durationMs,
    gaps: [],
    reason: 'endpointClosed',
  };
}

async function sealFile(path: string, size: number): Promise<{ durationMs: number; bytes: number }> {
  const handle = await open(path, 'r+');
  try {
    const { buffer } = await handle.read(Buffer.alloc(WAV_HEADER_BYTES), 0, WAV_HEADER_BYTES, 0);
    const channels = buffer.readUInt16LE(22) === 1 ? 1 : 2;
    const dataBytes = size - WAV_HEADER_BYTES - ((size - WAV_HEADER_BYTES) % (channels * 2));
    await handle.truncate(WAV_HEADER_BYTES + dataBytes);
    await handle.write(writeWavHeader(channels, dataBytes), 0, WAV_HEADER_BYTES, 0);
    await handle.datasync();
    return { durationMs: Math.round(dataBytes / (16 * channels)), bytes: WAV_HEADER_BYTES + dataBytes };
  } finally {
    await handle.close();
  }
}

async function readNote(path: string): Promise<OpenNote | undefined> {
  try {
    const note: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isNote(note) ? note : undefined;
  } catch {
    return undefined;
  }
}

function isNote(value: unknown): value is OpenNote {
  return (
    typeof value === 'object' &&
    value !== null &&
    'recordingId' in value &&
    typeof value.recordingId === 'string' &&
    'file' in value &&
    typeof value.file === 'string' &&
    !value.file.includes('..')
  );
}
