import { isDeepStrictEqual } from 'node:util';
import { type Path, valueAt } from '../language/source.ts';
import { insertEntry, removeEntry } from './entries.ts';
import { type FlowText, Refused } from './flow-text.ts';
import { insertItem } from './items.ts';
import { entryOf, isMergedToo, locate, refuseRepeatedInside } from './locate.ts';
import { predecessor } from './order.ts';
import { changeParts } from './parts.ts';
import type { Plain } from './print.ts';
import type { Splice } from './splices.ts';
import { replaceValue } from './values.ts';
import { wrongKey } from './wishes.ts';

/** Gives the field at `path` a value. Of a map or list only what differs is written; a field that is not there, with the maps around it. */
export function setValue(file: FlowText, path: Path, value: Plain): Splice[] {
  const spot = locate(file, path);
  if (spot.kind === 'entry') {
    if (isDeepStrictEqual(valueAt(file.value, path), value)) return [];
    const parts = changeParts(file, spot.entry, path, value, (now, change) => {
      if (change.kind === 'set') return setValue(now, change.path, change.value);
      if (change.kind === 'remove') return removeKey(now, change.path);
      return insertItem(now, change.path.slice(0, -1), Number(change.path.at(-1)), change.value);
    });
    if (parts) return parts;
    refuseRepeatedInside(file, spot.entry);
    return replaceValue(file, spot.entry, value);
  }
  for (const key of spot.kind === 'missing' ? [spot.name, ...spot.rest] : spot.rest)
    if (wrongKey(key)) throw new Refused(0, `"${key.slice(0, 40)}" cannot be a key here`);
  const wrapped = spot.rest.reduceRight<Plain>((inner, key) => ({ [key]: inner }), value);
  if (spot.kind === 'empty') {
    refuseRepeatedInside(file, spot.entry);
    return replaceValue(file, spot.entry, wrapped);
  }
  if (!spot.holder.isMap) throw new Refused(spot.holder.open, 'A list has items by number');
  const after = predecessor(spot.holder, spot.path, file.value as Plain);
  const step = spot.path.length === 2 && spot.path[0] === 'steps';
  return insertEntry(file, spot.holder, after, { key: spot.name, value: wrapped, step });
}

export function removeKey(file: FlowText, path: Path): Splice[] {
  const entry = entryOf(file, path);
  refuseRepeatedInside(file, entry);
  if (isMergedToo(file, entry))
    throw new Refused(entry.start, `Without it "${path.at(-1)}" would be that of the merge key, and not gone`);
  const parent = path.length > 1 ? entryOf(file, path.slice(0, -1)) : undefined;
  return removeEntry(file, entry, parent);
}
