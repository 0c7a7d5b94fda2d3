/** Sine waves for tests: each end of a call sends its own, and the other end must hear just that one. */

/** One channel of 16-bit samples at half of full scale. */
export function sine(frequencyHz: number, sampleRateHz: number, seconds: number, fromSample = 0): Int16Array {
  return Int16Array.from({ length: Math.round(sampleRateHz * seconds) }, (_, i) =>
    Math.round(16_000 * Math.sin((2 * Math.PI * frequencyHz * (fromSample + i)) / sampleRateHz)),
  );
}

/** A mono 16-bit WAV file. */
export function wav(samples: Int16Array, sampleRateHz: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}

/** The part of the samples' power that lies at this frequency, from 0 to 1 (Goertzel's method). */
export function shareAt(samples: Int16Array, frequencyHz: number, sampleRateHz: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * frequencyHz) / sampleRateHz);
  let before = 0;
  let beforeThat = 0;
  let total = 0;
  for (const sample of samples) {
    const now = sample + turn * before - beforeThat;
    beforeThat = before;
    before = now;
    total += sample * sample;
  }
  if (total === 0) return 0;
  const power = before * before + beforeThat * beforeThat - turn * before * beforeThat;
  return (2 * power) / (samples.length * total);
}
