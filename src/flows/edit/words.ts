import { parse } from 'yaml';
import type { Path } from '../language/source.ts';
import type { Beside, FlowEdit } from './edit.ts';
import type { Plain } from './print.ts';

export interface EditOptions {
  before?: string | undefined;
  after?: string | undefined;
  redirectTo?: string | undefined;
}

interface Form {
  /** What follows the word, for people. */
  words: string;
  count: number;
  read(words: readonly string[], options: EditOptions): FlowEdit;
}

/** An edit in the words of a command line. Paths as in `steps.choose.menu.prompt[0].text`, values as YAML. */
export const EDIT_FORMS: Readonly<Record<string, Form>> = {
  set: {
    words: 'PATH VALUE',
    count: 2,
    read: ([path = '', value = '']) => ({ kind: 'setValue', path: pathOf(path), value: valueOfWord(value) }),
  },
  remove: { words: 'PATH', count: 1, read: ([path = '']) => ({ kind: 'removeKey', path: pathOf(path) }) },
  exit: {
    words: 'STEP EXIT TARGET|none',
    count: 3,
    read: ([step = '', exit = '', to = '']) => ({ kind: 'setExit', step, exit, target: to === 'none' ? null : to }),
  },
  add: {
    words: 'NAME STEP [--after STEP]',
    count: 2,
    read: ([name = '', step = ''], { after }) => ({
      kind: 'addStep',
      name,
      step: valueOfWord(step),
      ...(after !== undefined && { after }),
    }),
  },
  rename: { words: 'STEP NAME', count: 2, read: ([step = '', name = '']) => ({ kind: 'renameStep', step, name }) },
  delete: {
    words: 'STEP [--redirect-to STEP]',
    count: 1,
    read: ([step = ''], { redirectTo }) => ({
      kind: 'deleteStep',
      step,
      ...(redirectTo !== undefined && { redirectTo }),
    }),
  },
  move: {
    words: 'STEP|PATH --before NAME | --after NAME',
    count: 1,
    read: ([word = ''], options) => {
      const path = pathOf(word);
      const place = besideOf(options);
      return path.length === 1 ? { kind: 'moveStep', step: word, place } : { kind: 'moveKey', path, place };
    },
  },
  insert: {
    words: 'PATH INDEX VALUE',
    count: 3,
    read: ([path = '', index = '', value = '']) => ({
      kind: 'insertItem',
      path: pathOf(path),
      index: indexOf(index),
      value: valueOfWord(value),
    }),
  },
  'move-item': {
    words: 'PATH FROM TO',
    count: 3,
    read: ([path = '', from = '', to = '']) => ({
      kind: 'moveItem',
      path: pathOf(path),
      from: indexOf(from),
      to: indexOf(to),
    }),
  },
};

/** The edit that words ask for. Throws in words for people when they ask for none. */
export function editOf([name = '', ...words]: readonly string[], options: EditOptions): FlowEdit {
  const form = Object.hasOwn(EDIT_FORMS, name) ? EDIT_FORMS[name] : undefined;
  if (!form) throw new Error(`say what to do: ${Object.keys(EDIT_FORMS).join(', ')}`);
  if (words.length !== form.count) throw new Error(`${name} takes ${form.words}`);
  return form.read(words, options);
}

/** `menu.prompt[0].text` and `set["call.language"]`, as a path. Throws when it is none. */
export function pathOf(text: string): Path {
  const path: (string | number)[] = [];
  const part = /(?:^|(?!^)\.)([^.[\]"\s]+)|\[(\d{1,9})\]|\["((?:[^"\\]|\\.)*)"\]/y;
  while (part.lastIndex < text.length) {
    const [whole, name, index, quoted] = part.exec(text) ?? [];
    if (whole === undefined)
      throw new Error(`"${text}" is no path: write menu.prompt[0].text, or set["call.language"]`);
    path.push(index !== undefined ? Number(index) : (name ?? (JSON.parse(`"${quoted ?? ''}"`) as string)));
  }
  if (path.length === 0) throw new Error('a path names a field, such as defaults.timeout');
  return path;
}

function valueOfWord(text: string): Plain {
  try {
    return parse(text, { prettyErrors: false, maxAliasCount: 0, logLevel: 'error' }) as Plain;
  } catch (error) {
    throw new Error(`the value cannot be read as YAML: ${error instanceof Error ? error.message : ''}`, {
      cause: error,
    });
  }
}

function indexOf(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new Error(`"${text}" is no place in a list: the first is 0`);
  return Number(text);
}

function besideOf({ before, after }: EditOptions): Beside {
  if ((before === undefined) === (after === undefined)) throw new Error('say --before NAME or --after NAME');
  return before === undefined ? { after: after ?? '' } : { before };
}
