import type { FlowEdit } from '../../src/flows/edit/edit.ts';
import type { Plain } from '../../src/flows/edit/print.ts';
import { valueAt } from '../../src/flows/language/source.ts';
import { targetsIn, targetsOf } from '../../src/flows/language/targets.ts';
import { below, pick, type Rng } from '../fuzz/mutate.ts';

type Path = (string | number)[];
type PlainMap = { [key: string]: Plain };

/** Texts that mean something else when they are written carelessly. */
export const TEXTS: readonly string[] = [
  ...[
    'Hello',
    'a: b',
    '# not a comment',
    '- x',
    'x #y',
    'x # y',
    "it's",
    '"q"',
    'back\\slash',
    'yes',
    'null',
    '12',
    '0x1F',
  ],
  ...[
    '1e3',
    '~',
    ' lead',
    'trail ',
    'two\nlines',
    'two\nlines\n',
    'a\n\nb',
    'a\n  b\nc\n',
    '欢迎',
    'a\u2028b',
    'tab\there',
  ],
  ...[
    'line\r\nend',
    '<<',
    '&a',
    '*a',
    '!x',
    '%x',
    '@x',
    '`x',
    '[a]',
    '{a}',
    'a, b',
    '---',
    '...',
    '--- x',
    '? x',
    '|',
    '>',
  ],
  ...[
    ':',
    'key:',
    ':x',
    '?',
    '\u0007',
    '🎧',
    '\ud800',
    'x\n\n',
    '\n',
    '{{ n }}',
    '\ufeffx',
    "'",
    '"',
    'a\n---\nb',
    '=',
    '.',
    'true',
  ],
];

/** Draws an edit of what there is, and of what could be there: one that a flow allows, mostly, or with `wild` any. */
export function drawEdit(rng: Rng, data: Plain, wild: boolean): FlowEdit {
  const steps = namesOf(valueAt(data, ['steps']));
  return wild || steps.length === 0 ? wildEdit(rng, data, steps) : fittingEdit(rng, data, steps);
}

function wildEdit(rng: Rng, data: Plain, steps: readonly string[]): FlowEdit {
  const path = pick(rng, pathsIn(data, []));
  const roll = rng();
  if (rng() < 0.35) return structuralEdit(rng, data, steps, true);
  if (roll < 0.3) return { kind: 'setValue', path, value: similar(rng, valueAt(data, path), steps) };
  if (roll < 0.4) return { kind: 'setValue', path, value: anyValue(rng, 0) };
  if (roll < 0.5) return { kind: 'setValue', path, value: altered(rng, valueAt(data, path) as Plain) };
  if (roll < 0.7) return { kind: 'setValue', path: newPath(rng, data), value: anyValue(rng, 0) };
  if (roll < 0.95 || steps.length === 0) return { kind: 'removeKey', path };
  return exitEdit(rng, data, steps);
}

const FREE = [
  'text',
  'title',
  'description',
  'en',
  'zh',
  'reason',
  's',
  'timeout',
  'retries',
  'maxWait',
  'percent',
  'priority',
];
const OPTIONAL = [
  'onError',
  'noMatch',
  'title',
  'description',
  'retries',
  'timeout',
  'bargeIn',
  'onNotFound',
  'onInvalid',
  'skills',
];

function fittingEdit(rng: Rng, data: Plain, steps: readonly string[]): FlowEdit {
  const paths = pathsIn(data, []);
  if (rng() < 0.35) return structuralEdit(rng, data, steps, false);
  const named = (names: readonly string[]) => paths.filter((path) => names.includes(String(path.at(-1))));
  const roll = rng();
  const targets = paths.filter((path) => steps.includes(String(valueAt(data, path))) && path.length > 1);
  const free = [...named(FREE).filter((path) => typeof valueAt(data, path) !== 'object'), ...targets];
  if (roll < 0.45 && free.length > 0) {
    const path = pick(rng, free);
    return { kind: 'setValue', path, value: similar(rng, valueAt(data, path), steps) };
  }
  const optional = [...named(OPTIONAL), ...paths.filter((path) => path[2] === 'choices' && path.length === 4)];
  if (roll < 0.6 && optional.length > 0) return { kind: 'removeKey', path: pick(rng, optional) };
  if (roll < 0.8) return exitEdit(rng, data, steps);
  return newField(rng, steps);
}

