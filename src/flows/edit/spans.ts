import type { FlowText } from './flow-text.ts';
import type { Entry } from './layout.ts';

/** Whole lines, from the beginning of the first to the end of the last, without its line end. */
export interface Span {
  from: number;
  to: number;
}

/**
 * The lines of an entry that begins a line: those comments directly above it that begin in its column, itself, and comments below
 * that go further in. Undefined when something else begins its line, as the dash of a list does.
 */
export function spanOf(file: FlowText, entry: Entry): Span | undefined {
  if (!file.beginsLine(entry.start)) return undefined;
  return { from: leadOf(file, entry), to: tailOf(file, entry) };
}

function leadOf(file: FlowText, entry: Entry): number {
  const own = file.lineStart(entry.start);
  const column = file.columnOf(entry.start);
  const before = previous(entry)?.end ?? -1;
  let from = own;
  while (from > 0) {
    const above = file.lineStart(from - 1);
    const line = file.text.slice(above, file.lineEnd(above));
    if (above >= from || above <= before || !line.startsWith('#', column) || line.slice(0, column).trim() !== '') break;
    from = above;
  }
  // What stands at the top of the file, or goes down from there without a gap, is about the file.
  return column === 0 && isTop(file, from) ? own : from;
}

function isTop(file: FlowText, from: number): boolean {
  return from === file.lineStart(0);
}

/** Where the lines of an entry end: its own last one, or that of a comment below it which goes further in. */
export function tailOf(file: FlowText, entry: Entry): number {
  const column = file.columnOf(entry.start);
  const limit = next(entry)?.start ?? file.text.length;
  let to = file.lineEnd(entry.end);
  if (entry.holder.flow) return to;
  for (let at = file.nextLine(to); at > to && at < limit; at = file.nextLine(at)) {
    const line = file.text.slice(at, file.lineEnd(at));
    if (/^\s*$/.test(line)) continue;
    if (!line.trimStart().startsWith('#') || line.search(/\S/) <= column) break;
    to = file.lineEnd(at);
  }
  return to;
}

/** How many empty lines follow on the line that ends at `to`, and where the next line that is not empty begins. */
export function gapAfter(file: FlowText, to: number): { lines: number; end: number } {
  let lines = 0;
  let at = file.nextLine(to);
  while (at < file.text.length && file.text.slice(at, file.lineEnd(at)).trim() === '') {
    lines += 1;
    at = file.nextLine(at);
  }
  return { lines, end: at };
}

/** Where the last line before `from` ends that is not empty. */
export function endBefore(file: FlowText, from: number): number {
  let at = from;
  while (at > 0) {
    const above = file.lineStart(at - 1);
    if (above >= at || file.text.slice(above, at).trim() !== '') return file.lineEnd(above);
    at = above;
  }
  return 0;
}

/** The empty lines that stand between most entries. */
export function usualGap(file: FlowText, entries: readonly Entry[]): number {
  const gaps = entries.slice(0, -1).map((entry) => gapAfter(file, tailOf(file, entry)).lines);
  const counts = new Map<number, number>();
  for (const gap of gaps) counts.set(gap, (counts.get(gap) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return most?.[0] ?? 0;
}

export function previous({ holder, start }: Entry): Entry | undefined {
  return holder.entries.filter((other) => other.start < start).at(-1);
}

export function next({ holder, start }: Entry): Entry | undefined {
  return holder.entries.find((other) => other.start > start);
}
