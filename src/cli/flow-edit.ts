import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { isTestFile } from '../adapters/files/flow-folder.ts';
import { replaceFile } from '../adapters/files/replace-file.ts';
import { type Edited, editFlow } from '../flows/edit/edit.ts';
import { FlowText } from '../flows/edit/flow-text.ts';
import { hunksOf, printHunks } from '../flows/edit/line-diff.ts';
import { renameStepInTests } from '../flows/edit/tests.ts';
import { EDIT_FORMS, editOf } from '../flows/edit/words.ts';
import { valueAt } from '../flows/language/source.ts';
import { printLines } from './records.ts';

const OPTIONS = {
  before: { type: 'string' },
  after: { type: 'string' },
  'redirect-to': { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
} as const;

/**
 * `parley flow edit FILE set PATH VALUE | remove PATH | exit STEP EXIT TARGET | rename STEP NAME | …`: changes one thing in a flow file
 * and prints the lines that differ; with `--dry-run` it only prints them. A new name of a step reaches the tests beside the file too.
 * Status 1: the edit is refused, and every file is as it was.
 */
export async function editCommand(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: OPTIONS });
  const [file, ...words] = positionals;
  if (file === undefined || words.length === 0) throw new Error(usage());
  const edit = editOf(words, { before: values.before, after: values.after, redirectTo: values['redirect-to'] });
  const source = await readText(file);
  const done = [{ file, source, edited: editFlow(source, edit) }];
  if (edit.kind === 'renameStep' && done[0]?.edited.ok) done.push(...(await renamedTests(file, source, edit)));
  for (const { file: where, edited } of done) {
    if (edited.ok) continue;
    const { line, column, text } = edited.refusal;
    process.stderr.write(`${where}:${line}:${column} ${text}\n`);
    return 1;
  }
  const lines: string[] = [];
  for (const { file: where, source: before, edited } of done) {
    if (!edited.ok || edited.splices.length === 0) continue;
    lines.push(...printHunks(where, hunksOf(before, edited.splices)));
    if (!values['dry-run']) await replaceFile(where, Buffer.from(edited.source));
  }
  return printLines(lines.length === 0 ? ['no difference'] : lines);
}

/** The tests beside a flow that name the step. */
async function renamedTests(
  file: string,
  source: string,
  { step, name }: { step: string; name: string },
): Promise<{ file: string; source: string; edited: Edited }[]> {
  const flow = nameOfFlow(source);
  const beside = (await readdir(dirname(file))).filter((one) => isTestFile(one)).sort();
  const tests = await Promise.all(
    beside.map(async (one) => {
      const where = join(dirname(file), one);
      return { file: where, source: await readText(where) };
    }),
  );
  return tests
    .filter((one) => one.source.includes(step))
    .map((one) => ({ ...one, edited: renameStepInTests(one.source, flow, step, name) }));
}

function nameOfFlow(source: string): string {
  const file = FlowText.read(source);
  return file instanceof FlowText ? String(valueAt(file.value, ['flow'])) : '';
}

/** A byte order mark stays, and bytes that are no text are not guessed at. */
async function readText(file: string): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file));
}

function usage(): string {
  const forms = Object.entries(EDIT_FORMS).map(([name, { words }]) => `  ${name} ${words}`);
  return ['say a file and what to change in it, as YAML where it says VALUE or STEP to add:', ...forms].join('\n');
}
