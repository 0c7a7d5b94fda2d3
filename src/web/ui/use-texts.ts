import { useSyncExternalStore } from 'react';
import { AskError } from '../client/page-client.ts';
import { Store } from '../client/store.ts';
import { chooseLanguage, dictionaries, type Language, languageTag } from '../i18n/language.ts';
import type { Texts } from '../i18n/texts.ts';

const KEY = 'parley.language';

class LanguageStore extends Store<{ language: Language }> {
  constructor() {
    super({ language: chooseLanguage(localStorage.getItem(KEY), navigator.languages) });
    document.documentElement.lang = languageTag(this.getSnapshot().language);
  }

  choose(language: Language): void {
    localStorage.setItem(KEY, language);
    document.documentElement.lang = languageTag(language);
    this.change({ language });
  }
}

const store = new LanguageStore();

export interface UsedTexts {
  t: Texts;
  language: Language;
  /** For `Intl`. */
  tag: string;
  choose(language: Language): void;
}

/** The page's words in the reader's language; components that use it are drawn again when the language is switched. */
export function useTexts(): UsedTexts {
  const { language } = useSyncExternalStore(store.subscribe, store.getSnapshot);
  return { t: dictionaries[language], language, tag: languageTag(language), choose: (next) => store.choose(next) };
}

/** A failure in the reader's language, or in the server's words when we have none. */
export function failureText(t: Texts, error: unknown): string {
  if (!(error instanceof AskError)) return t.failures['bug'] ?? '';
  return t.failures[error.code] ?? error.message;
}
