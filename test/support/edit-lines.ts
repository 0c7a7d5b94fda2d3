import { isDeepStrictEqual } from 'node:util';
import { type CST, Parser } from 'yaml';
import type { FlowEdit } from '../../src/flows/edit/edit.ts';
import { FlowText } from '../../src/flows/edit/flow-text.ts';
import { type Path, valueAt, type YamlSource } from '../../src/flows/language/source.ts';
import { targetsOf } from '../../src/flows/language/targets.ts';

/** Where two texts differ: from line `from` (from 0) up to `before` in the one and `after` in the other, both exclusive. */
export function differingLines(a: string, b: string): { from: number; before: number; after: number } {
  const [one, other] = [linesOf(a), linesOf(b)];
  let from = 0;
  while (from < one.length && from < other.length && one[from] === other[from]) from += 1;
  let end = 0;
  while (end < one.length - from && end < other.length - from && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  return { from, before: one.length - end, after: other.length - end };
}

/** Without a byte order mark, which is there whatever the first line says. */
function linesOf(text: string): string[] {
  return text.replace(/^\ufeff/, '').split(/\r?\n/);
}

export function readAgain(source: string): YamlSource {
  const file = FlowText.read(source);
  if (!(file instanceof FlowText)) throw new Error(file.text);
  return file.yaml;
}

/** Throws when lines differ that the edit does not concern. `exit` is the path of the exit that was set. */
export function checkLines(source: string, edit: FlowEdit, result: string, exit: Path | undefined): void {
  if (result === source) return;
  const yaml = readAgain(source);
  switch (edit.kind) {
    case 'setValue':
    case 'removeKey':
      checkField(yaml, edit.path, result, edit);
      return;
    case 'setExit':
      checkField(
        yaml,
        exit ?? [],
        result,
        edit.target === null ? { kind: 'removeKey' } : { kind: 'setValue', value: edit.target },
      );
      return;
    case 'addStep':
      checkField(yaml, ['steps', edit.name], result, { kind: 'setValue', value: edit.step });
      return;
    case 'renameStep':
      checkRenamed(yaml, edit.step, result);
      return;
    case 'deleteStep':
      checkDeleted(yaml, edit.step, result);
      return;
    case 'moveStep':
      checkMoved(yaml, ['steps'], result);
      return;
    case 'moveKey':
      checkMoved(yaml, edit.path.slice(0, -1), result);
      return;
    case 'moveItem':
      checkMoved(yaml, edit.path, result);
      return;
    case 'insertItem':
      checkInserted(yaml, edit.path, result);
  }
}

/** Each line that differs names the step, and no line has come or gone. */
function checkRenamed(yaml: YamlSource, step: string, result: string): void {
  const [before, after] = [linesOf(yaml.text), linesOf(result)];
  if (before.length !== after.length) throw new Error('a new name changed how many lines there are');
  const concerned = namingLines(yaml, step).add(yaml.keyPlace(['steps', step]).line);
  before.forEach((line, index) => {
    if (line !== after[index] && !concerned.has(index + 1)) throw new Error(`line ${index + 1} does not name the step`);
  });
  sameComments(yaml.text, result);
}

/** The lines, from 1, in which a step is named; with all of a text that has several. */
function namingLines(yaml: YamlSource, step: string): Set<number> {
  const lines = new Set<number>();
  for (const { to, path } of targetsOf(yaml.value)) {
    if (to !== step) continue;
    const { line, offset, end } = yaml.place(path);
    const height = yaml.text.slice(offset, end).split('\n').length;
    for (let at = 0; at < height; at += 1) lines.add(line + at);
  }
  return lines;
}

/** What is neither of the step nor names it stands there as before, in its order. */
function checkDeleted(yaml: YamlSource, step: string, result: string): void {
  const lines = linesOf(yaml.text);
  const concerned = namingLines(yaml, step);
  const [first, last] = around(lines, regionOf(yaml, ['steps', step]), true);
  const others = lines.filter((_, index) => !concerned.has(index + 1) && (index < first || index > last));
  const after = linesOf(result);
  let at = 0;
  for (const line of others) {
    while (at < after.length && after[at] !== line) at += 1;
    if (at === after.length) throw new Error(`this line is gone, or stands elsewhere: ${line}`);
    at += 1;
  }
}

/** Lines have changed places, and that within the map or list; or, among braces, parts of lines have. */
function checkMoved(yaml: YamlSource, path: Path, result: string): void {
  const [before, after] = [linesOf(yaml.text), linesOf(result)];
  const difference = differingLines(yaml.text, result);
  const region = regionOf(yaml, path);
  const [first, last] = path.length === 0 ? [0, before.length] : around(before, region, true);
  if (difference.from < first || difference.before - 1 > last)
    throw new Error('a line outside of what was moved differs');
  if (before.length !== after.length) throw new Error('a move changed how many lines there are');
  if (!isDeepStrictEqual(commentsIn(yaml.text).sort(), commentsIn(result).sort())) throw new Error('a comment is gone');
  if (!region.block) return;
  const full = (lines: readonly string[]) => lines.filter((line) => line.trim() !== '');
  const [was, is] = [full(before), full(after)];
  if (!isDeepStrictEqual([...was].sort(), [...is].sort())) throw new Error('a move changed a line');
  if (!isOneMove(was, is)) throw new Error('what was moved was torn apart');
}

/** Whether one run of lines stands elsewhere. Lines that look alike hide where it began and ended, so that is searched a little further out. */
function isOneMove(was: readonly string[], is: readonly string[]): boolean {
  let from = 0;
  while (from < was.length && was[from] === is[from]) from += 1;
  let end = was.length;
  while (end > from && was[end - 1] === is[end - 1]) end -= 1;
  if (from === end) return true;
  const out = Array.from({ length: 16 }, (_, by) => by);
  return out.some((up) =>
    out.some((down) => {
      const [first, last] = [Math.max(0, from - up), Math.min(was.length, end + down)];
      const wanted = is.slice(first, last).join('\n');
      const part = was.slice(first, last);
      return part.some((_, by) => [...part.slice(by), ...part.slice(0, by)].join('\n') === wanted);
    }),
  );
}

function checkInserted(yaml: YamlSource, path: Path, result: string): void {
  const { from, before } = differingLines(yaml.text, result);
  const region = regionOf(yaml, path);
  // Before the first of a list that begins behind a dash, the new one takes that place.
  const behindDash = before === from + 1 && /^\s*- - /.test(linesOf(yaml.text)[from] ?? '');
  if (region.block ? before > from && !behindDash : before > from && (from < region.first || before - 1 > region.last))
    throw new Error('a new item changed a line that was there');
  sameComments(yaml.text, result);
}

function checkField(
  yaml: YamlSource,
  path: Path,
  result: string,
  edit: { kind: 'removeKey' } | { kind: 'setValue'; value: unknown },
): void {
  const source = yaml.text;
  const holder = valueAt(yaml.value, path.slice(0, -1)) ?? {};
  // With its last entry a map or list becomes an empty one, which has its own lines.
  const empties = edit.kind === 'removeKey' && Object.keys(holder).length === 1;
  const region = regionOf(yaml, empties ? path.slice(0, -1) : path);
  const difference = differingLines(source, result);
  const { after } = difference;
  let { from, before } = difference;
  const lines = linesOf(source);
  const removed = before - from;
  const [first, last] = around(lines, region, edit.kind === 'removeKey');
  // Of two lines that are the same, either may be called the one that is gone.
  while (
    removed > 0 &&
    before - 1 > last &&
    after === difference.from &&
    from > first &&
    lines[from - 1] === lines[before - 1]
  ) {
    from -= 1;
    before -= 1;
  }
  if (removed > 0 && (from < first || before - 1 > last))
    throw new Error(`lines ${from + 1} to ${before} differ, and only ${first + 1} to ${last + 1} are concerned`);
  if (
    region.exists &&
    edit.kind === 'setValue' &&
    isWord(edit.value) &&
    isWord(valueAt(yaml.value, path)) &&
    region.first === region.last
  ) {
    if (removed > 1 || after - from > 1) throw new Error('a change in one line became one of several');
    sameComments(source, result);
  }
  if (!region.exists) {
    if (removed > 0 && region.block) throw new Error('a new key changed a line that was there');
    sameComments(source, result);
  }
}

/** One that is written in one line. */
function isWord(value: unknown): boolean {
  return typeof value !== 'object' && !String(value).includes('\n');
}

interface Region {
  first: number;
  last: number;
  /** Whether the value stands there already, and not by a merge key. */
  exists: boolean;
  /** What is nearest is a block with something in it. */
  block: boolean;
}

/** The lines of the value at `path`, or of the nearest thing around it that is there. */
function regionOf(yaml: YamlSource, path: readonly (string | number)[]): Region {
  let depth = path.length;
  while (
    depth > 0 &&
    (valueAt(yaml.value, path.slice(0, depth)) === undefined || isMergedIn(yaml, path.slice(0, depth)))
  )
    depth -= 1;
  const there = path.slice(0, depth);
  const place = yaml.place(there);
  const value = valueAt(yaml.value, there);
  const empty = value === null || typeof value !== 'object' || Object.keys(value).length === 0;
  const lineOf = (offset: number) => yaml.text.slice(0, offset).split('\n').length - 1;
  const written = yaml.text.slice(place.offset, place.end).trimEnd();
  const key = yaml.keyPlace(there);
  return {
    first: typeof there.at(-1) === 'number' ? dashLine(yaml.text, place.offset) : Math.min(key.line, place.line) - 1,
    last: Math.max(key.line - 1, lineOf(place.offset + written.length)),
    exists: depth === path.length,
    block: !empty && !/^[{[]/.test(written),
  };
}

/** The line of the dash before an item, which may stand above it. */
function dashLine(text: string, offset: number): number {
  const lines = text.slice(0, offset).split('\n');
  let at = lines.length - 1;
  while (at > 0 && /^\s*(#|$)/.test(lines[at] ?? '')) at -= 1;
  return /^\s*-[^:]*$/.test(lines[at] ?? '') ? at : lines.length - 1;
}

/** By a merge key: its key stands outside of the map around it. */
function isMergedIn(yaml: YamlSource, path: readonly (string | number)[]): boolean {
  const [key, around] = [yaml.keyPlace(path), yaml.place(path.slice(0, -1))];
  return key.offset < around.offset - 200_000 || key.offset < around.offset || key.end > around.end;
}

/** With what is taken away go comments and empty lines beside it; before it, a comma may go. */
function around(lines: readonly string[], { first, last }: Region, removes: boolean): [number, number] {
  if (!removes) return [first, last];
  const light = (line: string | undefined) => line !== undefined && /^\s*(#|$)/.test(line);
  let [from, to] = [first, last];
  while (light(lines[from - 1])) from -= 1;
  while (light(lines[to + 1])) to += 1;
  // What follows on a dash moves up to it when the first key is gone.
  if (/^\s*- /.test(lines[first] ?? '')) to += 1;
  return [from - 1, to];
}

function sameComments(before: string, after: string): void {
  const [was, is] = [commentsIn(before), commentsIn(after)];
  if (!isDeepStrictEqual(was, is)) throw new Error(`comments differ:\n${was.join('\n')}\n---\n${is.join('\n')}`);
}

const comments = new Map<string, string[]>();

function commentsIn(text: string): string[] {
  const known = comments.get(text);
  if (known) return [...known];
  const found: string[] = [];
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    else if (typeof value === 'object' && value !== null) {
      const { type, source } = value as CST.SourceToken;
      if (type === 'comment') found.push(source);
      else Object.values(value).forEach(look);
    }
  };
  for (const token of new Parser().parse(text)) look(token);
  if (comments.size > 3) comments.clear();
  comments.set(text, found);
  return [...found];
}
