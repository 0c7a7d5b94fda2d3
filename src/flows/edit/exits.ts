import { type Path, valueAt } from '../language/source.ts';
import { targetsIn } from '../language/targets.ts';
import { STEPS } from '../steps/index.ts';
import { removeKey, setValue } from './fields.ts';
import { type FlowText, Refused } from './flow-text.ts';
import type { Splice } from './splices.ts';

/** Leads an exit of a step to another step, or takes it away. */
export function setExit(file: FlowText, step: string, exit: string, target: string | null): Splice[] {
  const path = ['steps', step];
  const value = valueAt(file.value, path);
  if (typeof value !== 'object' || value === null) throw new Refused(file.placeOf(path), `There is no step "${step}"`);
  const written = targetsIn(value).find((one) => one.exit === exit);
  const inside = written?.path ?? unwritten(file, path, Object.keys(value), exit);
  return target === null ? removeKey(file, [...path, ...inside]) : setValue(file, [...path, ...inside], target);
}

/** Where an exit would be named that is not there yet: under a key of its own, among the choices of a menu or the cases of a switch. */
function unwritten(file: FlowText, path: Path, written: readonly string[], exit: string): Path {
  const kind = STEPS.get(written.find((key) => STEPS.has(key)) ?? '');
  if (!kind) throw new Refused(file.placeOf(path), 'This step has no known verb');
  const own = [exit, `on${exit.charAt(0).toUpperCase()}${exit.slice(1)}`].find(
    (key) => kind.keys.includes(key) && targetsIn({ [key]: 'here' }).some((one) => one.exit === exit),
  );
  if (own !== undefined) return [own];
  const words = ['choices', 'cases'].find((key) => kind.keys.includes(key));
  if (words !== undefined) return [words, exit];
  const known = kind.exits.length === 0 ? 'none' : kind.exits.join(', ');
  throw new Refused(file.keyPlaceOf(path), `A step "${kind.verb}" has no exit "${exit.slice(0, 60)}"; it has ${known}`);
}
