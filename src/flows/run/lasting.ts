import type { Sound } from '../language/flow.ts';
import { staticText } from '../language/template.ts';
import type { Stretch } from '../machine/step-kind.ts';
import type { PlayItem } from '../machine/types.ts';

/**
 * How long speech lasts when nobody has rendered it. Measured by syllables people would need a phonetic dictionary; by
 * characters the error is some 15 %, which is good enough for a clock that only has to be the same each time.
 */
const CHARACTERS_PER_SECOND = { ideographic: 4.5, alphabetic: 14 };
const USUAL_PROMPT_MS = 3_000;
/** Speech begins and ends with a short pause. */
const PAUSE_MS = 200;

export function speechMs(text: string, language: string): number {
  const rate = /^(zh|ja|ko|cmn|yue)\b/.test(language)
    ? CHARACTERS_PER_SECOND.ideographic
    : CHARACTERS_PER_SECOND.alphabetic;
  return PAUSE_MS + Math.round(([...text].length / rate) * 1_000);
}

/** How long items last one after the other, in ms. `prompts` gives the length of recordings by name. */
export function playingMs(items: readonly PlayItem[], prompts: Readonly<Record<string, number>>): number {
  return items.reduce((sum, item) => sum + itemMs(item, prompts), 0);
}

function itemMs(item: PlayItem, prompts: Readonly<Record<string, number>>): number {
  switch (item.type) {
    case 'text':
      return speechMs(item.text, item.language);
    case 'prompt':
      return prompts[item.prompt] ?? USUAL_PROMPT_MS;
    default:
      return item.durationMs;
  }
}

/** The length of a recording in ms, as far as it is known. */
export type PromptLength = (prompt: string, language: string) => number | undefined;

/** How long sounds can last before any call, in whatever language it is: an expression may be anything up to 40 characters long. */
export function soundsLast(sounds: readonly Sound[], languages: readonly string[], promptMs: PromptLength): Stretch {
  let leastMs = 0;
  let mostMs = 0;
  for (const sound of sounds) {
    const own = 'language' in sound ? sound.language : undefined;
    const each = (own === undefined ? languages : [own]).map((language) => soundMs(sound, language, promptMs));
    leastMs += Math.min(...each.map(([least]) => least));
    mostMs += Math.max(...each.map(([, most]) => most));
  }
  return { leastMs, mostMs };
}

const LONGEST_VALUE = 40;
const HOURS_MS = 20_000;

function soundMs(sound: Sound, language: string, promptMs: PromptLength): [number, number] {
  switch (sound.kind) {
    case 'text': {
      const template = sound.texts[language];
      if (!template) return [0, 0];
      const fixed = staticText(template);
      if (fixed !== undefined) return [speechMs(fixed, language), speechMs(fixed, language)];
      const words = template.parts.filter((part) => typeof part === 'string');
      const plain = words.join('');
      const values = template.parts.length - words.length;
      // With nothing in it, nothing is said.
      const leastMs = plain.trim() === '' ? 0 : speechMs(plain, language);
      return [leastMs, speechMs(plain + 'x'.repeat(values * LONGEST_VALUE), language)];
    }
    case 'prompt': {
      const ms = promptMs(sound.prompt, language) ?? USUAL_PROMPT_MS;
      return [ms, ms];
    }
    case 'hours':
      return [PAUSE_MS, HOURS_MS];
    default:
      return [sound.durationMs, sound.durationMs];
  }
}
