import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inWords, SPOKEN_FUNCTIONS, spokenForms } from '../../../../src/flows/spoken/functions.ts';
import { readChinese, readEnglish } from './read-back.ts';

function say(language: string, name: string, value: string | number | bigint, option?: string): string {
  const spoken = SPOKEN_FUNCTIONS.get(name);
  const forms = spokenForms(language);
  if (!spoken || !forms) throw new Error(`${name} in ${language}`);
  return inWords(spoken, forms, value, option);
}

type Row = [name: string, value: string | number, option: string, english: string, chinese: string];

const GOLDEN: Row[] = [
  ['digits', '1204', '', 'one two zero four', '一二零四'],
  ['digits', '12045', '', 'one two zero four five', '一二零四五'],
  ['digits', '1234567', '', 'one two three, four five six seven', '一二三，四五六七'],
  ['digits', '0012-345', '', 'zero zero one two, three four five', '零零一二，三四五'],
  ['digits', 'ab-12*#', '', 'A, B, one two, star hash', 'A B，一二，星号井号'],
  ['digits', 1204, '', 'one two zero four', '一二零四'],
  ['digits', '', '', '', ''],
  [
    'phone',
    '+493012345678',
    '',
    'plus four nine, three zero, one two three four, five six seven eight',
    '加四九，三零，幺二三四，五六七八',
  ],
  [
    'phone',
    '+49 176 1234567',
    '',
    'plus four nine, one seven six, one two three, four five six seven',
    '加四九，幺七六，幺二三，四五六七',
  ],
  [
    'phone',
    '+8613800138000',
    '',
    'plus eight six, one three eight, zero zero one three, eight zero zero zero',
    '加八六，幺三八，零零幺三，八零零零',
  ],
  [
    'phone',
    '13800138000',
    '',
    'one three eight, zero zero one three, eight zero zero zero',
    '幺三八，零零幺三，八零零零',
  ],
  [
    'phone',
    '+86 10 6552 9988',
    '',
    'plus eight six, one zero, six five five two, nine nine eight eight',
    '加八六，幺零，六五五二，九九八八',
  ],
  [
    'phone',
    '+1 (212) 555-0123',
    '',
    'plus one, two one two, five five five, zero one two three',
    '加一，二幺二，五五五，零幺二三',
  ],
  ['phone', '+352123456', '', 'plus three five two, one two three, four five six', '加三五二，幺二三，四五六'],
  ['phone', '', '', '', ''],
  ['number', 0, '', 'zero', '零'],
  ['number', 2, '', 'two', '二'],
  ['number', 10, '', 'ten', '十'],
  ['number', 105, '', 'one hundred and five', '一百零五'],
  ['number', 110, '', 'one hundred and ten', '一百一十'],
  ['number', 200, '', 'two hundred', '两百'],
  ['number', 1_005, '', 'one thousand and five', '一千零五'],
  ['number', 2_222, '', 'two thousand two hundred and twenty-two', '两千二百二十二'],
  ['number', 10_015, '', 'ten thousand and fifteen', '一万零一十五'],
  ['number', 102_000, '', 'one hundred and two thousand', '十万二千'],
  ['number', 1_000_100, '', 'one million one hundred', '一百万零一百'],
  ['number', 100_005_000, '', 'one hundred million five thousand', '一亿零五千'],
  ['number', 1_000_000_000_000, '', 'one trillion', '一万亿'],
  ['number', -3.14, '', 'minus three point one four', '负三点一四'],
  ['number', 0.1 + 0.2, '', 'zero point three', '零点三'],
  ['number', '3.50', '', 'three point five zero', '三点五零'],
  ['ordinal', 1, '', 'first', '第一'],
  ['ordinal', 2, '', 'second', '第二'],
  ['ordinal', 12, '', 'twelfth', '第十二'],
  ['ordinal', 20, '', 'twentieth', '第二十'],
  ['ordinal', 33, '', 'thirty-third', '第三十三'],
  ['ordinal', 200, '', 'two hundredth', '第二百'],
  ['ordinal', 1_009, '', 'one thousand and ninth', '第一千零九'],
  ['money', 12.5, 'EUR', 'twelve euros and fifty cents', '十二欧元五十欧分'],
  ['money', '12.50', 'CNY', 'twelve yuan and fifty fen', '十二元五角'],
  ['money', '12.05', 'CNY', 'twelve yuan and five fen', '十二元零五分'],
  ['money', '0.55', 'CNY', 'fifty-five fen', '五角五分'],
  ['money', 2, 'CNY', 'two yuan', '两元'],
  ['money', 1.01, 'USD', 'one dollar and one cent', '一美元零一美分'],
  ['money', 1.005, 'USD', 'one dollar and one cent', '一美元零一美分'],
  ['money', 0, 'EUR', 'zero euros', '零欧元'],
  ['money', -20, 'GBP', 'minus twenty pounds', '负二十英镑'],
  ['money', 0.01, 'GBP', 'one penny', '一便士'],
  ['money', 1_999.5, 'JPY', 'two thousand yen', '两千日元'],
  ['money', 3.2, 'HKD', 'three Hong Kong dollars and twenty cents', '三港元两角'],
  ['money', 5, 'CHF', 'five Swiss francs', '五瑞士法郎'],
  ['money', '9.90', 'SEK', 'nine point nine zero S E K', '九点九零 S E K'],
  ['money', 7, 'AUD', 'seven A, U D', '七 A U D'],
  ['date', '2026-11-28', '', 'November twenty-eighth, twenty twenty-six', '二零二六年十一月二十八日'],
  [
    'date',
    '2026-11-28',
    'weekday',
    'Saturday, November twenty-eighth, twenty twenty-six',
    '二零二六年十一月二十八日，星期六',
  ],
  ['date', '2009-02-01', 'short', 'February first', '二月一日'],
  ['date', '2009-02-01T08:00:00Z', 'short weekday', 'Sunday, February first', '二月一日，星期日'],
  ['date', '2000-10-02', '', 'October second, two thousand', '二零零零年十月二日'],
  ['date', '1905-12-31', '', 'December thirty-first, nineteen oh five', '一九零五年十二月三十一日'],
  ['time', '00:00', '', 'midnight', '凌晨零点'],
  ['time', '9:05', '', 'nine oh five AM', '上午九点零五分'],
  ['time', '12:00', '', 'noon', '中午十二点'],
  ['time', '2026-11-28T14:30:59+01:00', '', 'two thirty PM', '下午两点半'],
  ['time', '23:59', '', 'eleven fifty-nine PM', '晚上十一点五十九分'],
  ['duration', 0, '', 'zero seconds', '零秒'],
  ['duration', 1, '', 'one second', '一秒'],
  ['duration', 90, '', 'one minute and thirty seconds', '一分钟三十秒'],
  ['duration', 7_205, '', 'two hours and five seconds', '两小时五秒'],
  ['duration', 93_784.4, '', 'one day, two hours, three minutes and four seconds', '一天两小时三分钟四秒'],
];

