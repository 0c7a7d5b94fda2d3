import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeWavHeader } from '../../src/media/recorder/wav.ts';

/** The bytes of a stereo WAV as the media program writes it. */
export function stereoWav(left: Int16Array, right: Int16Array): Buffer {
  const data = Buffer.alloc(left.length * 4);
  left.forEach((sample, i) => {
    data.writeInt16LE(sample, i * 4);
    data.writeInt16LE(right[i] ?? 0, i * 4 + 2);
  });
  return Buffer.concat([writeWavHeader(2, data.length), data]);
}

/** Writes a file and the folders it needs. */
export function writeDeep(file: string, bytes: Buffer | string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
