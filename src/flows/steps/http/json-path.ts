import { type ExpressionType, MAX_TEXT } from '../../language/condition.ts';
import { cutText } from '../../language/template.ts';
import type { FlowValue, Json } from '../../machine/types.ts';

/** The way to a value in JSON: keys and indexes; at the end perhaps the length of a list. */
export interface JsonPath {
  parts: (string | number)[];
  length: boolean;
}

const MAX_PARTS = 16;
/** The longest list that is made up. */
const LONGEST_MADE_UP = 100;
const PART = /(?:^|\.)([A-Za-z_][A-Za-z0-9_-]*)|\[(\d{1,6})\]|\["([^"\\]{1,100})"\]/y;

/** Reads `orders[0].id`, `["odd key"].x`, `orders.length`, or `.` for the whole; the answer is a sentence when it cannot be read. */
export function compileJsonPath(text: string): JsonPath | string {
  if (text === '.') return { parts: [], length: false };
  const parts: (string | number)[] = [];
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const found = PART.exec(text);
    if (!found) return `"${text.slice(0, 60)}" is no way to a value`;
    const [, key, index, quoted] = found;
    parts.push(index === undefined ? (key ?? quoted ?? '') : Number(index));
  }
  if (parts.length === 0 || parts.length > MAX_PARTS) return `A way has from 1 to ${MAX_PARTS} parts`;
  const length = parts.at(-1) === 'length';
  return { parts: length ? parts.slice(0, -1) : parts, length };
}

/** The value at the end of the way, or undefined. Only what the JSON itself holds is ever found. */
export function valueAtPath(body: Json, path: JsonPath): Json | undefined {
  let here: Json | undefined = body;
  for (const part of path.parts) here = inside(here, part);
  if (!path.length) return here;
  return Array.isArray(here) ? here.length : inside(here, 'length');
}

function inside(value: Json | undefined, part: string | number): Json | undefined {
  if (Array.isArray(value)) return typeof part === 'number' ? value[part] : undefined;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
  return value[part];
}

/** JSON in which each of these ways leads to its value; of two that exclude each other the later one counts. */
export function jsonWith(wanted: readonly { path: JsonPath; value: FlowValue }[]): Json {
  let body: Json = null;
  for (const { path, value } of wanted) {
    const end = path.length && typeof value === 'number' ? listOf(value) : value;
    body = withValue(body, path.parts, end);
  }
  return body;
}

function listOf(length: number): Json {
  return Array.from({ length: Math.min(Math.max(0, Math.trunc(length)), LONGEST_MADE_UP) }, () => null);
}

function withValue(here: Json, [part, ...rest]: readonly (string | number)[], value: Json): Json {
  if (part === undefined) return value;
  if (typeof part === 'string') {
    const map = typeof here === 'object' && here !== null && !Array.isArray(here) ? here : {};
    const before = Object.hasOwn(map, part) ? map[part] : undefined;
    return Object.fromEntries([...Object.entries(map), [part, withValue(before ?? null, rest, value)]]);
  }
  const list = Array.isArray(here) ? [...here] : [];
  const index = Math.min(part, LONGEST_MADE_UP);
  while (list.length <= index) list.push(null);
  list[index] = withValue(list[index] ?? null, rest, value);
  return list;
}

/** The value as one of this type, or undefined when it is of another. A long text is cut; half a character is replaced. */
export function ofType(value: Json | undefined, type: ExpressionType): FlowValue | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? cutText(value, MAX_TEXT).toWellFormed() : undefined;
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'int':
      return typeof value === 'number' && Number.isSafeInteger(value) ? withoutSign(value) : undefined;
    case 'double':
      return typeof value === 'number' && Number.isFinite(value) ? withoutSign(value) : undefined;
  }
}

/** JSON can say -0 and cannot keep it: a state with it would not be the same after a trip through JSON. */
function withoutSign(value: number): number {
  return value === 0 ? 0 : value;
}
