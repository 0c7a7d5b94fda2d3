/** Digits are heard and kept in groups of three and four, the fours last: 3+4, 4+4, 3+3+4, 3+4+4. Up to five stay together. */
export function grouped(digits: string): string[] {
  if (digits.length <= 5) return [digits];
  const fours = digits.length % 3;
  const threes = (digits.length - 4 * fours) / 3;
  return cut(digits, [...Array<number>(threes).fill(3), ...Array<number>(fours).fill(4)]);
}

const MAX_LENGTH = 64;

/**
 * An order number or the like, as groups of characters to be said one by one. Groups are as they were written (`AB-1204`); long runs
 * of digits are divided. Undefined when it holds anything but letters, digits, `*` and `#` between signs that divide.
 */
export function readDigits(text: string): string[] | undefined {
  if (text.length > MAX_LENGTH || !/^[\sA-Za-z0-9*#_/.,:-]*$/.test(text)) return undefined;
  return text
    .toUpperCase()
    .split(/[^A-Z0-9*#]+/)
    .filter((part) => part !== '')
    .flatMap((part) => part.match(/\d+|\D+/g) ?? [])
    .flatMap(grouped);
}

/** Countries whose codes have one or two digits (ITU-T E.164, 2016); all others have three. */
const SHORT_CODES = /^(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/** How the people of a country divide its numbers; the last part is divided by length alone. */
const NATIONAL: Readonly<Record<string, readonly RegExp[]>> = {
  // Area code, exchange, line.
  '1': [/^(\d{3})(\d{3})(\d{4})$/],
  // Mobile numbers; the four cities with area codes of two digits.
  '49': [/^(1[5-7]\d)(\d{6,9})$/, /^(30|40|69|89)(\d{3,9})$/],
  // Mobile numbers; Beijing and the great cities; all other places.
  '86': [/^(1[3-9]\d)(\d{4})(\d{4})$/, /^(10|2\d)(\d{8})$/, /^([3-9]\d\d)(\d{7,8})$/],
};

/** A telephone number by country and groups; undefined when it is none. */
export function readPhone(text: string): { country?: string; groups: string[] } | undefined {
  const found = /^(\+?)([\d\s()./-]+)$/.exec(text.trim());
  const digits = found?.[2]?.replace(/\D/g, '') ?? '';
  if (!found || digits === '' || digits.length > 20) return undefined;
  if (found[1] === '') return { groups: grouped(digits) };
  const country = SHORT_CODES.exec(digits)?.[0] ?? digits.slice(0, 3);
  return { country, groups: national(country, digits.slice(country.length)) };
}

function national(country: string, digits: string): string[] {
  for (const pattern of NATIONAL[country] ?? []) {
    const parts = pattern.exec(digits)?.slice(1);
    if (parts) return [...parts.slice(0, -1), ...grouped(parts.at(-1) ?? '')];
  }
  return digits === '' ? [] : grouped(digits);
}

function cut(digits: string, sizes: readonly number[]): string[] {
  let at = 0;
  return sizes.map((size) => {
    at += size;
    return digits.slice(at - size, at);
  });
}
