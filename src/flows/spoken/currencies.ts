type OneAndMany = readonly [one: string, many: string];

/** A currency whose name languages know; others are told by the letters of their code. */
export interface Currency {
  /** Decimal places of its smallest unit (ISO 4217). */
  places: 0 | 2;
  english: { major: OneAndMany; minor: OneAndMany };
  /** `minor`: the hundredths by one name, or tenths and hundredths by two. */
  chinese: { major: string; minor: string | readonly [tenths: string, hundredths: string] };
}

const dollarsOf = (land: string): Currency['english'] => ({
  major: [`${land}dollar`, `${land}dollars`],
  minor: ['cent', 'cents'],
});

/** By their codes (ISO 4217). */
export const CURRENCIES: ReadonlyMap<string, Currency> = new Map<string, Currency>([
  [
    'CNY',
    {
      places: 2,
      english: { major: ['yuan', 'yuan'], minor: ['fen', 'fen'] },
      chinese: { major: '元', minor: ['角', '分'] },
    },
  ],
  ['USD', { places: 2, english: dollarsOf(''), chinese: { major: '美元', minor: '美分' } }],
  [
    'EUR',
    {
      places: 2,
      english: { major: ['euro', 'euros'], minor: ['cent', 'cents'] },
      chinese: { major: '欧元', minor: '欧分' },
    },
  ],
  [
    'GBP',
    {
      places: 2,
      english: { major: ['pound', 'pounds'], minor: ['penny', 'pence'] },
      chinese: { major: '英镑', minor: '便士' },
    },
  ],
  [
    'JPY',
    { places: 0, english: { major: ['yen', 'yen'], minor: ['sen', 'sen'] }, chinese: { major: '日元', minor: '钱' } },
  ],
  ['HKD', { places: 2, english: dollarsOf('Hong Kong '), chinese: { major: '港元', minor: ['角', '分'] } }],
  [
    'CHF',
    {
      places: 2,
      english: { major: ['Swiss franc', 'Swiss francs'], minor: ['centime', 'centimes'] },
      chinese: { major: '瑞士法郎', minor: '生丁' },
    },
  ],
]);
