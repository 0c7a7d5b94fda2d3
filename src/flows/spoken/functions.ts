import { didYouMean } from '../language/near.ts';
import { chinese } from './chinese.ts';
import { CURRENCIES } from './currencies.ts';
import { readDecimal, readWhole, type Speakable } from './decimal.ts';
import { readDigits, readPhone } from './digit-groups.ts';
import { english } from './english.ts';
import type { DayParts, SpokenForms } from './forms.ts';
import { readDay, readMinute } from './moments.ts';

/** A type of an argument, in the words of CEL. */
type Argument = 'string' | 'int' | 'double';

/** A function of texts that says a value in words. */
export interface SpokenFunction {
  name: string;
  summary: string;
  /** A call of it as it may stand in a text. */
  example: string;
  /** The types of arguments it may be called with. */
  calls: readonly (readonly Argument[])[];
  /** Undefined for a value that cannot be told so. */
  say(forms: SpokenForms, value: Speakable, option: string): string | undefined;
}

/** How a language says things; undefined for a language we have no words of. */
export function spokenForms(language: string): SpokenForms | undefined {
  if (/^en\b/.test(language)) return english;
  return /^(zh|cmn)\b/.test(language) ? chinese : undefined;
}

const CODE = /^[A-Z]{3}$/;

const DAY_PARTS: Readonly<Record<string, DayParts>> = {
  '': { weekday: false, year: true },
  weekday: { weekday: true, year: true },
  short: { weekday: false, year: false },
  'short weekday': { weekday: true, year: false },
};

const LIST: readonly SpokenFunction[] = [
  {
    name: 'digits',
    summary: 'Letters and digits one by one, in groups of three and four',
    example: 'digits(order)',
    calls: [['string'], ['int']],
    say: (forms, value) => {
      const groups = readDigits(String(value));
      return typeof value !== 'string' && Number(value) < 0 ? undefined : groups && forms.digits(groups);
    },
  },
  {
    name: 'phone',
    summary: 'A telephone number, grouped as in its country',
    example: 'phone(caller.number)',
    calls: [['string']],
    say: (forms, value) => {
      const number = readPhone(String(value));
      return number && forms.phone(number);
    },
  },
  {
    name: 'number',
    summary: 'A whole number or a fraction',
    example: 'number(n)',
    calls: [['int'], ['double'], ['string']],
    say: (forms, value) => {
      const decimal = readDecimal(value);
      return decimal && forms.number(decimal);
    },
  },
  {
    name: 'ordinal',
    summary: 'A place in a row: first, second',
    example: 'ordinal(n)',
    calls: [['int'], ['string']],
    say: (forms, value) => {
      const place = readWhole(value);
      return place === undefined ? undefined : forms.ordinal(place);
    },
  },
  {
    name: 'money',
    summary: 'An amount of a currency (ISO 4217), rounded to its smallest unit',
    example: "money(amount, 'EUR')",
    calls: [
      ['int', 'string'],
      ['double', 'string'],
      ['string', 'string'],
    ],
    say: (forms, value, currency) => {
      const amount = readDecimal(value);
      return amount && CODE.test(currency) ? forms.money(amount, currency) : undefined;
    },
  },
  {
    name: 'date',
    summary: "A day such as 2026-11-28, with 'weekday', 'short' (without the year) or 'short weekday'",
    example: "date(due, 'weekday')",
    calls: [['string'], ['string', 'string']],
    say: (forms, value, option) => {
      const day = readDay(String(value));
      const parts = Object.hasOwn(DAY_PARTS, option) ? DAY_PARTS[option] : undefined;
      return day && parts && forms.date(day, parts);
    },
  },
  {
    name: 'time',
    summary: 'A time of day such as 18:30',
    example: 'time(due)',
    calls: [['string']],
    say: (forms, value) => {
      const minute = readMinute(String(value));
      return minute === undefined ? undefined : forms.time(minute);
    },
  },
  {
    name: 'duration',
    summary: 'So many seconds, as days, hours, minutes and seconds',
    example: 'duration(call.seconds)',
    calls: [['int'], ['double']],
    say: (forms, value) => {
      const seconds = Math.round(Number(value));
      return seconds >= 0 && seconds < 1e10 ? forms.duration(seconds) : undefined;
    },
  },
];

/** Every function that says a value in words, by its name. */
export const SPOKEN_FUNCTIONS: ReadonlyMap<string, SpokenFunction> = new Map(LIST.map((one) => [one.name, one]));

/** The words for a value; one that cannot be told so is said as it is, for a call is worth more than a form of words. */
export function inWords(spoken: SpokenFunction, forms: SpokenForms, value: Speakable, option = ''): string {
  const words = spoken.say(forms, value, option);
  if (words !== undefined) return words;
  return spoken.name === 'money' ? `${value} ${option}` : String(value);
}

/** What is wrong with the words that are written out in a call of a function; undefined when nothing is. */
export function wrongOption(name: string, option: string): { text: string; hint: string } | undefined {
  if (name === 'money' && !CODE.test(option)) {
    const hint =
      didYouMean(option.slice(0, 20), CURRENCIES.keys()) ?? `known by name: ${[...CURRENCIES.keys()].join(', ')}`;
    return { text: 'A currency is the three capital letters of its code', hint };
  }
  if (name !== 'date' || Object.hasOwn(DAY_PARTS, option)) return undefined;
  const words = Object.keys(DAY_PARTS).filter((word) => word !== '');
  return {
    text: `A date is not said "${option.slice(0, 20)}"`,
    hint: didYouMean(option, words) ?? `one of ${words.join(', ')}`,
  };
}
