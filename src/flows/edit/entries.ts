import { isMap } from 'yaml';
import { type FlowText, offsetOf, Refused } from './flow-text.ts';
import type { Entry, Holder } from './layout.ts';
import { isPlainMap, type Plain, printFlow, printItem, printKey, printPair } from './print.ts';
import { endBefore, gapAfter, next, previous, spanOf, tailOf, usualGap } from './spans.ts';
import { insertion, type Splice } from './splices.ts';
import { keyQuotesOf, quotesOf, styleOf } from './style.ts';

/** What is written as a new entry: `key: value`, or an item. */
export interface NewEntry {
  key?: string;
  value: Plain;
  /** A step: its lines stand apart from its neighbours', and each of its keys has a line. */
  step?: boolean;
}

/** Writes a new entry behind `after`, or before all others. */
export function insertEntry(file: FlowText, holder: Holder, after: Entry | undefined, entry: NewEntry): Splice[] {
  if (holder.isMap !== (entry.key !== undefined))
    throw new Refused(
      offsetOf(holder.node),
      `This is a ${holder.isMap ? 'map' : 'list'}, where nothing of that form can stand`,
    );
  if (holder.flow) return insertIntoFlow(file, holder, after, flowText(holder, entry));
  const [first] = holder.entries;
  if (!first) throw new Refused(offsetOf(holder.node), 'There is nothing here that a new entry could stand beside');
  const column = file.columnOf(first.start);
  const lines = blockLines(file, holder, column, entry);
  const gap = gapFor(file, holder, lines, entry);
  if (after) {
    const text = file.eol.repeat(gap) + lines.map((line) => file.eol + line).join('');
    return [insertion(tailOf(file, after), text)];
  }
  const span = spanOf(file, first);
  if (span) return [insertion(span.from, lines.map((line) => line + file.eol).join('') + file.eol.repeat(gap))];
  const text = lines.join(file.eol).trimStart() + file.eol + ' '.repeat(column);
  return [insertion(first.start, text)];
}

function gapFor(file: FlowText, holder: Holder, lines: readonly string[], { step }: NewEntry): number {
  if (!step && lines.length === 1) return 0;
  return holder.entries.length === 1 && step && lines.length > 1 ? 1 : usualGap(file, holder.entries);
}

function flowText(holder: Holder, { key, value }: NewEntry): string {
  const text = printFlow(value, quotesOf(holder));
  return key === undefined ? text : `${printKey(key, keyQuotesOf(holder))}: ${text}`;
}

function blockLines(file: FlowText, holder: Holder, column: number, { key, value, step }: NewEntry): string[] {
  const style = styleOf(file, holder);
  if (key === undefined) return printItem(value, column, style);
  const quotes = keyQuotesOf(holder);
  if (!step || !isPlainMap(value) || Object.keys(value).length === 0)
    return printPair(key, value, column, style, quotes);
  const head = `${' '.repeat(column)}${printKey(key, quotes)}:`;
  const flow = `${head} ${printFlow(value, style.quotes)}`;
  const flat = holder.entries.every(({ node }) => isMap(node) && node.flow === true);
  if (flat && flow.length <= style.width) return [flow];
  const keys = Object.entries(value);
  return [head, ...keys.flatMap(([name, inner]) => printPair(name, inner, column + style.unit, style))];
}

function insertIntoFlow(file: FlowText, holder: Holder, after: Entry | undefined, text: string): Splice[] {
  const { entries, open, close } = holder;
  const [first] = entries;
  if (!first) {
    if (file.text.slice(open + 1, close).trim() !== '')
      throw new Refused(open, 'There are comments here: write the first entry by hand');
    const pad = holder.isMap ? ' ' : '';
    return [{ offset: open + 1, end: close, text: pad + text + pad }];
  }
  if (!after) {
    const lone = file.beginsLine(first.start);
    return [
      insertion(first.start, lone ? `${text},${file.eol}${' '.repeat(file.columnOf(first.start))}` : `${text}, `),
    ];
  }
  const comma = commaAfter(holder, after);
  const behind = comma === undefined ? after.end : comma + 1;
  if (!file.beginsLine(after.start) || !file.endsLine(behind)) return [insertion(after.end, `, ${text}`)];
  const line = file.eol + ' '.repeat(file.columnOf(after.start)) + text;
  const end = file.lineEnd(behind);
  return comma === undefined ? [insertion(after.end, ','), insertion(end, line)] : [insertion(end, `${line},`)];
}

