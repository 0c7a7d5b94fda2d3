/** Samples a second of all prompts: what a phone line carries. */
export const PROMPT_RATE_HZ = 8_000;

/** A WAV file (RIFF, PCM, mono, 16 bit, 8000 Hz) around samples. */
export function wavOf(samples: Int16Array): Buffer {
  const dataBytes = samples.length * 2;
  const file = Buffer.alloc(44 + dataBytes);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + dataBytes, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(PROMPT_RATE_HZ, 24);
  file.writeUInt32LE(PROMPT_RATE_HZ * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(dataBytes, 40);
  for (let index = 0; index < samples.length; index += 1) file.writeInt16LE(samples[index] ?? 0, 44 + index * 2);
  return file;
}

/** Little-endian 16-bit samples as ffmpeg's `s16le` gives them. */
export function samplesOf(bytes: Buffer): Int16Array {
  const samples = new Int16Array(bytes.length >> 1);
  for (let index = 0; index < samples.length; index += 1) samples[index] = bytes.readInt16LE(index * 2);
  return samples;
}
