import { describe, expect, it } from 'vitest';
import { clockTime, dateTime } from '../../../src/web/client/format.ts';
import { en } from '../../../src/web/i18n/en.ts';
import { chooseLanguage } from '../../../src/web/i18n/language.ts';
import { zh } from '../../../src/web/i18n/zh.ts';

/** Every text of a dictionary by its path; functions are called with samples. */
function texts(dictionary: object, path = ''): [string, string][] {
  return Object.entries(dictionary).flatMap(([key, value]): [string, string][] => {
    const here = `${path}${key}`;
    if (typeof value === 'string') return [[here, value]];
    if (typeof value === 'function') return [[here, String(value('7', '8', '9'))]];
    return texts(value, `${here}.`);
  });
}

describe('words', () => {
  it('[D30] every text stands in both languages and none is empty', () => {
    const english = new Map(texts(en));
    const chinese = new Map(texts(zh));
    const own = (key: string): boolean => !key.startsWith('reasons.');
    expect([...chinese.keys()].filter(own)).toEqual([...english.keys()].filter(own));
    for (const [key, text] of [...english, ...chinese]) expect(text.trim(), key).not.toBe('');
  });

  it('[D30] no Chinese text was left in English', () => {
    const same = new Set(['key', 'sipCallId']);
    for (const [key, text] of texts(zh)) {
      if (!same.has(key)) expect(text, key).toMatch(/\p{Script=Han}/u);
    }
  });

  it('[D31] the language is the remembered one, else the first of the browser that we have', () => {
    expect(chooseLanguage(null, ['de-DE', 'zh-TW', 'en'])).toBe('zh');
    expect(chooseLanguage(null, ['de'])).toBe('en');
    expect(chooseLanguage('en', ['zh-CN'])).toBe('en');
    expect(chooseLanguage('<script>', ['zh-CN'])).toBe('zh');
  });

  it('[D20] the buttons carry the names that checks rely on', () => {
    const { goAvailable, takeBreak, answer, decline, mute, hold, resume, keypad, hangUp, finishWrapUp } = en;
    expect([goAvailable, takeBreak, answer, decline, mute, hold, resume, keypad, hangUp, finishWrapUp]).toEqual([
      'Go available',
      'Take a break',
      'Answer',
      'Decline',
      'Mute',
      'Hold',
      'Resume',
      'Keypad',
      'Hang up',
      'Finish wrap-up',
    ]);
  });

  it('[D32] times are written for people', () => {
    expect([0, 59_999, 60_000, 3_723_000, -5_000].map(clockTime)).toEqual(['0:00', '0:59', '1:00', '1:02:03', '0:00']);
    expect(dateTime(Date.UTC(2026, 10, 23, 12), 'zh-CN')).toContain('2026年11月23日');
  });
});
