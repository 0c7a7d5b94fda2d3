import { isAlias, isMap, isScalar, isSeq, type Node, visit, type YAMLMap } from 'yaml';
import type { Path } from '../language/source.ts';
import { type FlowText, offsetOf, Refused } from './flow-text.ts';
import { type Entry, type Holder, holderOf } from './layout.ts';

/** Where a path leads: to an entry of the text, or to a place where one can be written. */
export type Spot =
  | { kind: 'entry'; entry: Entry }
  /** `entry` has no value yet, and `rest` leads into it. */
  | { kind: 'empty'; entry: Entry; rest: string[] }
  | { kind: 'missing'; holder: Holder; path: Path; name: string; rest: string[]; merged: boolean };

/**
 * Follows a path without going through aliases and merge keys, for what stands behind them stands elsewhere. Refuses what cannot be
 * changed without changing something else too.
 */
export function locate(file: FlowText, path: Path): Spot {
  const root = file.document.contents;
  if (path.length === 0 || !(isMap(root) || isSeq(root)))
    throw new Refused(0, 'An edit names a field, and this names the whole file');
  let holder = editable(file, root);
  for (const [depth, part] of path.entries()) {
    const rest = path.slice(depth + 1);
    const entry = entryAt(holder, part);
    if (!entry) return missing(file, holder, path.slice(0, depth + 1), rest);
    if (rest.length === 0) return { kind: 'entry', entry };
    const { node } = entry;
    if (isMap(node) || isSeq(node)) holder = editable(file, node);
    else if (isAlias(node)) throw behindAlias(node, node.source, part);
    else if (node === null || (isScalar(node) && node.value === null))
      return { kind: 'empty', entry, rest: names(rest, entry.start) };
    else throw new Refused(offsetOf(node), `"${part}" is a single value, so nothing stands inside of it`);
  }
  throw new Refused(0, 'An edit names a field');
}

/** The entry at `path`, or a refusal. */
export function entryOf(file: FlowText, path: Path): Entry {
  const spot = locate(file, path);
  if (spot.kind === 'entry') return spot.entry;
  const at = spot.kind === 'empty' ? spot.entry.start : (spot.holder.entries[0]?.start ?? spot.holder.open);
  if (spot.kind === 'missing' && spot.merged)
    throw new Refused(at, `"${path.at(-1)}" comes from a merge key, and does not stand here`);
  throw new Refused(at, `There is no "${path.join('.')}"`);
}

/** The list or map at `path`; a list of the whole file is none. */
export function holderAt(file: FlowText, path: Path): Holder {
  const root = file.document.contents;
  if (path.length === 0 && isMap(root)) return editable(file, root);
  const { node, start } = entryOf(file, path);
  if (isAlias(node)) throw behindAlias(node, node.source, path.at(-1) ?? '');
  if (!isMap(node) && !isSeq(node)) throw new Refused(start, `"${path.join('.')}" is neither a map nor a list`);
  return editable(file, node);
}

function behindAlias(alias: Node, anchor: string, part: string | number): Refused {
  const hint = `give "${part}" a value of its own, or change the anchor`;
  return new Refused(offsetOf(alias), `This value stands elsewhere, at the anchor &${anchor}: ${hint}`);
}

function entryAt(holder: Holder, part: string | number): Entry | undefined {
  if (holder.isMap) {
    if (String(part) === '<<') throw new Refused(offsetOf(holder.node), 'Merge keys are changed by hand');
    return holder.entries.find(({ name }) => name === String(part));
  }
  const entry = typeof part === 'number' ? holder.entries[part] : undefined;
  if (entry) return entry;
  const count = holder.entries.length;
  throw new Refused(offsetOf(holder.node), `There is no item ${part} in this list of ${count}`);
}

function missing(file: FlowText, holder: Holder, path: Path, rest: Path): Spot {
  const name = String(path.at(-1));
  const merged = mergesIn(holder.node as YAMLMap).some((node) => hasKey(file, node, name, 0));
  const at = offsetOf(holder.node);
  if (merged && rest.length > 0)
    throw new Refused(at, `"${name}" comes from a merge key: give it a value of its own first`);
  return { kind: 'missing', holder, path, name, rest: names(rest, at), merged };
}

function names(rest: Path, at: number): string[] {
  return rest.map((part) => {
    if (typeof part === 'number') throw new Refused(at, 'There is no list here yet');
    if (part === '<<') throw new Refused(at, 'Merge keys are changed by hand');
    return part;
  });
}

/** Whether `name` would have a value by a merge key, were it not written in this map. */
export function isMergedToo(file: FlowText, { holder, name }: Entry): boolean {
  if (!holder.isMap || name === undefined) return false;
  return mergesIn(holder.node as YAMLMap).some((node) => hasKey(file, node, name, 0));
}

function mergesIn(map: YAMLMap): unknown[] {
  return map.items.filter(({ key }) => isScalar(key) && key.source === '<<').map(({ value }) => value);
}

function hasKey(file: FlowText, node: unknown, name: string, depth: number): boolean {
  const inside = isAlias(node) ? node.resolve(file.document) : node;
  if (depth > 40) return true;
  if (isSeq(inside)) return inside.items.some((item) => hasKey(file, item, name, depth + 1));
  if (!isMap(inside)) return false;
  const own = inside.items.some(({ key }) => isScalar(key) && String(key.value) === name);
  return own || mergesIn(inside).some((merge) => hasKey(file, merge, name, depth + 1));
}

/** A collection whose entries may change: nothing repeats it, and it is written in a usual way. */
function editable(file: FlowText, node: Node): Holder {
  refuseRepeated(file, node);
  const holder = holderOf(node as YAMLMap);
  if (holder.odd)
    throw new Refused(offsetOf(node), 'This is written in a way that is read but not edited here: do it by hand');
  return holder;
}

/** Refuses when an alias repeats this very value. */
export function refuseRepeated(file: FlowText, node: Node): void {
  const [alias] = file.repeats(node);
  if (!alias) return;
  const where = `*${alias.source} in line ${file.lineOf(offsetOf(alias))}`;
  throw new Refused(offsetOf(node), `This value is repeated by ${where}, which would change as well`);
}

/** Refuses when something outside of the entry repeats it or a part of it. */
export function refuseRepeatedInside(file: FlowText, entry: Entry): void {
  if (!file.hasAliases) return;
  const inside = (at: number) => at >= entry.start && at < entry.end;
  for (const part of [entry.key, entry.node]) {
    if (!part) continue;
    visit(part, {
      Node: (_key, node) => {
        const alias = file.repeats(node).find((one) => !inside(offsetOf(one)));
        if (!alias) return;
        const where = `*${alias.source} in line ${file.lineOf(offsetOf(alias))}`;
        throw new Refused(offsetOf(node), `This value is repeated by ${where}, which would be left without it`);
      },
    });
  }
}
