import { spokenHours } from '../../calendars/spoken.ts';
import type { Flow, Sound } from '../../language/flow.ts';
import type { Template } from '../../language/template.ts';
import type { Stretch } from '../../machine/step-kind.ts';
import { choosePrompt } from '../../prompt-names.ts';

/**
 * How fast voices speak, in characters a second: slow ones and quick ones. Measured with espeak-ng over the flows of this repository
 * for English and Chinese; digits and foreign words take longer than their characters tell, hence the width.
 */
const PACES: Readonly<Record<string, { slow: number; quick: number }>> = {
  en: { slow: 12, quick: 20 },
  zh: { slow: 2.8, quick: 5.5 },
  ja: { slow: 4, quick: 9 },
  ko: { slow: 3.5, quick: 8 },
};
const USUAL_PACE = { slow: 11, quick: 20 };

/** How many characters an expression in a text may give. */
const EXPRESSION = { least: 0, most: 30 };

/** A recording whose length is not known, in ms. */
const UNKNOWN_PROMPT: Stretch = { leastMs: 0, mostMs: 30_000 };

/** The files of the prompts folder, with their lengths in ms as far as they are known. */
export type PromptLengths = ReadonlyMap<string, number | undefined>;

/** How long the sounds of a flow last, one after the other, in whatever language of the flow the call is. An estimate before anything is rendered. */
export function playingTime(flow: Flow, prompts: PromptLengths): (sounds: readonly Sound[]) => Stretch {
  const files = [...prompts.keys()];
  const one = (sound: Sound, language: string): Stretch => {
    switch (sound.kind) {
      case 'text':
        return spoken(sound.texts[language]?.parts ?? [], language);
      case 'hours': {
        const calendar = flow.calendars[sound.calendar];
        return spoken(calendar ? [spokenHours(calendar, language)] : [], language);
      }
      case 'prompt': {
        const file = choosePrompt(files, sound.prompt, language);
        const ms = file === undefined ? undefined : prompts.get(file);
        return ms === undefined ? UNKNOWN_PROMPT : { leastMs: ms, mostMs: ms };
      }
      case 'silence':
      case 'tone':
        return { leastMs: sound.durationMs, mostMs: sound.durationMs };
    }
  };
  const inAny = (sound: Sound): Stretch => {
    const own = 'language' in sound ? sound.language : undefined;
    const each = (own === undefined ? flow.languages : [own]).map((language) => one(sound, language));
    return {
      leastMs: Math.min(...each.map(({ leastMs }) => leastMs)),
      mostMs: Math.max(...each.map(({ mostMs }) => mostMs)),
    };
  };
  return (sounds) => sounds.map(inAny).reduce(together, { leastMs: 0, mostMs: 0 });
}

/** One stretch after the other. */
export function together(a: Stretch, b: Stretch): Stretch {
  return { leastMs: a.leastMs + b.leastMs, mostMs: a.mostMs + b.mostMs };
}

function spoken(parts: Template['parts'], language: string): Stretch {
  const words = parts
    .filter((part) => typeof part === 'string')
    .join('')
    .trim().length;
  const expressions = parts.length - parts.filter((part) => typeof part === 'string').length;
  const { slow, quick } = PACES[language.split('-')[0] ?? ''] ?? USUAL_PACE;
  return {
    leastMs: Math.round(((words + expressions * EXPRESSION.least) / quick) * 1_000),
    mostMs: Math.round(((words + expressions * EXPRESSION.most) / slow) * 1_000),
  };
}
