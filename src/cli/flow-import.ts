import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { printFinding } from '../flows/check/finding.ts';
import { checkImported } from '../flows/import/checked.ts';
import { IMPORTERS } from '../flows/import/index.ts';

const MAX_BYTES = 5 * 1024 * 1024;

/** `parley flow import --from KIND FILE [--name NAME] [--language en] [--out FILE]`: the flow on standard output, the report on the other. */
export async function importFlow(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      name: { type: 'string' },
      language: { type: 'string', default: 'en' },
      out: { type: 'string' },
    },
  });
  const [file] = positionals;
  const kinds = Object.keys(IMPORTERS);
  const convert = IMPORTERS[values.from ?? ''];
  if (file === undefined || !convert) throw new Error(`say a file, and what it is: --from ${kinds.join('|')}`);
  const text = await readFile(file, 'utf8');
  if (text.length > MAX_BYTES) throw new Error('the file is larger than 5 MiB');
  const name = values.name ?? basename(file).replace(/\..*$/, '');
  const imported = convert(text, { name, language: values.language });
  const { yaml, report, needs } = imported;
  if (values.out === undefined) process.stdout.write(yaml);
  else await writeFile(values.out, yaml, { flag: 'wx' });
  for (const { kind, where, text: sentence } of report)
    process.stderr.write(`${kind.padEnd(8)}${where}: ${sentence}\n`);
  for (const [kind, names] of Object.entries(needs)) {
    if (names.length > 0) process.stderr.write(`needs   ${kind}: ${names.join(', ')}\n`);
  }
  for (const finding of checkImported(imported)) process.stderr.write(`check   ${printFinding(finding)}\n`);
  const lost = report.filter(({ kind }) => kind === 'lost').length;
  process.stderr.write(`${lost === 0 ? 'everything was carried over' : `${lost} things have to be done by hand`}\n`);
  return 0;
}
