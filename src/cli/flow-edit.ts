import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { replaceFile } from '../adapters/files/replace-file.ts';
import { editFlow } from '../flows/edit/edit.ts';
import { hunksOf, printHunks } from '../flows/edit/line-diff.ts';
import { EDIT_FORMS, editOf } from '../flows/edit/words.ts';
import { printLines } from './records.ts';

const OPTIONS = {
  before: { type: 'string' },
  after: { type: 'string' },
  'redirect-to': { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
} as const;

/**
 * `parley flow edit FILE set PATH VALUE | remove PATH | exit STEP EXIT TARGET | rename STEP NAME | …`: changes one thing in a flow file
 * and prints the lines that differ; with `--dry-run` it only prints them. Status 1: the edit is refused, and the file is as it was.
 */
export async function editCommand(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: OPTIONS });
  const [file, ...words] = positionals;
  if (file === undefined || words.length === 0) throw new Error(usage());
  const edit = editOf(words, { before: values.before, after: values.after, redirectTo: values['redirect-to'] });
  // A byte order mark stays, and bytes that are no text are not guessed at.
  const source = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(file));
  const edited = editFlow(source, edit);
  if (!edited.ok) {
    const { line, column, text } = edited.refusal;
    process.stderr.write(`${file}:${line}:${column} ${text}\n`);
    return 1;
  }
  const lines = printHunks(file, hunksOf(source, edited.splices));
  if (lines.length > 0 && !values['dry-run']) await replaceFile(file, Buffer.from(edited.source));
  return printLines(lines.length === 0 ? ['no difference'] : lines);
}

function usage(): string {
  const forms = Object.entries(EDIT_FORMS).map(([name, { words }]) => `  ${name} ${words}`);
  return ['say a file and what to change in it, as YAML where it says VALUE or STEP to add:', ...forms].join('\n');
}