/** An edit of steps, of the order of things, or of lists. */
function structuralEdit(rng: Rng, data: Plain, steps: readonly string[], wild: boolean): FlowEdit {
  const paths = pathsIn(data, []);
  const step = steps.length === 0 ? 'one' : pick(rng, steps);
  const other = steps.length === 0 ? 'two' : pick(rng, steps);
  const beside = (name: string) => (rng() < 0.5 ? { before: name } : { after: name });
  const lists = paths.filter((path) => Array.isArray(valueAt(data, path)));
  const list = lists.length === 0 ? ['languages'] : pick(rng, lists);
  const { length } = (valueAt(data, list) ?? []) as Plain[];
  const inMaps = paths.filter((path) => typeof path.at(-1) === 'string');
  switch (below(rng, 8)) {
    case 0:
      return {
        kind: 'addStep',
        name: pick(rng, NAMES),
        step: newStep(rng, step, wild),
        ...(rng() < 0.7 && { after: other }),
      };
    case 1:
    case 2:
      return { kind: 'renameStep', step, name: pick(rng, NAMES) };
    case 3:
      return { kind: 'deleteStep', step, ...(rng() < 0.8 && { redirectTo: other }) };
    case 4:
      return { kind: 'moveStep', step, place: beside(other) };
    case 5: {
      const path = inMaps.length === 0 ? ['steps'] : pick(rng, inMaps);
      return { kind: 'moveKey', path, place: beside(pick(rng, namesOf(valueAt(data, path.slice(0, -1))))) };
    }
    case 6: {
      const old = (valueAt(data, list) as Plain[] | undefined)?.[below(rng, length)];
      const value = wild || old === undefined ? anyValue(rng, 1) : old;
      return { kind: 'insertItem', path: list, index: below(rng, length + 1), value };
    }
    default:
      return { kind: 'moveItem', path: list, from: below(rng, length), to: below(rng, length) };
  }
}

const NAMES = ['hello', 'bye', 'fresh', 'step-2', 'null', 'true', 'next', 'x_1', 'goOn', 'constructor'];

function newStep(rng: Rng, next: string, wild: boolean): Plain {
  if (wild && rng() < 0.5) return anyValue(rng, 0);
  return pick<Plain>(rng, [
    { hangup: {} },
    { wait: '2s', next },
    {
      say: [
        {
          text: pick(
            rng,
            TEXTS.filter((text) => /\S/.test(text)),
          ),
          language: 'en',
        },
        { silence: '1s' },
      ],
      next,
    },
    {
      menu: { prompt: { text: 'Press', language: 'en' }, retries: 1 },
      choices: { '1': next, '2': next },
      noInput: next,
    },
  ]);
}

function exitEdit(rng: Rng, data: Plain, steps: readonly string[]): FlowEdit {
  const step = pick(rng, steps);
  const written = targetsIn(valueAt(data, ['steps', step])).map(({ exit }) => exit);
  const exit = pick(rng, [...written, ...written, ...written, 'error', 'noMatch', '5']);
  return { kind: 'setExit', step, exit, target: rng() < 0.1 ? null : pick(rng, steps) };
}

/** A field that the language knows, whether it stands there or not. */
function newField(rng: Rng, steps: readonly string[]): FlowEdit {
  const [step, other] = [pick(rng, steps), pick(rng, steps)];
  const [path, value] = pick<[Path, Plain]>(rng, [
    [['title'], pick(rng, TEXTS)],
    [['description'], pick(rng, TEXTS)],
    [['defaults', 'timeout'], '4s'],
    [['defaults', 'retries'], 1],
    [['on', 'error'], step],
    [['on', 'maxDuration'], { after: '1m', [THEN]: step }],
    [['vars', 'fresh'], pick<Plain>(rng, [...TEXTS, 0, 1.5, true])],
    [['steps', step, 'onError'], other],
    [['steps', step, 'choices', '7'], other],
    [['steps', step, 'cases', 'x y'], other],
    [['steps', step, 'menu', 'timeout'], '9s'],
    [['steps', 'fresh'], { wait: '2s', next: step }],
    [['steps', 'more'], { say: [{ text: 'a\nb', language: 'en' }, { silence: '1s' }], next: step }],
  ]);
  return { kind: 'setValue', path, value };
}

/** Not written as a key, for it makes an object look like a promise to whoever reads the code. */
const THEN = 'then';

/** What the edit makes of plain data; undefined when it cannot be made there. */
export function model(data: Plain, edit: FlowEdit): Plain | undefined {
  const copy = structuredClone(data);
  switch (edit.kind) {
    case 'setValue':
      return put(copy, edit.path, edit.value) ? copy : undefined;
    case 'removeKey':
      return take(copy, edit.path) ? copy : undefined;
    case 'setExit':
      return undefined;
    case 'addStep':
      return put(copy, ['steps', edit.name], edit.step) ? copy : undefined;
    case 'renameStep':
      lead(copy, edit.step, edit.name);
      return renameKey(copy as PlainMap, edit.step, edit.name);
    case 'deleteStep':
      if (edit.redirectTo !== undefined) lead(copy, edit.step, edit.redirectTo);
      return take(copy, ['steps', edit.step]) ? copy : undefined;
    case 'moveStep':
    case 'moveKey':
      return copy;
    case 'insertItem':
      (valueAt(copy, edit.path) as Plain[]).splice(edit.index, 0, edit.value);
      return copy;
    case 'moveItem': {
      const list = valueAt(copy, edit.path) as Plain[];
      list.splice(edit.to, 0, ...list.splice(edit.from, 1));
      return copy;
    }
  }
}

