/**
 * Music for those who wait, made by arithmetic and so free of anyone's rights: slow soft chords with a sparse melody on top.
 * Every sound that rings beyond the end goes on at the beginning, so a loop has no seam.
 */

const RATE_HZ = 8_000;
const CHORD_S = 4;
const BEAT_S = 0.5;
/** Peak of the whole, of 32,767: well below speech, whose peaks come close to full scale. */
const PEAK = 5_200;

/** Semitones above A2 (110 Hz): bass first. C, Am, F, G, C, Em, F, G, Am, F, C, G. */
const CHORDS: readonly (readonly number[])[] = [
  [3, 15, 19, 22],
  [0, 15, 19, 24],
  [8, 15, 20, 24],
  [10, 14, 17, 22],
  [3, 15, 19, 22],
  [7, 14, 19, 22],
  [8, 15, 20, 24],
  [10, 14, 17, 22],
  [0, 15, 19, 24],
  [8, 15, 20, 24],
  [3, 15, 19, 22],
  [10, 14, 17, 22],
];

/** Which note of the chord, an octave up, sounds on which beat of its eight; -1: none. */
const MELODY: readonly (readonly number[])[] = [
  [1, -1, 2, -1, 3, -1, 2, -1],
  [3, -1, -1, 2, -1, 1, -1, -1],
  [-1, 1, -1, 2, 3, -1, -1, -1],
  [2, -1, 3, -1, -1, -1, 1, -1],
];

/** The piece: mono, 16 bit, 8000 Hz, 48 s, the same samples each time. */
export function waitingMusic(): Int16Array {
  const length = CHORDS.length * CHORD_S * RATE_HZ;
  const sound = new Float64Array(length);
  CHORDS.forEach((chord, bar) => {
    const from = bar * CHORD_S;
    for (const note of chord) addTone(sound, from, CHORD_S * 1.5, hertz(note), 0.22, { attackS: 0.9, releaseS: 2 });
    MELODY[bar % MELODY.length]?.forEach((which, beat) => {
      const note = chord[which];
      if (note === undefined) return;
      addTone(sound, from + beat * BEAT_S, 1.6, hertz(note + 12), 0.3, { attackS: 0.02, releaseS: 1.5 });
    });
  });
  const peak = sound.reduce((highest, value) => Math.max(highest, Math.abs(value)), 0);
  return Int16Array.from(sound, (value) => Math.round((value * PEAK) / peak));
}

function hertz(semitones: number): number {
  return 110 * 2 ** (semitones / 12);
}

/** Adds one soft note: a sine with a little of its octave, swelling and dying away. */
function addTone(
  sound: Float64Array,
  fromS: number,
  lengthS: number,
  frequencyHz: number,
  level: number,
  { attackS, releaseS }: { attackS: number; releaseS: number },
): void {
  const first = Math.round(fromS * RATE_HZ);
  const count = Math.round(lengthS * RATE_HZ);
  const turn = (2 * Math.PI * frequencyHz) / RATE_HZ;
  for (let i = 0; i < count; i++) {
    const t = i / RATE_HZ;
    const swell = Math.min(1, t / attackS) * Math.min(1, (lengthS - t) / releaseS);
    const at = (first + i) % sound.length;
    sound[at] = (sound[at] ?? 0) + level * swell * (Math.sin(turn * i) + 0.25 * Math.sin(2 * turn * i));
  }
}
