import { hashStream } from './hash-file.ts';
import type { AudioStore, RecordingFormat, RecordingInventory } from './recording-store.ts';

export interface VerifyReport {
  /** Files whose SHA-256 is the one that was kept. */
  sound: number;
  /** Files that are gone. */
  missing: DamagedFile[];
  /** Files that are not what was stored. */
  changed: DamagedFile[];
}

export interface DamagedFile {
  recordingId: string;
  format: RecordingFormat;
  key: string;
}

/** Computes the SHA-256 of every kept file anew. Takes as long as reading all of them. */
export async function verifyRecordings(
  inventory: Pick<RecordingInventory, 'files'>,
  audio: Pick<AudioStore, 'open'>,
  onFile: (checked: number) => void = () => undefined,
): Promise<VerifyReport> {
  const report: VerifyReport = { sound: 0, missing: [], changed: [] };
  let checked = 0;
  for await (const { recordingId, format, key, sha256, bytes } of inventory.files()) {
    const found = await audio.open(key);
    if (!found) report.missing.push({ recordingId, format, key });
    else if ((await hashStream(found.stream)) === sha256 && found.size === bytes) report.sound += 1;
    else report.changed.push({ recordingId, format, key });
    checked += 1;
    onFile(checked);
  }
  return report;
}
