import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { editFlow } from '../../../../src/flows/edit/edit.ts';
import { hunksOf, printHunks } from '../../../../src/flows/edit/line-diff.ts';
import { renameStepInTests } from '../../../../src/flows/edit/tests.ts';
import { editOf, pathOf } from '../../../../src/flows/edit/words.ts';
import { loadTests } from '../../../../src/flows/test/load.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const welcome = join(ROOT, 'ivr-flows/welcome.yaml');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-edit-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function parley(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['src/cli.ts', 'flow', 'edit', ...words], { cwd: ROOT, encoding: 'utf8' });
}

describe('[FE12] the words of the command', () => {
  it.each([
    ['defaults.timeout', ['defaults', 'timeout']],
    ['steps.choose.menu.prompt[0].text', ['steps', 'choose', 'menu', 'prompt', 0, 'text']],
    ['steps.s.set["call.language"]', ['steps', 's', 'set', 'call.language']],
    ['steps.键', ['steps', '键']],
    ['a["\\""].b', ['a', '"', 'b']],
  ])('%s is a path', (text, path) => {
    expect(pathOf(text)).toEqual(path);
  });

  it.each(['', '.a', 'a.', 'a..b', 'a[b]', 'a[0]b', 'a["x]', '[', 'a b]'])('"%s" is none', (text) => {
    expect(() => pathOf(text)).toThrow(/path/);
  });

  it.each([
    [['set', 'a.b', '8s'], {}, { kind: 'setValue', path: ['a', 'b'], value: '8s' }],
    [['set', 'a', '"5"'], {}, { kind: 'setValue', path: ['a'], value: '5' }],
    [['set', 'a', '{ text: x, n: 5 }'], {}, { kind: 'setValue', path: ['a'], value: { text: 'x', n: 5 } }],
    [['remove', 'a[1]'], {}, { kind: 'removeKey', path: ['a', 1] }],
    [['exit', 'a', '1', 'b'], {}, { kind: 'setExit', step: 'a', exit: '1', target: 'b' }],
    [['exit', 'a', 'full', 'none'], {}, { kind: 'setExit', step: 'a', exit: 'full', target: null }],
    [['add', 'a', '{ hangup: {} }'], { after: 'b' }, { kind: 'addStep', name: 'a', step: { hangup: {} }, after: 'b' }],
    [['rename', 'a', 'b'], {}, { kind: 'renameStep', step: 'a', name: 'b' }],
    [['delete', 'a'], { redirectTo: 'b' }, { kind: 'deleteStep', step: 'a', redirectTo: 'b' }],
    [['move', 'a'], { before: 'b' }, { kind: 'moveStep', step: 'a', place: { before: 'b' } }],
    [['move', 'a.b'], { after: 'c' }, { kind: 'moveKey', path: ['a', 'b'], place: { after: 'c' } }],
    [['insert', 'a', '0', 'x'], {}, { kind: 'insertItem', path: ['a'], index: 0, value: 'x' }],
    [['move-item', 'a', '0', '2'], {}, { kind: 'moveItem', path: ['a'], from: 0, to: 2 }],
  ])('%j', (words, options, edit) => {
    expect(editOf(words, options)).toEqual(edit);
  });

  it.each([
    [['paint', 'a'], {}, /say what to do: set, remove/],
    [['constructor', 'a'], {}, /say what to do/],
    [['set', 'a'], {}, /set takes PATH VALUE/],
    [['set', 'a', '[1'], {}, /cannot be read as YAML/],
    [['move', 'a'], {}, /say --before NAME or --after NAME/],
    [['move', 'a'], { before: 'b', after: 'c' }, /say --before NAME or --after NAME/],
    [['insert', 'a', '-1', 'x'], {}, /no place in a list/],
  ])('%j is refused in words', (words, options, sentence) => {
    expect(() => editOf(words, options)).toThrow(sentence);
  });
});

it('[FE12] a difference has the lines that differ, and no others', () => {
  const source = readFileSync(welcome, 'utf8');
  const edited = editFlow(source, { kind: 'renameStep', step: 'goodbye', name: 'bye' });
  const hunks = hunksOf(source, edited.ok ? edited.splices : []);
  expect(hunks.map(({ before, removed, added }) => [before, removed.length, added.length])).toEqual([
    [49, 2, 2],
    [59, 1, 1],
    [91, 1, 1],
    [99, 1, 1],
  ]);
  const insertion = hunksOf('a: 1\r\nb: 2', [{ offset: 10, end: 10, text: '\r\nc: 3' }]);
  expect(printHunks('f', insertion)).toEqual(['--- f', '+++ f', '@@ -2,0 +3 @@', '+c: 3']);
});

