import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, isSeq } from 'yaml';
import { type Path, valueAt } from '../language/source.ts';
import { FlowText, Refused } from './flow-text.ts';
import { type Entry, holderOf } from './layout.ts';
import { isList, isPlainMap, type Plain } from './print.ts';
import { applySplices, chained, inOrder, type Splice } from './splices.ts';

/** A change within a map or list. `insert` writes an item before the one that has its index. */
type PartChange = { kind: 'set' | 'insert'; path: Path; value: Plain } | { kind: 'remove'; path: Path };

/** Beyond this a value is another one, and is written anew. */
const MAX_CHANGES = 60;

/**
 * Makes a map or list another one by changing only the parts that differ, so that comments in it stay. Undefined where it has to be
 * written anew: `change` refuses a part, or what is there is no map or list to begin with.
 */
export function changeParts(
  file: FlowText,
  entry: Entry,
  path: Path,
  value: Plain,
  change: (file: FlowText, change: PartChange) => Splice[],
): Splice[] | undefined {
  const { node } = entry;
  if (!(isMap(node) || isSeq(node)) || holderOf(node).odd || hasMerge(entry)) return undefined;
  const changes = differences(valueAt(file.value, path) as Plain, value, path);
  if (changes === undefined || changes.length > MAX_CHANGES) return undefined;
  let text = file.text;
  let splices: Splice[] = [];
  for (const one of changes) {
    const now = FlowText.read(text);
    if (!(now instanceof FlowText)) return undefined;
    try {
      const next = inOrder(text, change(now, one));
      splices = chained(file.text.length, splices, next);
      text = applySplices(text, next);
    } catch (error) {
      if (error instanceof Refused) return undefined;
      throw error;
    }
  }
  return splices;
}

function hasMerge({ node }: Entry): boolean {
  return isMap(node) && node.items.some(({ key }) => isScalar(key) && key.source === '<<');
}

/** What makes `before` into `after`, with the paths of the moment at which each is made; undefined for values with nothing in common. */
function differences(before: Plain, after: Plain, path: Path): PartChange[] | undefined {
  if (isList(before) && isList(after))
    return before.length && after.length ? listChanges(before, after, path) : undefined;
  if (!isPlainMap(before) || !isPlainMap(after) || isList(before) || isList(after)) return undefined;
  const kept = Object.keys(after).filter((key) => Object.hasOwn(before, key));
  if (kept.length === 0) return undefined;
  const set = Object.entries(after).filter(
    ([key, inner]) => !Object.hasOwn(before, key) || !isDeepStrictEqual(before[key], inner),
  );
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return [
    ...set.map(([key, inner]): PartChange => ({ kind: 'set', path: [...path, key], value: inner })),
    ...gone.map((key): PartChange => ({ kind: 'remove', path: [...path, key] })),
  ];
}

/** What is the same at both ends stays; between, items are set in their order, and the rest is written or taken away. */
function listChanges(before: readonly Plain[], after: readonly Plain[], path: Path): PartChange[] {
  const shorter = Math.min(before.length, after.length);
  let first = 0;
  while (first < shorter && isDeepStrictEqual(before[first], after[first])) first += 1;
  let last = 0;
  while (last < shorter - first && isDeepStrictEqual(before.at(-1 - last), after.at(-1 - last))) last += 1;
  const changes: PartChange[] = [];
  for (let index = first; index < shorter - last; index += 1)
    changes.push({ kind: 'set', path: [...path, index], value: after[index] as Plain });
  for (let index = shorter - last; index < after.length - last; index += 1)
    changes.push({ kind: 'insert', path: [...path, index], value: after[index] as Plain });
  for (let index = before.length - last - 1; index >= shorter - last; index -= 1)
    changes.push({ kind: 'remove', path: [...path, index] });
  return changes;
}
