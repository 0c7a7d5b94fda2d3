/** What a WAV of the media program holds. */
export interface WavShape {
  channels: number;
  sampleRateHz: number;
  bytesPerSample: number;
  /** Byte at which the audio begins. */
  dataStart: number;
  /** Bytes of audio that the header tells of. */
  dataBytes: number;
  /** Byte of the field that holds `dataBytes`. */
  sizeField: number;
}

/** A header that is longer is none of ours. */
export const WAV_HEAD_BYTES = 4_096;

/** Reads the beginning of a RIFF/WAVE file; undefined if it is none. */
export function readWavHead(head: Buffer): WavShape | undefined {
  if (head.length < 12 || head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') {
    return undefined;
  }
  let format: Pick<WavShape, 'channels' | 'sampleRateHz' | 'bytesPerSample'> | undefined;
  let at = 12;
  while (at + 8 <= head.length) {
    const name = head.toString('latin1', at, at + 4);
    const size = head.readUInt32LE(at + 4);
    if (name === 'data') return format && { ...format, dataStart: at + 8, dataBytes: size, sizeField: at + 4 };
    if (name === 'fmt ' && size >= 16 && at + 24 <= head.length) {
      format = {
        channels: head.readUInt16LE(at + 10),
        sampleRateHz: head.readUInt32LE(at + 12),
        bytesPerSample: Math.ceil(head.readUInt16LE(at + 22) / 8),
      };
      if (format.channels === 0 || format.sampleRateHz === 0 || format.bytesPerSample === 0) return undefined;
    }
    at += 8 + size + (size % 2);
  }
  return undefined;
}

/** Bytes of whole samples that a file of this size really holds, whatever its header says. */
export function audioBytes(shape: WavShape, fileBytes: number): number {
  const there = Math.max(0, fileBytes - shape.dataStart);
  return there - (there % (shape.channels * shape.bytesPerSample));
}

/** How long so many bytes of audio are, in ms. */
export function audioMs(shape: WavShape, bytes: number): number {
  return Math.round((bytes / (shape.channels * shape.bytesPerSample) / shape.sampleRateHz) * 1_000);
}
