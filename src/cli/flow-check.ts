import { parseArgs } from 'node:util';
import { openFlowFolder } from '../adapters/files/flow-folder.ts';
import { readOwnSettings } from '../config/config.ts';
import { type CheckReport, checkContents } from '../flows/check/check.ts';
import { allRules, type Finding, printFinding } from '../flows/check/finding.ts';
import { sarifOf } from '../flows/check/sarif.ts';

const FORMATS: Record<string, (report: CheckReport, folder: string) => string> = {
  text: ({ findings }, folder) => [...findings.map(printFinding), `${folder}: ${summary(findings)}`].join('\n'),
  json: (report) => JSON.stringify(report, undefined, 2),
  sarif: ({ findings }, folder) => JSON.stringify(sarifOf(findings, folder), undefined, 2),
};

/**
 * `parley flow check [FOLDER] [--format text|json|sarif] [--strict]`, or `--rules` for the rules themselves. Status 0: no errors,
 * and with --strict no warnings; 1: some; 2: the words of the command.
 */
export async function checkCommand(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      format: { type: 'string', default: 'text' },
      strict: { type: 'boolean', default: false },
      rules: { type: 'boolean', default: false },
    },
  });
  if (values.rules) {
    for (const { name, severity, text } of allRules()) console.log(`${name.padEnd(20)}${severity.padEnd(9)}${text}`);
    return 0;
  }
  const [folder = readOwnSettings().PARLEY_FLOWS_DIR, ...others] = positionals;
  if (others.length > 0) throw new Error('say one folder');
  const print = Object.hasOwn(FORMATS, values.format) ? FORMATS[values.format] : undefined;
  if (!print) throw new Error(`--format is one of ${Object.keys(FORMATS).join(', ')}`);
  const report = checkContents(await openFlowFolder(folder).read());
  console.log(print(report, folder));
  const failing = values.strict ? report.findings : report.findings.filter(({ severity }) => severity === 'error');
  return failing.length === 0 ? 0 : 1;
}

function summary(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  if (findings.length === 0) return 'no mistakes';
  return [counted(errors, 'error'), counted(warnings, 'warning')].filter((words) => words !== '').join(', ');
}

function counted(count: number, word: string): string {
  if (count === 0) return '';
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
