import { readFileSync } from 'node:fs';

/** The channels of a 16-bit PCM WAV file. */
export function readWav(file: string): { sampleRateHz: number; channels: Int16Array[] } {
  const bytes = readFileSync(file);
  let at = 12;
  let format = { channels: 1, sampleRateHz: 8_000 };
  while (at + 8 <= bytes.length) {
    const name = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const start = at + 8;
    if (name === 'fmt ') {
      format = { channels: bytes.readUInt16LE(start + 2), sampleRateHz: bytes.readUInt32LE(start + 4) };
    } else if (name === 'data') {
      const samples = Math.floor(Math.min(size, bytes.length - start) / 2);
      const channels = Array.from(
        { length: format.channels },
        () => new Int16Array(Math.floor(samples / format.channels)),
      );
      for (let i = 0; i < samples; i += 1) {
        const channel = channels[i % format.channels];
        if (channel) channel[Math.floor(i / format.channels)] = bytes.readInt16LE(start + 2 * i);
      }
      return { sampleRateHz: format.sampleRateHz, channels };
    }
    at = start + size + (size % 2);
  }
  throw new Error(`${file} holds no audio`);
}

/**
 * How well `part` is found within `whole`: the greatest normalised correlation over all shifts, from 0 to 1. Telephone
 * audio of the same recording gives more than 0.95, other speech less than 0.4.
 */
export function likeness(whole: Int16Array, part: Int16Array): number {
  const energyOf = (samples: Int16Array): number => samples.reduce((sum, sample) => sum + sample * sample, 0);
  const partEnergy = energyOf(part);
  if (partEnergy === 0 || whole.length < part.length) return 0;
  let windowEnergy = energyOf(whole.subarray(0, part.length));
  let best = 0;
  for (let shift = 0; shift + part.length <= whole.length; shift += 1) {
    if (windowEnergy > 0) {
      let sum = 0;
      for (let i = 0; i < part.length; i += 1) sum += (whole[shift + i] ?? 0) * (part[i] ?? 0);
      best = Math.max(best, sum / Math.sqrt(partEnergy * windowEnergy));
    }
    const [left, right] = [whole[shift] ?? 0, whole[shift + part.length] ?? 0];
    windowEnergy += right * right - left * left;
  }
  return best;
}
