import { CURRENCIES } from './currencies.ts';
import { type Decimal, inUnits } from './decimal.ts';
import { partsOf } from './elapsed.ts';
import type { Day, DayParts, SpokenForms } from './forms.ts';
import { weekdayOf } from './moments.ts';

const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const TEENS = [
  ...['ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen'],
];
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const SCALES = ['', ' thousand', ' million', ' billion', ' trillion', ' quadrillion'];
const KEYS: Readonly<Record<string, string>> = { '*': 'star', '#': 'hash' };
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];
const PLACES: Readonly<Record<string, string>> = {
  ...{ one: 'first', two: 'second', three: 'third', five: 'fifth', eight: 'eighth', nine: 'ninth', twelve: 'twelfth' },
};

export const english: SpokenForms = {
  weekdays: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
  digits: (groups) => groups.map(oneByOne).join(', '),
  phone: ({ country, groups }) =>
    [...(country === undefined ? [] : [`plus ${oneByOne(country)}`]), ...groups.map(oneByOne)].join(', '),
  number: ({ negative, whole, fraction }) =>
    `${negative ? 'minus ' : ''}${cardinal(whole)}${fraction === '' ? '' : ` point ${oneByOne(fraction)}`}`,
  ordinal: (place) => ordinal(cardinal(place)),
  money,
  date,
  time,
  duration: (seconds) => listed(partsOf(seconds).map(({ unit, count }) => howMany(BigInt(count), unit, `${unit}s`))),
};

function oneByOne(characters: string): string {
  const words = [...characters].map((one) => DIGITS[Number(one)] ?? KEYS[one] ?? one);
  // Before another word, A would be read as the article.
  return words.join(' ').replace(/\bA /g, 'A, ');
}

/** The whole number in a text of digits, in words: `one thousand and five`. */
function cardinal(digits: string): string {
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const words = groups.flatMap((group, index) => {
    const scale = groups.length - 1 - index;
    if (Number(group) === 0) return [];
    const and = scale === 0 && index > 0 && Number(group) < 100 ? 'and ' : '';
    return [`${and}${belowThousand(Number(group))}${SCALES[scale] ?? ''}`];
  });
  return words.length === 0 ? 'zero' : words.join(' ');
}

function belowThousand(value: number): string {
  const rest = value % 100;
  if (value < 100) return belowHundred(rest);
  const hundreds = `${DIGITS[Math.floor(value / 100)]} hundred`;
  return rest === 0 ? hundreds : `${hundreds} and ${belowHundred(rest)}`;
}

function belowHundred(value: number): string {
  if (value < 10) return DIGITS[value] ?? '';
  if (value < 20) return TEENS[value - 10] ?? '';
  const tens = TENS[Math.floor(value / 10)] ?? '';
  return value % 10 === 0 ? tens : `${tens}-${DIGITS[value % 10]}`;
}

function howMany(count: bigint, one: string, many: string): string {
  return `${cardinal(String(count))} ${count === 1n ? one : many}`;
}

/** The last word of a number makes a place of it. */
function ordinal(words: string): string {
  return words.replace(
    /[a-z]+$/,
    (last) => PLACES[last] ?? (last.endsWith('y') ? `${last.slice(0, -1)}ieth` : `${last}th`),
  );
}

function money(amount: Decimal, code: string): string {
  const currency = CURRENCIES.get(code);
  if (!currency) return `${english.number(amount)} ${oneByOne(code)}`;
  const { places, english: words } = currency;
  const units = inUnits(amount, places);
  const size = 10n ** BigInt(places);
  const said = (count: bigint, [one, many]: readonly [string, string]) =>
    count === 0n ? [] : [howMany(count, one, many)];
  const parts = [...said(units / size, words.major), ...said(units % size, words.minor)];
  return parts.length === 0 ? `zero ${words.major[1]}` : `${amount.negative ? 'minus ' : ''}${parts.join(' and ')}`;
}

function date(day: Day, parts: DayParts): string {
  const weekday = parts.weekday ? `${english.weekdays[weekdayOf(day)]}, ` : '';
  const year = parts.year ? `, ${yearInWords(day.year)}` : '';
  return `${weekday}${MONTHS[day.month - 1]} ${ordinal(cardinal(String(day.day)))}${year}`;
}

/** Years go by the hundred, but for those at the beginning of a thousand. */
function yearInWords(year: number): string {
  const hundreds = Math.floor(year / 100);
  const rest = year % 100;
  if (hundreds === 0 || (hundreds % 10 === 0 && rest < 10)) return cardinal(String(year));
  if (rest === 0) return `${belowHundred(hundreds)} hundred`;
  return `${belowHundred(hundreds)} ${rest < 10 ? 'oh ' : ''}${belowHundred(rest)}`;
}

function time(minute: number): string {
  if (minute === 0 || minute === 1_440) return 'midnight';
  if (minute === 720) return 'noon';
  const hour = Math.floor(minute / 60);
  const rest = minute % 60;
  const half = hour < 12 ? 'AM' : 'PM';
  const minutes = rest === 0 ? '' : ` ${rest < 10 ? 'oh ' : ''}${belowHundred(rest)}`;
  return `${belowHundred(((hour + 11) % 12) + 1)}${minutes} ${half}`;
}

/** Several things in one breath: commas, and `and` before the last. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
