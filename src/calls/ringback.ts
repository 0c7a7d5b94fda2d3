import type { AudioItem } from '../flows/audio.ts';

/** What a caller hears while another party is rung, to be repeated: ETSI's tone, 425 Hz, one second in five. */
export const RINGBACK: readonly AudioItem[] = [
  { type: 'tone', frequenciesHz: [425], durationMs: 1_000, levelDbov: -18 },
  { type: 'silence', durationMs: 4_000 },
];
