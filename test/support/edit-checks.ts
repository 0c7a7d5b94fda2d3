import { isDeepStrictEqual } from 'node:util';
import { type CST, Parser, parse } from 'yaml';
import type { Edited, FlowEdit } from '../../src/flows/edit/edit.ts';
import type { Plain } from '../../src/flows/edit/print.ts';
import { applySplices } from '../../src/flows/edit/splices.ts';
import { Mistakes } from '../../src/flows/language/errors.ts';
import { readYaml, valueAt, type YamlSource } from '../../src/flows/language/source.ts';
import { targetsIn } from '../../src/flows/language/targets.ts';
import { model } from './flow-edits.ts';

type Done = Extract<Edited, { ok: true }>;

/** Throws unless an edit did what it should, and nothing else: to the data, to the lines, to the comments, and back. */
export function checkEdit(source: string, edit: FlowEdit, done: Done): void {
  const before = plain(source);
  checkData(before, plain(done.source), edit);
  if (applySplices(source, done.splices) !== done.source) throw new Error('the splices are not the edit');
  if (applySplices(done.source, done.undo) !== source) throw new Error('undo gives other bytes');
  checkLines(source, edit, done);
}

/** What was read last: edits follow one another, and each begins with what the last one gave. */
const read = new Map<string, Plain>();

export function plain(source: string): Plain {
  const known = read.get(source);
  if (known !== undefined) return known;
  const value = parse(source, { merge: true, logLevel: 'silent' }) as Plain;
  if (read.size > 3) read.clear();
  read.set(source, value);
  return value;
}

function checkData(before: Plain, after: Plain, edit: FlowEdit): void {
  if (edit.kind === 'setExit') {
    checkExit(before, after, edit);
    return;
  }
  same(after, model(before, edit));
}

function same(after: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(after, wanted))
    throw new Error(`other data than wanted:\n${JSON.stringify(after)}\n${JSON.stringify(wanted)}`);
}

/** The exit leads there now, and but for it nothing has changed. */
function checkExit(before: Plain, after: Plain, { step, exit, target }: Extract<FlowEdit, { kind: 'setExit' }>): void {
  const find = (data: Plain) => targetsIn(valueAt(data, ['steps', step])).find((one) => one.exit === exit);
  const [was, is] = [find(before), find(after)];
  if ((is?.to ?? null) !== target) throw new Error(`the exit leads to ${is?.to}`);
  const path = ['steps', step, ...(is?.path ?? was?.path ?? [])];
  const edit: FlowEdit = target === null ? { kind: 'removeKey', path } : { kind: 'setValue', path, value: target };
  same(after, model(before, edit));
}

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

function checkLines(source: string, edit: FlowEdit, done: Done): void {
  const yaml = readYaml(source, new Mistakes(''));
  if (!yaml) throw new Error('an unreadable file was edited');
  const path = edit.kind === 'setExit' ? exitPath(yaml, done, edit) : edit.path;
  const region = regionOf(yaml, path);
  const difference = differingLines(source, done.source);
  const { after } = difference;
  let { from, before } = difference;
  const lines = linesOf(source);
  const removed = before - from;
  const [first, last] = around(
    lines,
    region,
    edit.kind !== 'setValue' && !(edit.kind === 'setExit' && edit.target !== null),
  );
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
    sameComments(source, done.source);
  }
  if (!region.exists) {
    if (removed > 0 && region.block) throw new Error('a new key changed a line that was there');
    sameComments(source, done.source);
  }
}

/** One that is written in one line. */
function isWord(value: unknown): boolean {
  return typeof value !== 'object' && !String(value).includes('\n');
}

function exitPath(
  yaml: YamlSource,
  done: Done,
  { step, exit }: Extract<FlowEdit, { kind: 'setExit' }>,
): (string | number)[] {
  const find = (data: unknown) => targetsIn(valueAt(data, ['steps', step])).find((one) => one.exit === exit);
  const found = find(yaml.value) ?? find(plain(done.source));
  return ['steps', step, ...(found?.path ?? [])];
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
  // What follows on a dash moves up to it when the first key is gone.
  let [from, to] = [first, /^\s*- /.test(lines[first] ?? '') ? last + 1 : last];
  while (light(lines[from - 1])) from -= 1;
  while (light(lines[to + 1])) to += 1;
  return [from - 1, to];
}

function sameComments(before: string, after: string): void {
  const [was, is] = [commentsIn(before), commentsIn(after)];
  if (!isDeepStrictEqual(was, is)) throw new Error(`comments differ:\n${was.join('\n')}\n---\n${is.join('\n')}`);
}

export function commentsIn(text: string): string[] {
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
  return found;
}
