import { PROMPT_RATE_HZ } from './wav.ts';

/** Loudness of speech while somebody speaks, in dB below full scale: near the nominal level of a phone line (ITU-T P.56 practice). */
const TARGET_DB = -21;
const PEAK_DB = -3;
/** No recording is turned up by more, so that the noise of a nearly silent one stays noise. */
const MAX_GAIN_DB = 30;
const FRAME = PROMPT_RATE_HZ / 50;
/** Frames this far below the loudest are pauses. */
const PAUSE_DB = -30;
const EDGE_MS = 40;
const FADE_MS = 8;

/**
 * Evens a prompt out: long silence at both ends is cut, the loudness of the speaking parts is brought to one level without
 * clipping, and the ends are faded so that nothing clicks. Silence stays silence.
 */
export function evenOut(samples: Int16Array): Int16Array {
  const powers = framePowers(samples);
  const loudest = Math.max(0, ...powers.slice(0, 60_000));
  if (loudest < 1) return samples.slice();
  const threshold = loudest * 10 ** (PAUSE_DB / 10);
  const active = powers.map((power) => power >= threshold);
  const first = active.indexOf(true);
  const last = active.lastIndexOf(true);
  const edge = (EDGE_MS * PROMPT_RATE_HZ) / 1_000;
  const from = Math.max(0, first * FRAME - edge);
  const to = Math.min(samples.length, (last + 1) * FRAME + edge);
  return faded(amplified(samples.slice(from, to), gainFor(samples, powers, active)));
}

function framePowers(samples: Int16Array): number[] {
  const powers: number[] = [];
  for (let at = 0; at < samples.length; at += FRAME) {
    let sum = 0;
    const end = Math.min(at + FRAME, samples.length);
    for (let index = at; index < end; index += 1) sum += (samples[index] ?? 0) ** 2;
    powers.push(sum / (end - at));
  }
  return powers;
}

function gainFor(samples: Int16Array, powers: readonly number[], active: readonly boolean[]): number {
  const speaking = powers.filter((_, index) => active[index]);
  const rms = Math.sqrt(speaking.reduce((sum, power) => sum + power, 0) / speaking.length);
  let peak = 1;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  const wanted = (32_768 * 10 ** (TARGET_DB / 20)) / rms;
  const allowed = (32_768 * 10 ** (PEAK_DB / 20)) / peak;
  return Math.min(wanted, allowed, 10 ** (MAX_GAIN_DB / 20));
}

function amplified(samples: Int16Array, gain: number): Int16Array {
  return samples.map((sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * gain))));
}

function faded(samples: Int16Array): Int16Array {
  const length = Math.min((FADE_MS * PROMPT_RATE_HZ) / 1_000, samples.length >> 1);
  for (let index = 0; index < length; index += 1) {
    const factor = index / length;
    const end = samples.length - 1 - index;
    samples[index] = Math.round((samples[index] ?? 0) * factor);
    samples[end] = Math.round((samples[end] ?? 0) * factor);
  }
  return samples;
}
