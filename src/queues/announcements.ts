import type { PlayItem } from '../flows/machine/types.ts';

/** Places that are rendered ahead, so that a caller near the front hears theirs at once. */
export const PLACES_AHEAD = 10;

/** Where a caller stands, in words; 1 is next. Languages we have no words for hear it in English. */
export function placeWords(place: number, language: string): { text: string; language: string } {
  if (language === 'zh' || language.startsWith('zh-')) {
    const text = place === 1 ? '您是下一位，请稍候。' : `您目前排在第${place}位，请稍候。`;
    return { text, language };
  }
  const text = place === 1 ? 'You are next in line.' : `You are number ${place} in line.`;
  return { text, language: language === 'en' || language.startsWith('en-') ? language : 'en' };
}

/** One announcement: the place if it is told, then the comfort of the flow. */
export function announcement(place: number | undefined, language: string, comfort: readonly PlayItem[]): PlayItem[] {
  const told: PlayItem[] = place === undefined ? [] : [{ type: 'text', ...placeWords(place, language) }];
  return [...told, ...comfort];
}
