import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { editFlow, editYaml, type FlowEdit } from '../../../../src/flows/edit/edit.ts';
import { applySplices } from '../../../../src/flows/edit/splices.ts';

const welcome = readFileSync(join(import.meta.dirname, '../../../../ivr-flows/welcome.yaml'), 'utf8');

/** Two steps, with the comments that people write around them. */
const small = `flow: small
version: 1
start: one
on: { error: two }
steps:
  # The first thing
  # that happens.
  one:
    wait: 1s # a breath
    next: two
    # and on it goes

  # ---- the end ----

  two: { hangup: {} }
`;

function done(source: string, edit: FlowEdit): string {
  const edited = editFlow(source, edit);
  if (!edited.ok) return `${edited.refusal.line}:${edited.refusal.column} ${edited.refusal.text}`;
  expect(applySplices(edited.source, edited.undo)).toBe(source);
  return edited.source;
}

it('[FE7] a new step stands behind the one it is put behind, as its neighbours stand', () => {
  const step = { say: [{ text: 'Late', language: 'en' }, { silence: '1s' }], next: 'end' };
  const edited = done(welcome, { kind: 'addStep', name: 'late', step, after: 'nobody' });
  expect(edited).toContain(`    next: message

  late:
    say:
      - { text: Late, language: en }
      - { silence: 1s }
    next: end

  # Spoken from calendars`);
  expect(edited.length).toBe(welcome.length + 93);
});

it('[FE7] without one to stand behind it is the last', () => {
  expect(done(small, { kind: 'addStep', name: 'three', step: { hangup: {} } })).toBe(
    `${small}\n  three:\n    hangup: {}\n`,
  );
});

it('[FE8] a new name is written wherever the step is named', () => {
  const edited = done(welcome, { kind: 'renameStep', step: 'goodbye', name: 'farewell' });
  expect(edited).toBe(welcome.replace('\n  goodbye:', '\n  farewell:').replaceAll(': goodbye', ': farewell'));
  const named = ['start: greeting', '  greeting:'];
  const renamed = done(welcome, { kind: 'renameStep', step: 'greeting', name: 'hello' });
  expect(renamed.split('\n').filter((line, index) => line !== welcome.split('\n')[index])).toEqual(
    named.map((line) => line.replace('greeting', 'hello')),
  );
});

it('[FE8] in choices, cases, lists and handlers too', () => {
  const source = `flow: ways
version: 1
start: pick
vars: { tier: "" }
on: { error: end, hangup: 'end', maxDuration: { after: 1m, then: "end" } }
steps:
  pick: { switch: tier, cases: { gold: end }, else: share }
  share:
    distribute:
      - { percent: 40, then: end }
      - { percent: 60, then: ask }
  ask: { if: [{ when: tier == 'a', then: end }], else: end, onError: end }
  end: { hangup: {} }
`;
  const edited = done(source, { kind: 'renameStep', step: 'end', name: 'out' });
  expect(edited).toBe(source.replaceAll(/\bend\b/g, 'out'));
});

it('[FE8] a name that an anchor repeats changes with it, unless it is something else there', () => {
  const source = `flow: a
version: 1
start: &first one
steps:
  one: { wait: 1s, next: two }
  two: { wait: 1s, next: *first }
`;
  const edit: FlowEdit = { kind: 'renameStep', step: 'one', name: 'uno' };
  expect(done(source, edit)).toBe(source.replaceAll('one', 'uno'));
  expect(
    done(
      source.replace('version: 1', 'version: 1\ndescription: &first one').replace('&first one\nsteps', '*first\nsteps'),
      edit,
    ),
  ).toMatch(/^3:1 This name is repeated by an alias/);
});

it('[FE9] a step goes when nothing leads there, or when there is another place to lead to', () => {
  expect(done(welcome, { kind: 'deleteStep', step: 'nobody' })).toBe(
    '60:5 "nobody" is still named by "support", as timeout and in 2 other places',
  );
  const edited = done(welcome, { kind: 'deleteStep', step: 'nobody', redirectTo: 'message' });
  expect(edited.split('\n')).toHaveLength(welcome.split('\n').length - 6);
  expect(edited).toContain('    onTimeout: message\n    onNoAgents: message\n    onFull: message\n\n  # Spoken from');
  expect(done(small, { kind: 'deleteStep', step: 'one', redirectTo: 'two' })).toBe(`flow: small
version: 1
start: two
on: { error: two }
steps:
  # ---- the end ----

  two: { hangup: {} }
`);
});

