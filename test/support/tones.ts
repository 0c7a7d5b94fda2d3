import { decodeTable, encodeTable, type Law } from '../../src/media/codec/g711.ts';

/** Tones as tests use them: made, and recognised at the far end, so that sound is proved by sound. */

export const SAMPLE_RATE_HZ = 8_000;

/** A sine as 16-bit samples; `phase` continues an earlier piece. */
export function sine(frequencyHz: number, durationMs: number, amplitude = 8_000, firstSample = 0): Int16Array {
  const step = (2 * Math.PI * frequencyHz) / SAMPLE_RATE_HZ;
  return Int16Array.from({ length: (durationMs * SAMPLE_RATE_HZ) / 1_000 }, (_, i) =>
    Math.round(amplitude * Math.sin(step * (firstSample + i))),
  );
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

/** True when the tone carries nearly all the energy of the samples. */
export function isOnlyTone(samples: ArrayLike<number>, frequencyHz: number): boolean {
  const whole = loudness(samples);
  return whole > 300 && amplitudeOf(samples, frequencyHz) / Math.SQRT2 > 0.9 * whole;
}

/** The frequencies of `candidates` that are in the samples. */
export function tonesIn(samples: ArrayLike<number>, candidates: readonly number[]): number[] {
  return candidates.filter((frequencyHz) => amplitudeOf(samples, frequencyHz) > 1_000);
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