function renameKey(data: PlainMap, step: string, name: string): Plain {
  const steps = data['steps'] as PlainMap;
  const renamed = Object.entries(steps).map(([key, value]): [string, Plain] => [key === step ? name : key, value]);
  return { ...data, steps: Object.fromEntries(renamed) };
}

/** Every name of a step that stands where one can stand. */
function lead(data: Plain, step: string, to: string): void {
  for (const target of targetsOf(data)) if (target.to === step) put(data, target.path, to);
}

function put(data: Plain, path: readonly (string | number)[], value: Plain): boolean {
  let here = data as PlainMap;
  for (const part of path.slice(0, -1)) {
    if ((valueAt(here, [part]) ?? null) === null) define(here, part, {});
    here = here[part] as PlainMap;
  }
  define(here, path.at(-1) ?? '', value);
  return true;
}

function define(holder: PlainMap, key: string | number, value: Plain): void {
  Object.defineProperty(holder, key, { value, enumerable: true, writable: true, configurable: true });
}

function take(data: Plain, path: readonly (string | number)[]): boolean {
  const holder = valueAt(data, path.slice(0, -1));
  const last = path.at(-1) ?? '';
  if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete (holder as PlainMap)[last];
  return true;
}

/** Every path but that of the whole. */
export function pathsIn(value: Plain, base: Path): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const keys: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => [[...base, key], ...pathsIn((value as PlainMap)[key] as Plain, [...base, key])]);
}

function namesOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

/** Something of the same kind as what stands there, so that flows go on being flows. */
function similar(rng: Rng, old: unknown, steps: readonly string[]): Plain {
  if (typeof old === 'number') return pick(rng, [0, 1, 2, 3]);
  if (typeof old === 'boolean') return !old;
  if (typeof old !== 'string') return anyValue(rng, 1);
  if (steps.includes(old)) return pick(rng, steps);
  if (/^\d+(ms|s|m|h)$/.test(old)) return pick(rng, ['3s', '1m30s', '250ms', '10s']);
  return pick(rng, TEXTS);
}

/** A map of anything, which is no flow. */
export function anyData(rng: Rng): Plain {
  const map: PlainMap = {};
  for (let left = 3 + below(rng, 5); left > 0; left -= 1) define(map, pick(rng, KEYS), anyValue(rng, 0));
  return map;
}

/** The same with a few parts changed, taken away or added. */
function altered(rng: Rng, old: Plain): Plain {
  if (Array.isArray(old)) {
    const items = old.flatMap((item: Plain): Plain[] =>
      pick(rng, [[item], [item], [altered(rng, item)], [], [item, anyValue(rng, 1)]]),
    );
    return rng() < 0.3 ? [...items, anyValue(rng, 1)] : items;
  }
  if (!isMap(old)) return rng() < 0.5 ? old : anyValue(rng, 1);
  const map: PlainMap = {};
  for (const [key, value] of Object.entries(old)) {
    if (rng() < 0.85) define(map, key, rng() < 0.7 ? value : altered(rng, value));
  }
  if (rng() < 0.3) define(map, pick(rng, KEYS), anyValue(rng, 1));
  return map;
}

const KEYS = [
  'neu',
  'x y',
  '键',
  '7',
  'a: b',
  'null',
  "q'",
  'constructor',
  '__proto__',
  'next',
  'title',
  'on',
  'timeout',
];

function newPath(rng: Rng, data: Plain): Path {
  const maps = [[], ...pathsIn(data, []).filter((path) => isMap(valueAt(data, path)))];
  return [...pick(rng, maps), pick(rng, KEYS), ...pick(rng, [[], [], ['deep']])];
}

function anyValue(rng: Rng, depth: number): Plain {
  const roll = rng();
  if (roll < 0.5 || depth > 2) return pick<Plain>(rng, [...TEXTS, 0, 1.5, -7, 1e21, true, false, null]);
  const count = below(rng, 4);
  if (roll < 0.75) return Array.from({ length: count }, () => anyValue(rng, depth + 1));
  const keys = ['text', 'language', '键', '1', 'x y', 'a: b', 'null', '__proto__', "it's"];
  const map: PlainMap = {};
  for (let left = count; left > 0; left -= 1) define(map, pick(rng, keys), anyValue(rng, depth + 1));
  return map;
}

export function isMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
