import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readWav, writeWavHeader } from '../../../src/media/recorder/wav.ts';
import { WavFile } from '../../../src/media/recorder/wav-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-wav-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('[M53] a disk that does not keep up ends the recording, and what was written stays whole', async () => {
  const file = await WavFile.create(folder, { recordingId: 'rec', file: 'a/rec.wav' }, 2);
  for (let i = 0; i < 100; i++) file.append(Buffer.alloc(32_000, 1));
  expect(file.failure).toBe('writeFailed');
  await file.finish();
  const wav = readWav(await readFile(join(folder, 'a/rec.wav')));
  expect(wav).toMatchObject({ channels: 2, sampleRateHz: 8_000 });
  expect(await readdir(join(folder, '.open'))).toEqual([]);
});

test('[M54] a note says what is open until the file is whole', async () => {
  const file = await WavFile.create(folder, { recordingId: 'rec/1', file: 'rec.wav' }, 1);
  expect(await readdir(join(folder, '.open'))).toEqual(['rec%2F1.json']);
  file.append(Buffer.from(Int16Array.from([1, -2, 3]).buffer));
  const { bytes } = await file.finish();
  expect(bytes).toBe(50);
  expect(readWav(await readFile(join(folder, 'rec.wav')))?.samples).toEqual(Int16Array.from([1, -2, 3]));
  expect(await readdir(join(folder, '.open'))).toEqual([]);
});

test('[M22] a WAV with other chunks is read, one of another kind is not', () => {
  const plain = Buffer.concat([writeWavHeader(1, 4), Buffer.from([1, 0, 2, 0])]);
  const chunk = Buffer.concat([Buffer.from('LIST\x03\x00\x00\x00abc\x00', 'latin1')]);
  const odd = Buffer.concat([plain.subarray(0, 12), chunk, plain.subarray(12)]);
  expect(readWav(odd)?.samples).toEqual(Int16Array.from([1, 2]));
  const float = Buffer.from(plain);
  float.writeUInt16LE(3, 20);
  expect(readWav(float)).toBeUndefined();
  for (let length = 0; length < plain.length; length++) readWav(plain.subarray(0, length));
});