it.each(GOLDEN)('[F122] [F123] [F124] [F125] %s(%j %s)', (name, value, option, english, chinese) => {
  expect([say('en', name, value, option), say('zh-CN', name, value, option)]).toEqual([english, chinese]);
});

const WITHOUT_WORDS: [name: string, value: string | number, option?: string][] = [
  ['digits', 'Müller'],
  ['digits', '1'.repeat(65)],
  ['digits', -5],
  ['phone', 'anonymous'],
  ['phone', '1'.repeat(21)],
  ['number', '12a'],
  ['number', '1'.repeat(17)],
  ['number', 1e21],
  ['number', ''],
  ['ordinal', '-1'],
  ['ordinal', '1.5'],
  ['date', 'abc'],
  ['date', '2026-02-29'],
  ['date', '2026-13-01'],
  ['date', '26-11-28'],
  ['time', '24:01'],
  ['time', '12:60'],
  ['time', 'noon'],
  ['duration', -1],
  ['duration', 1e300],
];

describe.each(['en', 'zh'])('in %s', (language) => {
  it.each(WITHOUT_WORDS)('[F126] %s(%j) is said as it is', (name, value, option) => {
    expect(say(language, name, value, option)).toBe(String(value));
  });

  it('[F126] an amount without words, or in no currency, is said as it is', () => {
    expect(say(language, 'money', 'a lot', 'EUR')).toBe('a lot EUR');
    expect(say(language, 'money', 5, 'constructor')).toBe('5 constructor');
  });

  it('[F126] whatever the value, there is an answer', () => {
    const value = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.double(), fc.bigInt(), fc.integer());
    const name = fc.constantFrom(...SPOKEN_FUNCTIONS.keys());
    fc.assert(
      fc.property(name, value, fc.constantFrom('', 'EUR', 'XYZ', 'weekday', '__proto__'), (which, what, option) => {
        expect(say(language, which, what, option)).toBeTypeOf('string');
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Numbers of every length, and those with many zeros, where grammar is hard. */
const whole = fc.oneof(
  fc.bigInt({ min: 0n, max: 10n ** 15n }),
  fc.integer({ min: 1, max: 15 }).chain((length) => fc.bigInt({ min: 0n, max: 10n ** BigInt(length) })),
  fc
    .array(fc.constantFrom('0', '0', '0', '1', '2', '9'), { minLength: 1, maxLength: 15 })
    .map((digits) => BigInt(digits.join(''))),
);

describe('[F123] numbers from 0 to 10^15 can be read back', () => {
  it('in English', () => {
    fc.assert(
      fc.property(whole, (value) => {
        expect(readEnglish(say('en', 'number', value))).toBe(value);
      }),
      { numRuns: 5_000 },
    );
  });

  it('in Chinese, and no 零 stands twice or at the end', () => {
    fc.assert(
      fc.property(whole, (value) => {
        const words = say('zh', 'number', value);
        expect(readChinese(words)).toBe(value);
        if (value > 0n) expect(words).not.toMatch(/零零|零$|零[万亿]|^零|^一十|两[^百千万亿]/);
      }),
      { numRuns: 5_000 },
    );
  });

  it('each of the first ten thousand', () => {
    for (let value = 0n; value <= 10_000n; value += 1n) {
      expect(readEnglish(say('en', 'number', value))).toBe(value);
      expect(readChinese(say('zh', 'number', value))).toBe(value);
      expect(readChinese(say('zh', 'ordinal', value).slice(1))).toBe(value);
    }
  });
});

it('[F124] amounts to the cent can be read back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), (cents) => {
      const amount = `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
      const [, euros = 'zero', , rest = 'zero'] =
        /^(?:(.+) euros?)?( and )?(?:(.+) cents?)?$/.exec(say('en', 'money', amount, 'EUR')) ?? [];
      expect(readEnglish(euros) * 100n + readEnglish(rest)).toBe(cents);
      const [, yuan = '零', jiao = '零', fen = '零'] =
        /^(?:(.+)元)?(?:(.)角)?(?:零?(.)分)?$/.exec(say('zh', 'money', amount, 'CNY')) ?? [];
      expect(readChinese(yuan) * 100n + readChinese(jiao) * 10n + readChinese(fen)).toBe(cents);
    }),
    { numRuns: 3_000 },
  );
});

it('[F125] every day from 2020 to 2030 has its words', () => {
  const part = (locale: string, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options });
  const month = part('en', { month: 'long' });
  const weekday = part('en', { weekday: 'long' });
  const chineseWeekday = part('zh', { weekday: 'long' });
  const places = new Map(Array.from({ length: 31 }, (_, index) => [say('en', 'ordinal', index + 1), index + 1]));
  let days = 0;
  for (let at = Date.UTC(2020, 0, 1); at < Date.UTC(2031, 0, 1); at += 86_400_000) {
    const date = new Date(at);
    const iso = date.toISOString().slice(0, 10);
    const [day, named, place, year] = say('en', 'date', iso, 'weekday').split(/, | /);
    expect([day, named, places.get(place ?? '')]).toEqual([
      weekday.format(date),
      month.format(date),
      date.getUTCDate(),
    ]);
    const rest = say('en', 'date', iso).split(', ')[1] ?? '';
    expect(rest.split(' ')[0]).toBe(year);
    expect(readEnglish(rest.replace('twenty', 'two thousand and'))).toBe(BigInt(date.getUTCFullYear()));
    const found = /^(.{4})年(.+)月(.+)日，(.+)$/.exec(say('zh', 'date', iso, 'weekday')) ?? [];
    expect([...(found[1] ?? '')].map((digit) => '零一二三四五六七八九'.indexOf(digit)).join('')).toBe(iso.slice(0, 4));
    expect([readChinese(found[2] ?? ''), readChinese(found[3] ?? '')]).toEqual([
      BigInt(date.getUTCMonth() + 1),
      BigInt(date.getUTCDate()),
    ]);
    expect(found[4]).toBe(chineseWeekday.format(date));
    days += 1;
  }
  expect(days).toBe(4_018);
});

it('[F125] every minute of the day can be told from every other', () => {
  for (const language of ['en', 'zh']) {
    const times = Array.from({ length: 1_440 }, (_, minute) => {
      const hour = String(Math.floor(minute / 60)).padStart(2, '0');
      return say(language, 'time', `${hour}:${String(minute % 60).padStart(2, '0')}`);
    });
    expect(new Set(times).size).toBe(1_440);
  }
});
