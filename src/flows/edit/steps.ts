import { isScalar, type Scalar } from 'yaml';
import { STEP_NAME } from '../language/shapes.ts';
import { valueAt } from '../language/source.ts';
import { insertEntry, removeEntry } from './entries.ts';
import { setValue } from './fields.ts';
import { type FlowText, offsetOf, Refused } from './flow-text.ts';
import type { Entry, Holder } from './layout.ts';
import { entryOf, holderAt, isMergedToo, refuseRepeated, refuseRepeatedInside } from './locate.ts';
import { moveEntry } from './moves.ts';
import { type Plain, printKey } from './print.ts';
import { type Reference, referencesTo } from './references.ts';
import type { Splice } from './splices.ts';
import { quotesLike, replaceValue } from './values.ts';

/** Writes a new step behind another one, else behind all. */
export function addStep(file: FlowText, name: string, step: Plain, after: string | undefined): Splice[] {
  refuseName(file, name);
  const written = valueAt(file.value, ['steps']);
  if (typeof written !== 'object' || written === null || Object.keys(written).length === 0)
    return setValue(file, ['steps', name], step);
  const holder = holderAt(file, ['steps']);
  const neighbour = after === undefined ? holder.entries.at(-1) : entryIn(holder, ['steps'], after);
  return insertEntry(file, holder, neighbour, { key: name, value: step, step: true });
}

/** Another name for a step, wherever it is named. */
export function renameStep(file: FlowText, step: string, name: string): Splice[] {
  const entry = ownStep(file, step);
  if (step === name) return [];
  refuseName(file, name);
  const { key } = entry;
  if (!isScalar(key)) throw new Refused(entry.start, `There is no step "${step}"`);
  refuseRepeated(file, key);
  const at = offsetOf(key);
  const written = key.srcToken && 'source' in key.srcToken ? key.srcToken.source.length : step.length;
  const renamed = { offset: at, end: at + written, text: printKey(name, quotesLike(key as Scalar)) };
  return [renamed, ...lead(file, referencesTo(file, step), name)];
}

/** Takes a step away. As long as others lead to it there has to be one that they lead to instead. */
export function deleteStep(file: FlowText, step: string, redirectTo: string | undefined): Splice[] {
  const entry = ownStep(file, step);
  refuseRepeatedInside(file, entry);
  const references = referencesTo(file, step);
  const others = references.filter(({ path }) => !(path[0] === 'steps' && path[1] === step));
  const [first] = others;
  if (first && redirectTo === undefined) {
    const where = first.path[0] === 'steps' ? `"${first.path[1]}"` : 'the head of the flow';
    const more = others.length > 1 ? ` and in ${others.length - 1} other places` : '';
    throw new Refused(first.entry.start, `"${step}" is still named by ${where}, as ${first.exit}${more}`);
  }
  if (redirectTo !== undefined && (redirectTo === step || !hasStep(file, redirectTo)))
    throw new Refused(entry.start, `There is no other step "${redirectTo}" to lead to instead`);
  const outside = references.filter((one) => one.entry.start < entry.start || one.entry.start >= entry.end);
  return [...removeEntry(file, entry, entryOf(file, ['steps'])), ...lead(file, outside, redirectTo ?? '')];
}

export function moveStep(file: FlowText, step: string, place: { before: string } | { after: string }): Splice[] {
  return moveKey(file, ['steps', step], place);
}

/** Moves an entry of a map before or behind another one. */
export function moveKey(
  file: FlowText,
  path: readonly (string | number)[],
  place: { before: string } | { after: string },
): Splice[] {
  const entry = entryOf(file, path);
  const around = path.slice(0, -1);
  if ('before' in place) return moveEntry(file, entry, { before: entryIn(entry.holder, around, place.before) });
  return moveEntry(file, entry, { after: entryIn(entry.holder, around, place.after) });
}

function entryIn(holder: Holder, path: readonly (string | number)[], name: string): Entry {
  const entry = holder.entries.find((one) => one.name === name);
  if (!entry) throw new Refused(holder.open, `There is no "${[...path, name].join('.')}"`);
  return entry;
}

function ownStep(file: FlowText, step: string): Entry {
  const entry = entryOf(file, ['steps', step]);
  if (isMergedToo(file, entry))
    throw new Refused(entry.start, `A merge key has a "${step}" too, which would come to light`);
  return entry;
}

function hasStep(file: FlowText, name: string): boolean {
  return valueAt(file.value, ['steps', name]) !== undefined;
}

function refuseName(file: FlowText, name: string): void {
  const at = file.keyPlaceOf(['steps', name]);
  if (!STEP_NAME.test(name))
    throw new Refused(
      at,
      `"${name.slice(0, 60)}" cannot be the name of a step: a letter, then letters, digits, - and _`,
    );
  if (hasStep(file, name)) throw new Refused(at, `There is a step "${name}" already`);
}

/** Each place once, however many aliases lead to it. */
function lead(file: FlowText, references: readonly Reference[], to: string): Splice[] {
  const entries = [...new Set(references.map(({ entry }) => entry))];
  return entries.flatMap((entry) => replaceValue(file, entry, to));
}
