/** Reads the numbers of people back from their words. Written from the grammar of the languages, and knows nothing of how we make words. */

const ENGLISH: Readonly<Record<string, number>> = Object.fromEntries([
  ...'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
    .split(' ')
    .map((word, value) => [word, value] as const),
  ...'twenty thirty forty fifty sixty seventy eighty ninety'
    .split(' ')
    .map((word, index) => [word, 20 + 10 * index] as const),
]);
const ENGLISH_SCALES = ['thousand', 'million', 'billion', 'trillion', 'quadrillion'];

export function readEnglish(words: string): bigint {
  let total = 0n;
  let group = 0n;
  for (const word of words.split(/[ -]/)) {
    const scale = ENGLISH_SCALES.indexOf(word);
    if (scale >= 0) {
      total += group * 1_000n ** BigInt(scale + 1);
      group = 0n;
    } else if (word === 'hundred') group *= 100n;
    else if (word !== 'and') group += BigInt(ENGLISH[word] ?? Number.NaN);
  }
  return total + group;
}

const CHINESE = '零一二三四五六七八九';

/** A number in characters; 两 is 2. */
export function readChinese(words: string): bigint {
  for (const [name, size] of [
    ['亿', 100_000_000n],
    ['万', 10_000n],
    ['千', 1_000n],
    ['百', 100n],
    ['十', 10n],
  ] as const) {
    const at = words.lastIndexOf(name);
    if (at >= 0) return (at === 0 ? 1n : readChinese(words.slice(0, at))) * size + readChinese(words.slice(at + 1));
  }
  const digits = words.replaceAll('两', '二').replace(/^零(?=.)/, '');
  if (digits === '') return 0n;
  const value = CHINESE.indexOf(digits);
  if (digits.length !== 1 || value < 0) throw new Error(`${words} is no number`);
  return BigInt(value);
}
