import { decodeTable, encodeTable, type Law } from '../../src/media/codec/g711.ts';
import { writeWavHeader } from '../../src/media/recorder/wav.ts';

/** Tones as tests use them: made, and recognised at the far end, so that sound is proved by sound. */

export const SAMPLE_RATE_HZ = 8_000;

export interface SineOptions {
  amplitude?: number;
  /** Continues an earlier piece. */
  firstSample?: number;
  sampleRateHz?: number;
}

/** A sine as 16-bit samples. */
export function sine(frequencyHz: number, durationMs: number, options: SineOptions = {}): Int16Array {
  const { amplitude = 8_000, firstSample = 0, sampleRateHz = SAMPLE_RATE_HZ } = options;
  const step = (2 * Math.PI * frequencyHz) / sampleRateHz;
  return Int16Array.from({ length: Math.round((durationMs * sampleRateHz) / 1_000) }, (_, i) =>
    Math.round(amplitude * Math.sin(step * (firstSample + i))),
  );
}

/** A tone at half of full scale as a mono WAV file: a prompt, a recording or what a browser's microphone hears. */
export function toneWav(frequencyHz: number, durationMs: number, sampleRateHz = SAMPLE_RATE_HZ): Buffer {
  const samples = sine(frequencyHz, durationMs, { amplitude: 16_000, sampleRateHz });
  const header = writeWavHeader(1, samples.byteLength);
  // The program's own header says 8 kHz; a browser's microphone has 48.
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * 2, 28);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}

/** Amplitude of one frequency in the samples (Goertzel): 8,000 for a sine of that amplitude, near 0 for anything else. */
export function amplitudeOf(samples: ArrayLike<number>, frequencyHz: number): number {
  if (samples.length === 0) return 0;
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / SAMPLE_RATE_HZ);
  let last = 0;
  let beforeLast = 0;
  for (let i = 0; i < samples.length; i++) {
    const now = (samples[i] ?? 0) + coefficient * last - beforeLast;
    beforeLast = last;
    last = now;
  }
  const power = last * last + beforeLast * beforeLast - coefficient * last * beforeLast;
  return (2 * Math.sqrt(Math.max(0, power))) / samples.length;
}

/** Root mean square of the samples: 5,657 for a sine of amplitude 8,000, 0 for silence. */
export function loudness(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += (samples[i] ?? 0) ** 2;
  return Math.sqrt(sum / Math.max(1, samples.length));
}

/** Short enough that a slip of the clock between two windows does not matter, long enough to tell 25 Hz apart. */
const WINDOW_SAMPLES = 320;

function windowsOf(samples: ArrayLike<number>): number[][] {
  const count = Math.floor(samples.length / WINDOW_SAMPLES);
  return Array.from({ length: count }, (_, window) =>
    Array.from({ length: WINDOW_SAMPLES }, (_, i) => samples[window * WINDOW_SAMPLES + i] ?? 0),
  );
}

/** True when the tone carries nearly all the energy of the samples; slips and holes of a busy machine are forgiven. */
export function isOnlyTone(samples: ArrayLike<number>, frequencyHz: number): boolean {
  let ofTone = 0;
  let ofAll = 0;
  for (const window of windowsOf(samples)) {
    ofTone += amplitudeOf(window, frequencyHz) ** 2 / 2;
    ofAll += loudness(window) ** 2;
  }
  return loudness(samples) > 300 && ofTone > 0.75 * ofAll;
}

/** The frequencies of `candidates` that are in the samples, forgiving as `isOnlyTone` is. */
export function tonesIn(samples: ArrayLike<number>, candidates: readonly number[]): number[] {
  const windows = windowsOf(samples);
  const strengths = candidates.map(
    (frequencyHz) => windows.reduce((sum, window) => sum + amplitudeOf(window, frequencyHz), 0) / windows.length,
  );
  const strongest = Math.max(...strengths);
  return candidates.filter((_, i) => (strengths[i] ?? 0) > Math.max(500, strongest / 5));
}

/** Samples as G.711. */
export function toLaw(samples: Int16Array, law: Law): Uint8Array {
  const table = encodeTable(law);
  return Uint8Array.from(samples, (sample) => table[sample + 32_768] ?? 0);
}

/** G.711 as samples. */
export function fromLaw(bytes: Uint8Array, law: Law): Int16Array {
  const table = decodeTable(law);
  return Int16Array.from(bytes, (code) => table[code] ?? 0);
}
