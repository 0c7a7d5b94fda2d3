import { en } from './en.ts';
import type { Texts } from './texts.ts';
import { zh } from './zh.ts';

export const dictionaries = { en, zh } as const satisfies Record<string, Texts>;
export type Language = keyof typeof dictionaries;

/** The first of the reader's languages that we have; English otherwise. */
export function chooseLanguage(remembered: string | null, wanted: readonly string[]): Language {
  for (const tag of remembered === null ? wanted : [remembered, ...wanted]) {
    const language = tag.toLowerCase().split('-', 1)[0];
    if (language === 'en' || language === 'zh') return language;
  }
  return 'en';
}

/** The tag for dates and for the page's `lang`. */
export function languageTag(language: Language): string {
  return language === 'zh' ? 'zh-CN' : 'en';
}
