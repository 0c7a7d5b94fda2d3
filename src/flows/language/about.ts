import { tidy } from './template.ts';

const MOST = 120;

/** Keys that are understood without their names. */
const PLAIN_KEYS = ['name', 'queue', 'box', 'when'];

/** What a step is about, as its file has it: the first plain value under its verb (`support`, `get: crm/orders`, `n: 3`). */
export function aboutStep(source: unknown, verb: string): string {
  const value = typeof source === 'object' && source !== null ? (source as Record<string, unknown>)[verb] : undefined;
  return tidy(firstPlain(value)).slice(0, MOST);
}

function firstPlain(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return firstPlain(value[0]);
  const [first] = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (first === undefined || typeof first[1] === 'object') return '';
  const [key, inner] = first;
  const text = firstPlain(inner);
  return text === '' || PLAIN_KEYS.includes(key) ? text : `${key}: ${text}`;
}
