import { CURRENCIES } from './currencies.ts';
import { type Decimal, inUnits } from './decimal.ts';
import { partsOf } from './elapsed.ts';
import type { Day, DayParts, SpokenForms } from './forms.ts';
import { weekdayOf } from './moments.ts';

const DIGITS = '零一二三四五六七八九';
/** In telephone numbers 一 is 幺, which cannot be taken for 七. */
const PHONE_DIGITS = '零幺二三四五六七八九';
const TENS = ['', '十', '百', '千'];
const KEYS: Readonly<Record<string, string>> = { '*': '星号', '#': '井号' };
const UNITS = { day: '天', hour: '小时', minute: '分钟', second: '秒' };

export const chinese: SpokenForms = {
  weekdays: ['星期一', '星期二', '星期三', '星期四', '星期五', '星期六', '星期日'],
  digits: (groups) => groups.map((group) => oneByOne(group, DIGITS)).join('，'),
  phone: ({ country, groups }) => {
    const code = country === undefined ? [] : [`加${oneByOne(country, DIGITS)}`];
    return [...code, ...groups.map((group) => oneByOne(group, PHONE_DIGITS))].join('，');
  },
  number: ({ negative, whole, fraction }) =>
    `${negative ? '负' : ''}${cardinal(BigInt(whole))}${fraction === '' ? '' : `点${oneByOne(fraction, DIGITS)}`}`,
  ordinal: (place) => `第${inCharacters(BigInt(place))}`,
  money,
  date,
  time,
  duration: (seconds) =>
    partsOf(seconds)
      .map(({ unit, count }) => `${howMany(BigInt(count))}${UNITS[unit]}`)
      .join(''),
};

function oneByOne(characters: string, digits: string): string {
  const words = [...characters].map((one) => digits[Number(one)] ?? KEYS[one] ?? one).join('');
  // Letters that stand together would be read as a word.
  return words.replace(/(?<=[A-Z])(?=[A-Z])/g, ' ');
}

/** A whole number in words: `两千零五`. */
function cardinal(value: bigint): string {
  return inCharacters(value).replace(/^二(?=[百千万亿])/, '两');
}

/** The same before a word that is counted: 两元, 两点. */
function howMany(value: bigint): string {
  return value === 2n ? '两' : cardinal(value);
}

function inCharacters(value: bigint): string {
  return value === 0n ? '零' : sections(value).replace(/^一十/, '十');
}

/** Sections of four digits; where a section does not fill its place, 零 says so. */
function sections(value: bigint): string {
  if (value < 10_000n) return belowTenThousand(String(value));
  const [unit, name] = value < 100_000_000n ? [10_000n, '万'] : [100_000_000n, '亿'];
  const rest = value % unit;
  const head = `${sections(value / unit)}${name}`;
  if (rest === 0n) return head;
  return `${head}${rest < unit / 10n ? '零' : ''}${sections(rest)}`;
}

function belowTenThousand(digits: string): string {
  return [...digits]
    .map((digit, index) => (digit === '0' ? '零' : `${DIGITS[Number(digit)]}${TENS[digits.length - 1 - index]}`))
    .join('')
    .replace(/零+$/, '')
    .replace(/零+/g, '零');
}

function money(amount: Decimal, code: string): string {
  const currency = CURRENCIES.get(code);
  if (!currency) return `${chinese.number(amount)} ${oneByOne(code, DIGITS)}`;
  const { places, chinese: words } = currency;
  const units = inUnits(amount, places);
  const size = 10n ** BigInt(places);
  const [major, minor] = [units / size, units % size];
  if (units === 0n) return `零${words.major}`;
  const whole = major === 0n ? '' : `${howMany(major)}${words.major}`;
  const gap = major > 0n && minor > 0n && minor < 10n ? '零' : '';
  return `${amount.negative ? '负' : ''}${whole}${gap}${small(minor, words.minor)}`;
}

/** What is less than one of a currency: 五角五分, 五十五美分. */
function small(minor: bigint, names: string | readonly [tenths: string, hundredths: string]): string {
  const said = (count: bigint, name: string) => (count === 0n ? '' : `${howMany(count)}${name}`);
  return typeof names === 'string' ? said(minor, names) : said(minor / 10n, names[0]) + said(minor % 10n, names[1]);
}

function date({ year, month, day }: Day, parts: DayParts): string {
  const words = parts.year ? `${oneByOne(String(year), DIGITS)}年` : '';
  const weekday = parts.weekday ? `，${chinese.weekdays[weekdayOf({ year, month, day })]}` : '';
  return `${words}${inCharacters(BigInt(month))}月${inCharacters(BigInt(day))}日${weekday}`;
}

function time(minute: number): string {
  if (minute === 1_440) return '午夜十二点';
  const hour = Math.floor(minute / 60);
  const rest = minute % 60;
  const part = hour < 6 ? '凌晨' : hour < 12 ? '上午' : hour < 13 ? '中午' : hour < 19 ? '下午' : '晚上';
  return `${part}${howMany(BigInt(hour > 12 ? hour - 12 : hour))}点${minutes(rest)}`;
}

function minutes(rest: number): string {
  if (rest === 0) return '';
  if (rest === 30) return '半';
  return `${rest < 10 ? '零' : ''}${inCharacters(BigInt(rest))}分`;
}
