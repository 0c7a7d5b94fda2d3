import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Edited, editFlow, editYaml, type FlowEdit } from '../../../../src/flows/edit/edit.ts';
import { applySplices, chained } from '../../../../src/flows/edit/splices.ts';

const welcome = readFileSync(join(import.meta.dirname, '../../../../ivr-flows/welcome.yaml'), 'utf8');

/** The lines that an edit takes out and puts in, as `-old` and `+new`, each without the spaces around it. */
function diff(source: string, edited: Edited): string[] {
  if (!edited.ok) return [`refused: ${edited.refusal.text}`];
  const [before, after] = [source.split('\n'), edited.source.split('\n')];
  let from = 0;
  while (from < before.length && before[from] === after[from]) from += 1;
  let end = 0;
  while (end < Math.min(before.length, after.length) - from && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return [
    ...before.slice(from, before.length - end).map((line) => `-${line}`),
    ...after.slice(from, after.length - end).map((line) => `+${line}`),
  ];
}

function edits(source: string, edit: FlowEdit): string[] {
  return diff(source, editFlow(source, edit));
}

function yamlEdits(source: string, edit: FlowEdit): string[] {
  return diff(source, editYaml(source, edit));
}

const set = (path: (string | number)[], value: never | string | number | object): FlowEdit => ({
  kind: 'setValue',
  path,
  value: value as never,
});

describe('one field of welcome.yaml', () => {
  it.each<[string, FlowEdit, string[]]>([
    [
      'a value keeps its comment',
      set(['defaults', 'timeout'], '8s'),
      ['-  timeout: 6s # silence after a question', '+  timeout: 8s # silence after a question'],
    ],
    [
      'a text among braces is quoted where it has to be',
      set(['steps', 'greeting', 'say', 0, 'text'], 'Hi: there, {you}'),
      ['-      - { text: Welcome to Parley., language: en }', '+      - { text: "Hi: there, {you}", language: en }'],
    ],
    ['a new key stands where the language has it', set(['defaults', 'interDigit'], '1s'), ['+  interDigit: 1s']],
    ['a new handler', set(['on', 'hangup'], 'end'), ['+  hangup: end']],
    ['maps on the way are written too', set(['vars', 'tier'], 'a'), ['+vars: { tier: a }']],
    ['a list of texts', set(['steps', 'support', 'queue', 'skills'], ['a', 'b']), ['+      skills: [a, b]']],
    ['a choice', { kind: 'setExit', step: 'choose', exit: '3', target: 'end' }, ['+      "3": end']],
    [
      'an exit by its key',
      { kind: 'setExit', step: 'support', exit: 'full', target: 'end' },
      ['-    onFull: nobody', '+    onFull: end'],
    ],
    ['a new exit', { kind: 'setExit', step: 'choose', exit: 'error', target: 'end' }, ['+    onError: end']],
    [
      'an exit that is not needed',
      { kind: 'setExit', step: 'choose', exit: 'noMatch', target: null },
      ['-    noMatch: goodbye'],
    ],
    ['a key', { kind: 'removeKey', path: ['steps', 'choose', 'choices', '2'] }, ['-      "2": openingHours']],
    [
      'the last key of a map leaves an empty one',
      { kind: 'removeKey', path: ['on', 'error'] },
      ['-on:', '-  error: sorry # any step that fails and has no onError of its own', '+on: {}'],
    ],
  ])('[FE1] %s', (_, edit, wanted) => {
    expect(edits(welcome, edit)).toEqual(wanted);
  });

  it('[FE2] undo gives the same bytes', () => {
    const edited = editFlow(welcome, set(['steps', 'greeting', 'say'], { text: 'Hi', language: 'en' }));
    expect(edited.ok && applySplices(edited.source, edited.undo)).toBe(welcome);
    expect(edited.ok && edited.source).not.toBe(welcome);
  });

  it('[FE1] the same value again changes nothing', () => {
    expect(editFlow(welcome, set(['defaults', 'timeout'], '6s'))).toMatchObject({
      ok: true,
      source: welcome,
      splices: [],
      undo: [],
    });
  });

  it.each<[string, FlowEdit, RegExp]>([
    [
      'a step that is not there',
      { kind: 'setExit', step: 'choose', exit: '1', target: 'nirvana' },
      /no step "nirvana"/,
    ],
    [
      'an exit that the verb does not have',
      { kind: 'setExit', step: 'support', exit: 'open', target: 'end' },
      /no exit "open"; it has answeredEnd/,
    ],
    [
      'a key that is needed',
      { kind: 'removeKey', path: ['steps', 'greeting', 'next'] },
      /key.missing: "next" is missing/,
    ],
    ['a way through a text', set(['start', 'x'], 1), /single value/],
    ['an item that is not there', set(['languages', 7], 'de'), /no item 7 in this list of 2/],
    ['a merge key', set(['steps', '<<'], {}), /by hand/],
    ['a number that YAML has and a flow has not', set(['defaults', 'retries'], Number.NaN), /no number/],
    ['the whole file', set([], {}), /the whole file/],
  ])('[FE6] refused: %s', (_, edit, sentence) => {
    const edited = editFlow(welcome, edit);
    expect(edited.ok ? '' : edited.refusal.text).toMatch(sentence);
    expect(edited.ok ? [] : [edited.refusal.line >= 1, edited.refusal.column >= 1]).toEqual([true, true]);
  });
});

describe('styles', () => {
  it.each<[string, string, FlowEdit, string[]]>([
    ['double quotes stay', 'a: "x" # y', set(['a'], 'z'), ['-a: "x" # y', '+a: "z" # y']],
    ['single quotes stay, and are doubled', "a: 'x'", set(['a'], "it's"), ["-a: 'x'", "+a: 'it''s'"]],
    ['a text that looks like a number is quoted', 'a: x', set(['a'], '12'), ['-a: x', '+a: "12"']],
    ['a number loses the quotes', 'a: "x"', set(['a'], 12), ['-a: "x"', '+a: 12']],
    [
      'a text of lines stays one',
      'a: | # c\n   x\n   y\nb: 1',
      set(['a'], 'p\nq\n'),
      ['-   x', '-   y', '+   p', '+   q'],
    ],
    ['folded text stays folded', 'a: >-\n  x\n  y\n', set(['a'], 'z'), ['-  x', '-  y', '+  z']],
    [
      'a plain text becomes lines',
      'a: x # c\nb: 1\n',
      set(['a'], 'p\nq\n'),
      ['-a: x # c', '+a: | # c', '+  p', '+  q'],
    ],
    ['line ends stay', 'a: x\r\nb:\r\n    c: 1\r\n', set(['b', 'd'], 2), ['+    d: 2\r']],
    ['a missing last line end is still missing', 'a: 1\nb: 2', set(['c'], 3), ['+c: 3']],
    ['no value yet', 'a: # c\nb: 2', set(['a'], 'x'), ['-a: # c', '+a: x # c']],
    ['an empty map', 'a: {}', set(['a', 'b'], 1), ['-a: {}', '+a: { b: 1 }']],
    ['among braces', 'a: {b: 1}', set(['a', 'c'], 'x, y'), ['-a: {b: 1}', '+a: {b: 1, c: "x, y"}']],
    ['braces over lines', 'a: {\n  b: 1, # one\n}', set(['a', 'c'], 2), ['+  c: 2,']],
    [
      'braces over lines without the last comma',
      'a: {\n  b: 1 # one\n}',
      set(['a', 'c'], 2),
      ['-  b: 1 # one', '+  b: 1, # one', '+  c: 2'],
    ],
    ['quoted keys', '"a": "x"\n"b": "y"\n', set(['c'], 'z'), ['+"c": "z"']],
    [
      'a key out of braces',
      'a: { b: 1, c: 2 }',
      { kind: 'removeKey', path: ['a', 'b'] },
      ['-a: { b: 1, c: 2 }', '+a: { c: 2 }'],
    ],
    [
      'the last one out of braces',
      'a: { b: 1, c: 2 }',
      { kind: 'removeKey', path: ['a', 'c'] },
      ['-a: { b: 1, c: 2 }', '+a: { b: 1 }'],
    ],
    [
      'the comments above go with a key',
      'a: 1\n\n# about b\nb: 2\n\n# about c\nc: 3\n',
      { kind: 'removeKey', path: ['b'] },
      ['-# about b', '-b: 2', '-'],
    ],
  ])('[FE4] %s', (_, source, edit, wanted) => {
    expect(yamlEdits(source, edit)).toEqual(wanted);
  });
});

describe('a map or list by another', () => {
  const source = `a: # one
  b: "x" # two
  # three
  c: [1, 2, 3] # four
  d: { e: 1, f: 2 }
  g: gone # five
`;
  it('[FE4] changes only the parts that differ', () => {
    const value = { b: 'y', c: [1, 5, 2, 3], d: { e: 1, f: 3 }, h: 'new' };
    const edited = editYaml(source, set(['a'], value));
    expect(edited.ok && edited.source).toBe(`a: # one
  b: "y" # two
  # three
  c: [1, 5, 2, 3] # four
  d: { e: 1, f: 3 }
  h: new
`);
    expect(edited.ok && applySplices(edited.source, edited.undo)).toBe(source);
  });

  it('[FE4] is written anew where nothing is left of it', () => {
    expect(yamlEdits(source, set(['a', 'd'], { x: 1 }))).toEqual(['-  d: { e: 1, f: 2 }', '+  d: { x: 1 }']);
    expect(yamlEdits(source, set(['a', 'c'], []))).toEqual(['-  c: [1, 2, 3] # four', '+  c: [] # four']);
  });

  it.each([
    [[[0, 1, 'x']], [[1, 2, 'y']], 'xycd'],
    [[[1, 3, '']], [[1, 1, '-']], 'a-d'],
    [[[4, 4, 'ef']], [[3, 5, '']], 'abcf'],
    [[[2, 2, 'xy']], [[1, 3, 'z']], 'azycd'],
    [[], [[0, 4, '']], ''],
  ] as const)('[FE2] splices that follow one another become one list: %j, then %j', (first, second, wanted) => {
    const listed = (list: readonly (readonly [number, number, string])[]) =>
      list.map(([offset, end, text]) => ({ offset, end, text }));
    expect(applySplices('abcd', chained(4, listed(first), listed(second)))).toBe(wanted);
  });
});

describe('anchors', () => {
  const source = 'a: &a { x: 1 }\nb: *a\nc: { <<: *a, y: 2 }\nd: &d 5\n';
  it.each<[string, FlowEdit, string[]]>([
    ['an alias gives way to a value of its own', set(['b'], 7), ['-b: *a', '+b: 7']],
    [
      'what is merged in is overridden in its place',
      set(['c', 'x'], 3),
      ['-c: { <<: *a, y: 2 }', '+c: { <<: *a, y: 2, x: 3 }'],
    ],
    ['an anchor that nothing repeats stays', set(['d'], 6), ['-d: &d 5', '+d: &d 6']],
    [
      'nothing is changed behind an alias',
      set(['b', 'x'], 3),
      ['refused: This value stands elsewhere, at the anchor &a: give "b" a value of its own, or change the anchor'],
    ],
    [
      'nor where it would change another place',
      set(['a', 'x'], 3),
      ['refused: This value is repeated by *a in line 2, which would change as well'],
    ],
    [
      'nor is an anchor taken away from its aliases',
      { kind: 'removeKey', path: ['a'] },
      ['refused: This value is repeated by *a in line 2, which would be left without it'],
    ],
    [
      'what is merged in is not taken away',
      { kind: 'removeKey', path: ['c', 'x'] },
      ['refused: "x" comes from a merge key, and does not stand here'],
    ],
  ])('[FE5] %s', (_, edit, wanted) => {
    expect(yamlEdits(source, edit)).toEqual(wanted);
  });
});

describe('files with mistakes', () => {
  const broken = welcome.replace('next: choose', 'next: chose').replace('retries: 2', 'retries: 200');
  it('[FE6] can be mended one by one', () => {
    expect(edits(broken, set(['steps', 'greeting', 'next'], 'choose'))).toEqual([
      '-    next: chose',
      '+    next: choose',
    ]);
    expect(edits(broken, set(['title', 'zh'], '您好'))).toHaveLength(2);
  });

  it('[FE6] get no new ones, also where another is mended', () => {
    expect(edits(broken, set(['defaults', 'retries'], 'many'))).toEqual([
      expect.stringMatching(/^refused: .*type.wrong/),
    ]);
  });

  it('[FE6] what cannot be read is not edited', () => {
    expect(edits('a: [', set(['a'], 1))).toEqual([expect.stringMatching(/^refused: The file cannot be read/)]);
  });
});
