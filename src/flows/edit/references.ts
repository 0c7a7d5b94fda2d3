import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, visit, type YAMLMap } from 'yaml';
import type { Path } from '../language/source.ts';
import { targetsOf } from '../language/targets.ts';
import { type FlowText, offsetOf, Refused } from './flow-text.ts';
import { type Entry, holderOf } from './layout.ts';

/** A place where a step is named. Where anchors are used, several paths lead to one entry. */
export interface Naming {
  path: Path;
  entry: Entry;
}

export interface Reference extends Naming {
  exit: string;
}

/** More values than this, read through anchors over and over, are not looked through. */
const MAX_SEEN = 200_000;

/** Every place that names `step`. Refuses when such a place is repeated elsewhere as something that is no name of a step. */
export function referencesTo(file: FlowText, step: string): Reference[] {
  return namingsAt(
    file,
    targetsOf(file.value).filter(({ to }) => to === step),
  );
}

/** The entries of single values at paths that name the same thing. Refuses when one of them is repeated where it does not. */
export function namingsAt<T extends { path: Path }>(file: FlowText, places: readonly T[]): (T & { entry: Entry })[] {
  const entries = entriesByOffset(file);
  const found = places.map((place) => {
    const at = file.placeOf(place.path);
    const entry = entries.get(at);
    if (!entry) throw new Refused(at, 'This name is written in a way that is read but not edited here: do it by hand');
    return { ...place, entry };
  });
  if (file.hasAliases) refuseOtherUses(file, found);
  return found;
}

/** Entries with a single value by where that begins; an alias leads to the entry that it repeats. */
function entriesByOffset(file: FlowText): Map<number, Entry> {
  const entries = new Map<number, Entry>();
  const repeats: Alias[] = [];
  visit(file.document, {
    Collection: (_key, node) => {
      for (const entry of holderOf(node as YAMLMap).entries) {
        if (isScalar(entry.node)) entries.set(offsetOf(entry.node), entry);
        if (isAlias(entry.node)) repeats.push(entry.node);
      }
    },
  });
  for (const alias of repeats) {
    const node = alias.resolve(file.document);
    const entry = node && entries.get(offsetOf(node));
    if (entry) entries.set(offsetOf(alias), entry);
  }
  return entries;
}

function refuseOtherUses(file: FlowText, references: readonly Naming[]): void {
  const uses = usesOf(file);
  for (const { entry } of references) {
    const named = references.filter((other) => other.entry === entry).length;
    if (entry.node && (uses.get(entry.node) ?? 0) > named)
      throw new Refused(entry.start, 'This name is repeated by an alias, where it is not the name of a step');
  }
}

/** How often each value is read, with all that aliases and merge keys repeat. */
function usesOf(file: FlowText): Map<Node, number> {
  const uses = new Map<Node, number>();
  let seen = 0;
  const look = (node: unknown): void => {
    seen += 1;
    if (seen > MAX_SEEN) throw new Refused(0, 'Anchors are repeated too often here to tell what else would change');
    const inside = isAlias(node) ? node.resolve(file.document) : node;
    if (isScalar(inside)) uses.set(inside, (uses.get(inside) ?? 0) + 1);
    else if (isSeq(inside)) inside.items.forEach(look);
    else if (isMap(inside)) for (const value of readPairs(file, inside, new Set())) look(value);
  };
  look(file.document.contents);
  return uses;
}

/** The values of a map as they are read: its own go before those of its merge keys. */
function readPairs(file: FlowText, node: unknown, known: Set<string>): unknown[] {
  const map = isAlias(node) ? node.resolve(file.document) : node;
  if (isSeq(map)) return map.items.flatMap((item) => readPairs(file, item, known));
  if (!isMap(map)) return [];
  const isMerge = ({ key }: { key: unknown }) => isScalar(key) && key.source === '<<';
  const own = map.items.filter((pair) => !isMerge(pair) && isScalar(pair.key) && !known.has(String(pair.key.value)));
  for (const { key } of own) known.add(String(isScalar(key) ? key.value : ''));
  const merged = map.items.filter(isMerge).flatMap(({ value }) => readPairs(file, value, known));
  return [...own.map(({ value }) => value), ...merged];
}
