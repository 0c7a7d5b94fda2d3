import { type FlowError, Mistakes } from '../language/errors.ts';
import { loadFlow, loadYaml } from '../language/load.ts';
import type { Path } from '../language/source.ts';
import { setExit } from './exits.ts';
import { removeKey, setValue } from './fields.ts';
import { FlowText, lineAndColumn, type Refusal, Refused } from './flow-text.ts';
import { insertItem, moveItem } from './items.ts';
import type { Plain } from './print.ts';
import { applySplices, inOrder, inverse, type Splice } from './splices.ts';
import { addStep, deleteStep, moveKey, moveStep, renameStep } from './steps.ts';
import { wrongValue } from './wishes.ts';

/** One change of a flow file. Paths lead through plain data: `['steps', 'choose', 'menu', 'retries']`. */
export type FlowEdit =
  /** A field gets a value, one that is not there yet included. */
  | { kind: 'setValue'; path: Path; value: Plain }
  /** A key of a map or an item of a list. */
  | { kind: 'removeKey'; path: Path }
  /** An exit leads to another step; `null` takes it away. */
  | { kind: 'setExit'; step: string; exit: string; target: string | null }
  /** A new step, behind another one or behind all. */
  | { kind: 'addStep'; name: string; step: Plain; after?: string }
  /** Another name, wherever the step is named in this file. */
  | { kind: 'renameStep'; step: string; name: string }
  /** Others lead to `redirectTo` instead; without it none may lead here. */
  | { kind: 'deleteStep'; step: string; redirectTo?: string }
  | { kind: 'moveStep'; step: string; place: Beside }
  | { kind: 'moveKey'; path: Path; place: Beside }
  /** A new item of the list at `path`, to stand at `index`. */
  | { kind: 'insertItem'; path: Path; index: number; value: Plain }
  | { kind: 'moveItem'; path: Path; from: number; to: number };

/** Directly before or behind another entry of the same map. */
export type Beside = { before: string } | { after: string };

export type Edited =
  | {
      ok: true;
      source: string;
      /** What was replaced, in the text before. */
      splices: Splice[];
      /** What turns `source` back, in the text after. */
      undo: Splice[];
    }
  | { ok: false; refusal: Refusal };

/** Changes one thing in the source of a flow and leaves every other byte. What cannot be done is refused; nothing is thrown. */
export function editFlow(source: string, edit: FlowEdit): Edited {
  const edited = editYaml(source, edit);
  if (!edited.ok) return edited;
  const fresh = newMistake(source, edited);
  if (!fresh) return edited;
  const at = lineAndColumn(source, edited.splices[0]?.offset ?? 0);
  const text = `The flow would have a new mistake in line ${fresh.line}, ${fresh.rule}: ${fresh.text}`;
  return { ok: false, refusal: { ...at, text: text.replace(/\s+/g, ' ') } };
}

/** The same without regard to what a flow may say: for the other files of the folder. */
export function editYaml(source: string, edit: FlowEdit): Edited {
  return editedBy(source, (file) => splicesFor(file, edit));
}

/** The text after the splices that `make` finds for it, or its refusal. */
export function editedBy(source: string, make: (file: FlowText) => Splice[]): Edited {
  const file = FlowText.read(source);
  if (!(file instanceof FlowText)) return { ok: false, refusal: file };
  try {
    const splices = inOrder(source, make(file));
    return { ok: true, source: applySplices(source, splices), splices, undo: inverse(source, splices) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ok: false, refusal: { ...lineAndColumn(source, error.offset), text: error.message } };
  }
}

function splicesFor(file: FlowText, edit: FlowEdit): Splice[] {
  switch (edit.kind) {
    case 'setValue':
      return setValue(file, edit.path, possible(edit.value));
    case 'removeKey':
      return removeKey(file, edit.path);
    case 'setExit':
      return setExit(file, edit.step, edit.exit, edit.target);
    case 'addStep':
      return addStep(file, edit.name, possible(edit.step), edit.after);
    case 'renameStep':
      return renameStep(file, edit.step, edit.name);
    case 'deleteStep':
      return deleteStep(file, edit.step, edit.redirectTo);
    case 'moveStep':
      return moveStep(file, edit.step, edit.place);
    case 'moveKey':
      return moveKey(file, edit.path, edit.place);
    case 'insertItem':
      return insertItem(file, edit.path, edit.index, possible(edit.value));
    case 'moveItem':
      return moveItem(file, edit.path, edit.from, edit.to);
  }
}

function possible(value: Plain): Plain {
  const wrong = wrongValue(value);
  if (wrong !== undefined) throw new Refused(0, wrong);
  return value;
}

/**
 * A file may have mistakes before, which an edit need not mend. It may not bring new ones. When it mends one, mistakes may come
 * to light that the mended one has hidden: those stand away from what was written, and do not count.
 */
function newMistake(
  before: string,
  { source, undo }: { source: string; undo: readonly Splice[] },
): FlowError | undefined {
  const after = mistakesOf(source);
  if (after.length === 0) return undefined;
  const known = mistakesOf(before);
  const fresh = without(after, known);
  const mended = without(known, after).length > 0;
  const written = mended ? linesWritten(source, undo) : undefined;
  return fresh.find(({ line }) => written === undefined || written.has(line));
}

function mistakesOf(source: string): FlowError[] {
  const file = FlowText.read(source);
  const loaded = file instanceof FlowText ? loadYaml(file.yaml, new Mistakes('')) : loadFlow(source, '');
  return loaded.ok ? [] : loaded.errors;
}

function without(errors: readonly FlowError[], taken: readonly FlowError[]): FlowError[] {
  const left = taken.map(nameOf);
  return errors.filter((error) => {
    const at = left.indexOf(nameOf(error));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** A mistake wherever it stands: lines move when something is written above. */
function nameOf({ rule, text }: FlowError): string {
  return `${rule} ${text}`;
}

function linesWritten(text: string, ranges: readonly Splice[]): Set<number> {
  const lines = new Set<number>();
  for (const { offset, end } of ranges) {
    const [first, last] = [lineAndColumn(text, offset).line, lineAndColumn(text, end).line];
    for (let line = first; line <= last; line += 1) lines.add(line);
  }
  return lines;
}
