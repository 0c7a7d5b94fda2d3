/** What a flow may hand in to be spoken. */
export type Speakable = string | number | bigint;

/** A number as its digits, so that neither money nor long numbers lose anything on the way. */
export interface Decimal {
  negative: boolean;
  /** Without zeros in front; `0` for none. */
  whole: string;
  /** Digits behind the point, as they were written. */
  fraction: string;
}

/** Languages have names for so many digits. */
const MAX_WHOLE = 16;
const MAX_FRACTION = 15;
/** Fractions are worked out in binary, and nobody wants to hear 0.30000000000000004. */
const PLACES = 6;

/** The number in a value; undefined when it is none, or none that can be told in words. */
export function readDecimal(value: Speakable): Decimal | undefined {
  const written = typeof value === 'number' && !Number.isInteger(value) ? shortened(value) : String(value).trim();
  const found = /^([+-])?0*(\d+)(?:\.(\d+))?$/.exec(written);
  if (!found) return undefined;
  const [, sign, whole = '', fraction = ''] = found;
  if (whole.length > MAX_WHOLE || fraction.length > MAX_FRACTION) return undefined;
  return { negative: sign === '-' && /[1-9]/.test(whole + fraction), whole, fraction };
}

/** The amount in whole numbers of its smallest unit, half of one counted up: 12.345 with 2 places is 1235. */
export function inUnits({ whole, fraction }: Decimal, places: number): bigint {
  const kept = fraction.slice(0, places).padEnd(places, '0');
  const up = (fraction[places] ?? '0') >= '5' ? 1n : 0n;
  return BigInt(whole + kept) + up;
}

/** The whole number in a value, without a sign: a count, a place. */
export function readWhole(value: Speakable): string | undefined {
  const decimal = readDecimal(value);
  return decimal && !decimal.negative && decimal.fraction === '' ? decimal.whole : undefined;
}

function shortened(value: number): string {
  return Number.isFinite(value) ? value.toFixed(PLACES).replace(/\.?0+$/, '') : '';
}
