import type { z } from 'zod';
import { flowHead } from '../language/shapes.ts';
import { type Path, valueAt } from '../language/source.ts';
import { STEPS } from '../steps/index.ts';
import type { Entry, Holder } from './layout.ts';

/** The entry that a new key stands behind: the last one there is of those that the language has before it. Undefined: before all. */
export function predecessor(holder: Holder, path: Path, whole: unknown): Entry | undefined {
  const order = keysAt(path.slice(0, -1), whole);
  const place = order.indexOf(String(path.at(-1)));
  if (place < 0) return holder.entries.at(-1);
  const earlier = new Set(order.slice(0, place));
  // A merge key and what the language does not know stand where they are.
  const known = holder.entries.filter(({ name = '' }) => earlier.has(name));
  return known.at(-1) ?? holder.entries.find(({ name }) => name === '<<');
}

/** The keys of the map at `path` in the order of the language; none for a map with keys of the writer's. */
function keysAt(path: Path, whole: unknown): string[] {
  const [first, name, ...inside] = path;
  if (first !== 'steps' || name === undefined) return first === 'steps' ? [] : keysOf(flowHead, path);
  const step = valueAt(whole, [first, name]);
  const verb = typeof step === 'object' && step !== null ? Object.keys(step).find((key) => STEPS.has(key)) : undefined;
  const kind = verb === undefined ? undefined : STEPS.get(verb);
  return kind ? keysOf(kind.shape, inside) : [];
}

interface Definition {
  type: string;
  shape?: Record<string, z.core.$ZodType>;
  innerType?: z.core.$ZodType;
  element?: z.core.$ZodType;
  options?: readonly z.core.$ZodType[];
}

function keysOf(shape: z.core.$ZodType, path: Path): string[] {
  const definition = shape._zod.def as unknown as Definition;
  if (definition.innerType) return keysOf(definition.innerType, path);
  if (definition.options) return [...new Set(definition.options.flatMap((option) => keysOf(option, path)))];
  const [first, ...rest] = path;
  if (definition.element && typeof first === 'number') return keysOf(definition.element, rest);
  if (!definition.shape) return [];
  if (first === undefined) return Object.keys(definition.shape);
  const inner = Object.hasOwn(definition.shape, first) ? definition.shape[first] : undefined;
  return inner ? keysOf(inner, rest) : [];
}