it('[FE12] writes the file whole, keeps its rights and the link to it, and prints what differs', () => {
  const file = join(folder, 'welcome.yaml');
  const link = join(folder, 'link.yaml');
  copyFileSync(welcome, file);
  chmodSync(file, 0o640);
  symlinkSync(file, link);
  const { status, stdout } = parley(link, 'set', 'defaults.timeout', '8s');
  expect(stdout.split('\n').slice(2)).toEqual([
    '@@ -18 +18 @@',
    '-  timeout: 6s # silence after a question',
    '+  timeout: 8s # silence after a question',
    '',
  ]);
  expect(status).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(readFileSync(welcome, 'utf8').replace('timeout: 6s', 'timeout: 8s'));
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(readdirSync(folder).sort()).toEqual(['link.yaml', 'welcome.yaml']);
}, 120_000);

it('[FE8] a new name of a step reaches the tests beside the flow, and nothing that only looks like it', () => {
  const tests = `flow: own # greeting
cases:
  - name: greeting
    script: [expect: { said: greeting }, expect: { step: greeting }, press: "1"]
    then:
      path: ["greeting:next", 'greeting', other/greeting, own/greeting:next, choose:greeting]
      reached: { step: greeting, within: 1s }
`;
  const renamed = renameStepInTests(tests, 'own', 'greeting', 'hello');
  expect(renamed.ok && renamed.source).toBe(
    tests
      .replace('step: greeting }, press', 'step: hello }, press')
      .replace('["greeting:next", \'greeting\'', '["hello:next", \'hello\'')
      .replace('own/greeting', 'own/hello')
      .replace('step: greeting, within', 'step: hello, within'),
  );
  const foreign = renameStepInTests(tests, 'other', 'greeting', 'hello');
  expect(foreign.ok && foreign.source).toBe(tests.replace('other/greeting', 'other/hello'));
});

it('[FE12] with --dry-run, and when it is refused, the file stays', () => {
  const file = join(folder, 'dry.yaml');
  const bytes = Buffer.from(`\ufeff${readFileSync(welcome, 'utf8').replaceAll('\n', '\r\n')}`);
  writeFileSync(file, bytes);
  const dry = parley(file, 'rename', 'goodbye', 'bye', '--dry-run');
  expect([dry.status, dry.stdout]).toEqual([0, expect.stringContaining('+  bye:\n')]);
  const refused = parley(file, 'set', 'start', 'nowhere');
  expect(refused.status).toBe(1);
  expect(refused.stderr).toMatch(/dry\.yaml:22:8 .*no step "nowhere"/);
  expect(readFileSync(file).equals(bytes)).toBe(true);
}, 120_000);

it('[FE8] [FE12] rename writes the tests beside the flow too', () => {
  const own = mkdtempSync(join(folder, 'renamed-'));
  for (const name of ['welcome.yaml', 'welcome.test.yaml'])
    copyFileSync(join(ROOT, 'ivr-flows', name), join(own, name));
  const { status, stdout } = parley(join(own, 'welcome.yaml'), 'rename', 'message', 'leaveWord');
  expect(status).toBe(0);
  expect(stdout).toContain(`+++ ${join(own, 'welcome.test.yaml')}`);
  const [flow, tests] = ['welcome.yaml', 'welcome.test.yaml'].map((name) => readFileSync(join(own, name), 'utf8'));
  expect(flow).toBe(
    readFileSync(welcome, 'utf8').replaceAll(/(: message$|^ {2}message:)/gm, (text) =>
      text.replace('message', 'leaveWord'),
    ),
  );
  const loaded = loadTests(tests ?? '', 'welcome.test.yaml');
  const paths = loaded.ok ? loaded.tests.cases.flatMap(({ then }) => then.path ?? []) : [];
  expect(paths).toContain('leaveWord');
  expect(paths.some((visit) => visit.startsWith('message'))).toBe(false);
}, 120_000);
