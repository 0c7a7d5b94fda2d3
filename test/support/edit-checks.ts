import { isDeepStrictEqual } from 'node:util';
import type { Edited, FlowEdit } from '../../src/flows/edit/edit.ts';
import type { Plain } from '../../src/flows/edit/print.ts';
import { applySplices } from '../../src/flows/edit/splices.ts';
import { valueAt } from '../../src/flows/language/source.ts';
import { targetsIn } from '../../src/flows/language/targets.ts';
import { checkLines, readAgain } from './edit-lines.ts';
import { isMap, model } from './flow-edits.ts';

type Done = Extract<Edited, { ok: true }>;

/** Throws unless an edit did what it should, and nothing else: to the data, to the lines, to the comments, and back. */
export function checkEdit(source: string, edit: FlowEdit, done: Done): void {
  checkMeaning(source, edit, done);
  const [before, after] = [plain(source), plain(done.source)];
  checkOrder(before, after, edit, source);
  checkLines(source, edit, done.source, edit.kind === 'setExit' ? exitPath(before, after, edit) : undefined);
}

/** Throws unless the data is what was asked for, and the undo leads back. */
export function checkMeaning(source: string, edit: FlowEdit, done: Done): void {
  checkData(plain(source), plain(done.source), edit);
  if (applySplices(source, done.splices) !== done.source) throw new Error('the splices are not the edit');
  if (applySplices(done.source, done.undo) !== source) throw new Error('undo gives other bytes');
}

/** Throws unless a refusal is a sentence about a place of the file. */
export function checkRefusal(refusal: { line: number; column: number; text: string }, text: string): void {
  const lines = text.split('\n').length;
  const { line, column } = refusal;
  if (!(line >= 1 && line <= lines && column >= 1))
    throw new Error(`a refusal outside of the file, at ${line}:${column}`);
  if (!/^[^\n]{10,}$/.test(refusal.text)) throw new Error(`refused without a sentence: ${refusal.text}`);
}

export function plain(source: string): Plain {
  return readAgain(source).value as Plain;
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

function exitPath(
  before: Plain,
  after: Plain,
  { step, exit }: Extract<FlowEdit, { kind: 'setExit' }>,
): (string | number)[] {
  const find = (data: unknown) => targetsIn(valueAt(data, ['steps', step])).find((one) => one.exit === exit);
  return ['steps', step, ...((find(before) ?? find(after))?.path ?? [])];
}

/** What was moved stands where it was moved to, and the others in their old order. Objects put whole numbers first, so those tell nothing. */
function checkOrder(before: Plain, after: Plain, edit: FlowEdit, source: string): void {
  if ((edit.kind !== 'moveStep' && edit.kind !== 'moveKey') || source.includes('<<')) return;
  const path = edit.kind === 'moveStep' ? ['steps', edit.step] : edit.path;
  const [around, name] = [path.slice(0, -1), String(path.at(-1))];
  const neighbour = 'before' in edit.place ? edit.place.before : edit.place.after;
  const keysOf = (data: Plain) => {
    const map = valueAt(data, around);
    return isMap(map) ? Object.keys(map) : [];
  };
  const others = keysOf(before).filter((key) => key !== name);
  others.splice(others.indexOf(neighbour) + ('before' in edit.place ? 0 : 1), 0, name);
  if (others.some((key) => /^\d+$/.test(key))) return;
  same(keysOf(after), others);
}
