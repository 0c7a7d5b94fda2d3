import type { Path } from '../language/source.ts';
import { insertEntry } from './entries.ts';
import { type FlowText, offsetOf, Refused } from './flow-text.ts';
import type { Holder } from './layout.ts';
import { holderAt } from './locate.ts';
import { moveEntry } from './moves.ts';
import type { Plain } from './print.ts';
import type { Splice } from './splices.ts';

/** Writes a new item so that it stands at `index` afterwards. */
export function insertItem(file: FlowText, path: Path, index: number, value: Plain): Splice[] {
  const list = listAt(file, path);
  refuseIndex(list, index, list.entries.length);
  return insertEntry(file, list, list.entries[index - 1], { value });
}

/** Moves an item so that it stands at `to` afterwards. */
export function moveItem(file: FlowText, path: Path, from: number, to: number): Splice[] {
  const list = listAt(file, path);
  for (const index of [from, to]) refuseIndex(list, index, list.entries.length - 1);
  const [entry, neighbour] = [list.entries[from], list.entries[to]];
  if (!entry || !neighbour || from === to) return [];
  return moveEntry(file, entry, to > from ? { after: neighbour } : { before: neighbour });
}

function listAt(file: FlowText, path: Path): Holder {
  const holder = holderAt(file, path);
  if (holder.isMap) throw new Refused(offsetOf(holder.node), `"${path.join('.')}" is a map, and not a list`);
  return holder;
}

function refuseIndex(list: Holder, index: number, most: number): void {
  if (!Number.isInteger(index) || index < 0 || index > most)
    throw new Refused(offsetOf(list.node), `There is no place ${index} in this list of ${list.entries.length}`);
}
