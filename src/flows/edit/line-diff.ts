import { applySplices, inOrder, type Splice } from './splices.ts';

/** Neighbouring lines that an edit changed. Lines count from 1 and are without their line ends. */
export interface Hunk {
  /** The first line before and after; that behind which it stands, where there is none. */
  before: number;
  after: number;
  removed: string[];
  added: string[];
}

/** What splices change, in whole lines. */
export function hunksOf(source: string, splices: readonly Splice[]): Hunk[] {
  const groups = linesTouched(source, inOrder(source, splices));
  let shift = 0;
  return groups.flatMap(({ from, to, inside }): Hunk[] => {
    const text = source.slice(from, to);
    const moved = inside.map(({ offset, end, text: written }) => ({
      offset: offset - from,
      end: end - from,
      text: written,
    }));
    const [was, is] = [linesOf(text), linesOf(applySplices(text, moved))];
    let same = 0;
    while (same < was.length && same < is.length && was[same] === is[same]) same += 1;
    let end = 0;
    while (end < was.length - same && end < is.length - same && was.at(-1 - end) === is.at(-1 - end)) end += 1;
    const first = source.slice(0, from).split('\n').length + same;
    const hunk = {
      before: first,
      after: first + shift,
      removed: was.slice(same, was.length - end),
      added: is.slice(same, is.length - end),
    };
    shift += hunk.added.length - hunk.removed.length;
    return hunk.removed.length + hunk.added.length === 0 ? [] : [hunk];
  });
}

function linesOf(text: string): string[] {
  // The line end of the last line is outside, but for half of one.
  return text.replace(/\r$/, '').split(/\r?\n/);
}

/** A difference as `diff -U0` prints it. */
export function printHunks(file: string, hunks: readonly Hunk[]): string[] {
  if (hunks.length === 0) return [];
  const at = (line: number, { length }: string[]) =>
    `${length === 0 ? line - 1 : line}${length === 1 ? '' : `,${length}`}`;
  return [
    `--- ${file}`,
    `+++ ${file}`,
    ...hunks.flatMap(({ before, after, removed, added }) => [
      `@@ -${at(before, removed)} +${at(after, added)} @@`,
      ...removed.map((line) => `-${line}`),
      ...added.map((line) => `+${line}`),
    ]),
  ];
}

/** Whole lines around splices; those that share a line or touch stand together. */
function linesTouched(source: string, splices: readonly Splice[]): { from: number; to: number; inside: Splice[] }[] {
  const groups: { from: number; to: number; inside: Splice[] }[] = [];
  for (const splice of splices) {
    const from = source.lastIndexOf('\n', splice.offset - 1) + 1;
    const end = source.indexOf('\n', splice.end);
    const to = end < 0 ? source.length : end;
    const last = groups.at(-1);
    if (last && from <= last.to + 1) {
      last.to = Math.max(last.to, to);
      last.inside.push(splice);
    } else groups.push({ from, to, inside: [splice] });
  }
  return groups;
}
