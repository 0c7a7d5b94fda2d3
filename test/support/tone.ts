/** Sound files for what a browser's microphone hears; `tones.ts` has the telephone's side. */

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
