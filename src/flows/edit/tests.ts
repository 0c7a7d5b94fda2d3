import { type Path, valueAt } from '../language/source.ts';
import { type Edited, editedBy } from './edit.ts';
import { namingsAt } from './references.ts';
import { replaceValue } from './values.ts';

/** A visit in the path of a test: `step`, `step:exit` or `flow/step:exit`. */
const VISIT = /^(?:([^/:]*)\/)?([^/:]*)(:.*)?$/s;

/**
 * Another name for a step in a file of tests. In tests of its own flow it is named bare; in those of others only with its flow, for a bare
 * name there is one of theirs.
 */
export function renameStepInTests(source: string, flow: string, step: string, name: string): Edited {
  return editedBy(source, (file) => {
    const own = valueAt(file.value, ['flow']) === flow;
    const places = placesIn(file.value).flatMap((path) => {
      const text = valueAt(file.value, path);
      const [, of, named, exit = ''] = VISIT.exec(typeof text === 'string' ? text : '') ?? [];
      if (named !== step || (of === undefined ? !own : of !== flow)) return [];
      return [{ path, text: `${of === undefined ? '' : `${of}/`}${name}${exit}` }];
    });
    const written = new Map(namingsAt(file, places).map(({ entry, text }) => [entry, text]));
    return [...written].flatMap(([entry, text]) => replaceValue(file, entry, text));
  });
}

/** Where cases name steps. */
function placesIn(tests: unknown): Path[] {
  return itemsAt(tests, ['cases']).flatMap((one) => [
    ...itemsAt(tests, [...one, 'script']).map((move) => [...move, 'expect', 'step']),
    ...itemsAt(tests, [...one, 'then', 'path']),
    [...one, 'then', 'reached', 'step'],
  ]);
}

function itemsAt(value: unknown, path: Path): Path[] {
  const list = valueAt(value, path);
  return Array.isArray(list) ? list.map((_, index) => [...path, index]) : [];
}
