import { isList, isPlainMap } from './print.ts';

const MAX_DEPTH = 24;
const MAX_KEY = 200;

/** What is wrong with a value that shall stand in a flow; undefined when it can. */
export function wrongValue(value: unknown, depth = 0): string | undefined {
  if (depth > MAX_DEPTH) return 'The value nests too deeply';
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `${value} is no number that a flow can hold`;
    case 'object':
      break;
    default:
      return `A flow holds texts, numbers, true and false, lists and maps, and this is a ${typeof value}`;
  }
  if (value === null) return undefined;
  if (isList(value as never)) return firstWrong(value as unknown[], depth);
  if (!isPlainMap(value as never)) return undefined;
  for (const key of Object.keys(value)) if (wrongKey(key)) return `"${key.slice(0, 40)}" cannot be a key here`;
  return firstWrong(Object.values(value), depth);
}

/** A merge key would take in other maps, and one of several lines would need a form of its own. */
export function wrongKey(key: string): boolean {
  return key === '<<' || key.length > MAX_KEY || /[\n\r]/.test(key);
}

function firstWrong(values: readonly unknown[], depth: number): string | undefined {
  for (const inner of values) {
    const wrong = wrongValue(inner, depth + 1);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
