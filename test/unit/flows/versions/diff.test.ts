import { expect, it } from 'vitest';
import { diffFlows, printChanges } from '../../../../src/flows/versions/diff.ts';

const plain = (steps: object, head: object = {}) => ({ flow: 'a', version: 1, start: 'one', ...head, steps });
const menu = {
  menu: { prompt: [{ text: { en: 'Press 1', zh: '请按1' } }], retries: 2 },
  choices: { '1': 'sales', '9': 'message' },
  noInput: 'end',
};

it('[V4] tells steps that were added, removed and changed, and of a changed one each field with both values', () => {
  const before = new Map([['a', plain({ one: menu, old: { say: 'Bye' }, end: { hangup: {} } })]]);
  const changed = {
    ...menu,
    menu: { prompt: [{ text: { en: 'Press 1 or 2', zh: '请按1' } }], timeout: '9s' },
    choices: { '1': 'support', '9': 'message' },
  };
  const after = new Map([['a', plain({ one: changed, end: { hangup: {} }, fresh: { say: 'Hello' } })]]);
  const changes = diffFlows(before, after);
  expect(changes).toEqual([
    {
      flow: 'a',
      change: 'changed',
      head: [],
      steps: [
        {
          step: 'one',
          change: 'changed',
          fields: [
            { path: 'menu.prompt[0].text.en', before: 'Press 1', after: 'Press 1 or 2' },
            { path: 'menu.timeout', after: '9s' },
            { path: 'menu.retries', before: 2 },
            { path: 'choices.1', before: 'sales', after: 'support' },
          ],
        },
        { step: 'fresh', change: 'added' },
        { step: 'old', change: 'removed' },
      ],
    },
  ]);
  expect(printChanges(changes)).toEqual([
    '~ flow a',
    '  ~ step one',
    '      menu.prompt[0].text.en: "Press 1" → "Press 1 or 2"',
    '      menu.timeout: "9s" (new)',
    '      menu.retries: 2 (gone)',
    '      choices.1: "sales" → "support"',
    '  + step fresh',
    '  - step old',
  ]);
});

it('[V4] tells changes of the head, and flows that came and went', () => {
  const before = new Map([
    ['a', plain({}, { languages: ['en'] })],
    ['b', plain({ one: {} })],
  ]);
  const after = new Map([
    ['a', plain({}, { languages: ['en', 'zh'] })],
    ['c', plain({ one: {} })],
  ]);
  expect(diffFlows(before, after)).toEqual([
    {
      flow: 'a',
      change: 'changed',
      head: [{ path: 'languages', before: ['en'], after: ['en', 'zh'] }],
      steps: [],
    },
    { flow: 'c', change: 'added', head: [], steps: [{ step: 'one', change: 'added' }] },
    { flow: 'b', change: 'removed', head: [], steps: [{ step: 'one', change: 'removed' }] },
  ]);
});

it('[V4] the order of steps and keys is no change, and names like those of every object are names', () => {
  const one = { one: { say: 'x', next: 'end' }, end: { hangup: {} } };
  const other = { end: { hangup: {} }, one: { next: 'end', say: 'x' } };
  expect(diffFlows(new Map([['a', plain(one)]]), new Map([['a', plain(other)]]))).toEqual([]);
  const odd = new Map([['a', plain({ toString: { say: 'x' }, constructor: { say: 'y' } })]]);
  expect(diffFlows(new Map([['a', plain({})]]), odd)[0]?.steps).toEqual([
    { step: 'toString', change: 'added' },
    { step: 'constructor', change: 'added' },
  ]);
});