/** The comma behind an entry; that of the last one is not needed and may be missing. */
function commaAfter({ commas }: Holder, entry: Entry): number | undefined {
  const limit = next(entry)?.start ?? Number.POSITIVE_INFINITY;
  return commas.find((comma) => comma >= entry.end && comma < limit);
}

/** Takes an entry away with the comments that belong to it. A map or list, the value of `parent`, that loses its last one is written as empty. */
export function removeEntry(file: FlowText, entry: Entry, parent: Entry | undefined): Splice[] {
  const { holder } = entry;
  if (holder.flow) return removeFromFlow(file, entry);
  if (holder.entries.length === 1) return removeOnly(file, entry, parent);
  const span = spanOf(file, entry);
  const following = next(entry);
  if (span && following) return [{ offset: span.from, end: gapAfter(file, span.to).end, text: '' }];
  if (span) return [{ offset: endBefore(file, span.from), end: span.to, text: '' }];
  if (!following) throw new Refused(entry.start, 'This entry shares its line with others: take it away by hand');
  const between = file.text.slice(file.lineEnd(entry.end), following.start);
  if (between.trim() !== '')
    throw new Refused(entry.start, 'Comments stand between this entry and the next: take it away by hand');
  return [{ offset: entry.start, end: following.start, text: '' }];
}

/** `{}` or `[]` stands where the only entry was; comments that do not belong to it stay. */
function removeOnly(file: FlowText, entry: Entry, parent: Entry | undefined): Splice[] {
  const empty = entry.holder.isMap ? '{}' : '[]';
  const span = spanOf(file, entry);
  if (!span) return [{ offset: entry.start, end: entry.end, text: empty }];
  if (!parent) throw new Refused(entry.start, 'The file would be empty');
  return [insertion(parent.mark, ` ${empty}`), { offset: endBefore(file, span.from), end: span.to, text: '' }];
}

function removeFromFlow(file: FlowText, entry: Entry): Splice[] {
  const { holder } = entry;
  const comma = commaAfter(holder, entry);
  const end = comma === undefined ? entry.end : comma + 1;
  const [before, after] = [previous(entry), next(entry)];
  if (!before && !after) {
    const { open, close } = holder;
    const bare = !file.text.slice(open + 1, entry.start).includes('#') && !file.text.slice(end, close).includes('#');
    return [bare ? { offset: open + 1, end: close, text: '' } : { offset: entry.start, end, text: '' }];
  }
  // The comma before the last entry has nothing to part any more.
  const lastComma = !after && comma === undefined && before ? commaAfter(holder, before) : undefined;
  const part = lastComma === undefined ? [] : [{ offset: lastComma, end: lastComma + 1, text: '' }];
  const span = spanOf(file, entry);
  if (span && file.endsLine(end)) {
    const to = file.nextLine(end);
    return [...part, { offset: span.from, end: to, text: '' }];
  }
  const gap = after ? file.text.slice(end, after.start) : '';
  if (after) return [{ offset: entry.start, end: /[\n#]/.test(gap) ? end : after.start, text: '' }];
  const from = lastComma ?? before?.end ?? entry.start;
  if (!/[\n#]/.test(file.text.slice(from, entry.start))) return [{ offset: from, end: entry.end, text: '' }];
  return [...part, { offset: entry.start, end, text: '' }];
}