it('[FE10] a step moves with its comments, and nothing else does', () => {
  const edited = done(small, { kind: 'moveStep', step: 'one', place: { after: 'two' } });
  expect(edited).toBe(`flow: small
version: 1
start: one
on: { error: two }
steps:
  # ---- the end ----

  two: { hangup: {} }

  # The first thing
  # that happens.
  one:
    wait: 1s # a breath
    next: two
    # and on it goes
`);
  expect(done(edited, { kind: 'moveStep', step: 'two', place: { before: 'one' } })).toBe(edited);
});

it('[FE10] it moves where there is no last line end, and where lines end otherwise', () => {
  const source = small.trimEnd().replaceAll('\n', '\r\n');
  const edited = done(source, { kind: 'moveStep', step: 'two', place: { before: 'one' } });
  expect(edited).toContain('steps:\r\n  two: { hangup: {} }\r\n\r\n  # The first thing\r\n');
  expect(edited).toMatch(/goes\r\n\r\n {2}# ---- the end ----$/);
});

it('[FE10] no anchor and alias pass one another', () => {
  const source = 'a: &x 1\nb: *x\nc: 2\n';
  const move = (key: string, place: { before: string } | { after: string }) =>
    editYaml(source, { kind: 'moveKey', path: [key], place });
  expect(move('a', { after: 'b' })).toMatchObject({
    ok: false,
    refusal: { line: 1, text: expect.stringMatching(/&x/) },
  });
  expect(move('a', { after: 'c' }).ok).toBe(false);
  expect(move('c', { before: 'a' })).toMatchObject({ ok: true, source: 'c: 2\na: &x 1\nb: *x\n' });
});

describe('[FE11] items of lists', () => {
  const path = ['steps', 'greeting', 'say'];
  const [first, second] = [
    '      - { text: Welcome to Parley., language: en }\n',
    '      - { text: 欢迎致电 Parley。, language: zh }\n',
  ];

  it('are written, moved and taken away', () => {
    const silence = '      - { silence: 1s }\n';
    expect(done(welcome, { kind: 'insertItem', path, index: 1, value: { silence: '1s' } })).toBe(
      welcome.replace(first, first + silence),
    );
    expect(done(welcome, { kind: 'insertItem', path, index: 0, value: { silence: '1s' } })).toBe(
      welcome.replace(first, silence + first),
    );
    expect(done(welcome, { kind: 'moveItem', path, from: 1, to: 0 })).toBe(
      welcome.replace(first + second, second + first),
    );
    expect(done(welcome, { kind: 'removeKey', path: [...path, 0] })).toBe(welcome.replace(first, ''));
    expect(done(welcome, { kind: 'moveItem', path: ['languages'], from: 0, to: 1 })).toBe(
      welcome.replace('[en, zh]', '[zh, en]'),
    );
  });

  it('are refused where there is no list, and beyond its end', () => {
    expect(done(welcome, { kind: 'insertItem', path: ['steps'], index: 0, value: 1 })).toMatch(
      /is a map, and not a list/,
    );
    expect(done(welcome, { kind: 'insertItem', path, index: 3, value: 1 })).toMatch(/no place 3 in this list of 2/);
    expect(done(welcome, { kind: 'moveItem', path, from: 0, to: 2 })).toMatch(/no place 2 in this list of 2/);
    expect(done(welcome, { kind: 'insertItem', path: ['start'], index: 0, value: 1 })).toMatch(
      /neither a map nor a list/,
    );
  });
});

it.each<[FlowEdit, RegExp]>([
  [{ kind: 'addStep', name: 'end', step: { hangup: {} } }, /is a step "end" already/],
  [{ kind: 'addStep', name: 'no name', step: { hangup: {} } }, /cannot be the name of a step/],
  [{ kind: 'addStep', name: 'more', step: { hangup: {} }, after: 'nowhere' }, /no "steps.nowhere"/],
  [
    { kind: 'addStep', name: 'more', step: { wait: '1s', next: 'nowhere' } },
    /target.unknown: There is no step "nowhere"/,
  ],
  [{ kind: 'renameStep', step: 'end', name: 'goodbye' }, /is a step "goodbye" already/],
  [{ kind: 'renameStep', step: 'nowhere', name: 'x' }, /no "steps.nowhere"/],
  [{ kind: 'deleteStep', step: 'nobody', redirectTo: 'nobody' }, /no other step "nobody"/],
  [{ kind: 'deleteStep', step: 'nobody', redirectTo: 'nowhere' }, /no other step "nowhere"/],
  [{ kind: 'moveStep', step: 'end', place: { before: 'end' } }, /before or behind itself/],
  [{ kind: 'moveStep', step: 'end', place: { before: 'nowhere' } }, /no "steps.nowhere"/],
])('[FE6] refused: %j', (edit, sentence) => {
  expect(done(welcome, edit)).toMatch(sentence);
});
