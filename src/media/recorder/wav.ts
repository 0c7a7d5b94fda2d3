/** The 44-byte head of a PCM WAV file: 8 kHz, 16-bit. */

export const WAV_HEADER_BYTES = 44;
const SAMPLE_RATE_HZ = 8_000;
const SAMPLE_BYTES = 2;
/** RIFF sizes are 32 bits. */
const MOST_DATA_BYTES = 0xffffffff - WAV_HEADER_BYTES;

export function writeWavHeader(channels: 1 | 2, dataBytes: number): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  const size = Math.min(dataBytes, MOST_DATA_BYTES);
  const frameBytes = channels * SAMPLE_BYTES;
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + size, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(SAMPLE_RATE_HZ, 24);
  header.writeUInt32LE(SAMPLE_RATE_HZ * frameBytes, 28);
  header.writeUInt16LE(frameBytes, 32);
  header.writeUInt16LE(SAMPLE_BYTES * 8, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(size, 40);
  return header;
}

export interface PcmWav {
  channels: number;
  sampleRateHz: number;
  /** Interleaved. */
  samples: Int16Array;
}

/** Reads 16-bit PCM out of a WAV file, whatever other chunks it has; undefined when it is none. */
export function readWav(file: Buffer): PcmWav | undefined {
  if (file.length < 12 || file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    return undefined;
  }
  let format: { channels: number; sampleRateHz: number } | undefined;
  for (let at = 12; at + 8 <= file.length; ) {
    const name = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    const body = file.subarray(at + 8, Math.min(at + 8 + size, file.length));
    if (name === 'fmt ' && body.length >= 16) {
      if (body.readUInt16LE(0) !== 1 || body.readUInt16LE(14) !== 16) return undefined;
      format = { channels: body.readUInt16LE(2), sampleRateHz: body.readUInt32LE(4) };
    }
    if (name === 'data') return format && { ...format, samples: samplesOf(body) };
    at += 8 + size + (size & 1);
  }
  return undefined;
}

function samplesOf(body: Buffer): Int16Array {
  const samples = new Int16Array(body.length >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = body.readInt16LE(i * 2);
  return samples;
}
