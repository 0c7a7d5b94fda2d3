import { ParleyError } from '../../shared/errors.ts';

/** JSON of somebody else's program: looked at with care. */
export type Foreign = Record<string, unknown>;

export function isRecord(value: unknown): value is Foreign {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The entry of a table under a name that comes from outside. */
export function entryOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

export function recordOf(value: unknown): Foreign {
  return isRecord(value) ? value : {};
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

export function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : '';
}

/** A whole number from a number or a text of digits, within bounds; undefined otherwise. */
export function wholeOf(value: unknown, min: number, max: number): number | undefined {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Number.NaN;
  return Number.isInteger(number) && number >= min && number <= max ? number : undefined;
}

/** `6s` from seconds, kept within what a step allows; undefined when it is no time. */
export function secondsOf(value: unknown, min = 0.2, max = 120): string | undefined {
  const seconds = typeof value === 'number' ? value : Number(textOf(value) || Number.NaN);
  if (!Number.isFinite(seconds) || seconds <= 0) return undefined;
  return `${Math.round(Math.min(max, Math.max(min, seconds)) * 1_000)}ms`.replace(/000ms$/, 's');
}

/** Plain words of SSML; texts may hold braces of ours, which are parted. */
export function plainWords(text: string): string {
  return text
    .replace(/<[^>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Text from outside as mere text: what would be an expression of ours is parted. */
export function inert(text: string): string {
  return text.replace(/\{(?=\{)/g, '{ ');
}

/** A short value for a label or a note. */
export function labelOf(value: unknown): string {
  return inert(textOf(value)).slice(0, 200) || '-';
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ParleyError('request.invalid', {}, { text: `This is not JSON: ${(cause as Error).message}`, cause });
  }
}

export function refuse(text: string): never {
  throw new ParleyError('request.invalid', {}, { text });
}

/** A choice of a menu, or undefined when no menu has such a key. */
export function choiceOf(value: string): string | undefined {
  return /^[0-9*#]{1,8}$/.test(value) ? value : undefined;
}
