import { isAlias, isNode, type Node, visit } from 'yaml';
import { removeEntry } from './entries.ts';
import { type FlowText, offsetOf, Refused } from './flow-text.ts';
import type { Entry } from './layout.ts';
import { endBefore, gapAfter, next, previous, type Span, spanOf } from './spans.ts';
import { insertion, type Splice } from './splices.ts';

/** Where an entry goes: directly before or behind another one of the same map or list. */
export type Goal = { before: Entry } | { after: Entry };

/** Moves an entry with the comments that belong to it. */
export function moveEntry(file: FlowText, entry: Entry, goal: Goal): Splice[] {
  const neighbour = 'before' in goal ? goal.before : goal.after;
  if (neighbour === entry) throw new Refused(entry.start, 'An entry cannot stand before or behind itself');
  if (('before' in goal ? next(entry) : previous(entry)) === neighbour) return [];
  refuseAnchorsPassed(file, entry, neighbour);
  return entry.holder.flow ? rotate(file, entry, goal) : moveLines(file, entry, goal);
}

function moveLines(file: FlowText, entry: Entry, goal: Goal): Splice[] {
  const own = linesOf(file, entry);
  const text = file.text.slice(own.from, own.to);
  const following = gapAfter(file, own.to).lines;
  const gap = next(entry) ? following : gapAfter(file, endBefore(file, own.from)).lines;
  const empty = file.eol.repeat(gap);
  const removal = removeEntry(file, entry, undefined);
  if ('before' in goal) return [...removal, insertion(linesOf(file, goal.before).from, text + file.eol + empty)];
  return [...removal, insertion(linesOf(file, goal.after).to, empty + file.eol + text)];
}

function linesOf(file: FlowText, entry: Entry): Span {
  const span = spanOf(file, entry);
  if (!span) throw new Refused(entry.start, 'This entry shares its line with others: move it by hand');
  return span;
}

/** Among braces each entry takes the place of the next: commas and line ends stay where they are. */
function rotate(file: FlowText, entry: Entry, goal: Goal): Splice[] {
  const { entries, open, close } = entry.holder;
  const order = entries.filter((other) => other !== entry);
  const at = 'before' in goal ? order.indexOf(goal.before) : order.indexOf(goal.after) + 1;
  order.splice(at, 0, entry);
  const ends = [open + 1, ...entries.map(({ end }) => end)];
  const parts = [...entries.map(({ start }) => start), close].map((start, index) =>
    file.text.slice(ends[index], start),
  );
  if (parts.some((part) => part.includes('#')))
    throw new Refused(entry.start, 'Comments stand between these: move them by hand');
  return entries.flatMap(({ start, end }, index) => {
    const taken = order[index];
    return taken === undefined ? [] : [{ offset: start, end, text: file.text.slice(taken.start, taken.end) }];
  });
}

/** An alias repeats the last anchor of its name before it, so neither may pass the other. */
function refuseAnchorsPassed(file: FlowText, entry: Entry, neighbour: Entry): void {
  if (!file.hasAliases) return;
  const from = Math.min(entry.end, neighbour.start);
  const to = Math.max(entry.start, neighbour.end);
  const moved = namesIn(file, entry.start, entry.end);
  const passed = namesIn(file, from, to);
  for (const [name, { anchor, at }] of moved) {
    const other = passed.get(name);
    if (other && (anchor || other.anchor))
      throw new Refused(at, `The anchor &${name} and its aliases would no longer stand in their order`);
  }
}

/** Anchors and aliases in a range by name. */
function namesIn(file: FlowText, from: number, to: number): Map<string, { anchor: boolean; at: number }> {
  const names = new Map<string, { anchor: boolean; at: number }>();
  visit(file.document, {
    Node: (_key, node) => {
      const at = offsetOf(node);
      const name = isAlias(node) ? node.source : anchorOf(node);
      if (name === undefined || at < from || at >= to) return;
      names.set(name, { anchor: !isAlias(node) || names.get(name)?.anchor === true, at });
    },
  });
  return names;
}

function anchorOf(node: Node): string | undefined {
  return isNode(node) && 'anchor' in node ? (node.anchor as string | undefined) : undefined;
}
