import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { readWavHead, WAV_HEAD_BYTES } from '../recordings/wav.ts';

/** The lengths in ms of those recordings that are WAV files, by name. Others, and such as cannot be read, are left out. */
export async function promptLengths(dir: string, files: readonly string[]): Promise<Map<string, number>> {
  const lengths = await Promise.all(files.map(async (file) => [file, await wavMs(join(dir, file))] as const));
  return new Map(lengths.flatMap(([file, ms]) => (ms === undefined ? [] : [[file, ms] as const])));
}

async function wavMs(path: string): Promise<number | undefined> {
  if (!/\.wav$/i.test(path)) return undefined;
  try {
    await using file = await open(path);
    const head = Buffer.alloc(WAV_HEAD_BYTES);
    const { bytesRead } = await file.read(head, 0, WAV_HEAD_BYTES, 0);
    const shape = readWavHead(head.subarray(0, bytesRead));
    const bytesPerSecond = shape && shape.channels * shape.sampleRateHz * shape.bytesPerSample;
    return shape && bytesPerSecond ? Math.round((shape.dataBytes / bytesPerSecond) * 1_000) : undefined;
  } catch {
    return undefined;
  }
}
