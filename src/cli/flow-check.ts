import { access } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openFlowFolder } from '../adapters/files/flow-folder.ts';
import { readOwnSettings } from '../config/config.ts';
import { type CheckReport, checkContents, type PersonTime } from '../flows/check/check.ts';
import { allRules, type Finding, printFinding } from '../flows/check/finding.ts';
import { sarifOf } from '../flows/check/sarif.ts';
import { promptLengths } from './prompt-lengths.ts';
import { queueMistakes, readSiteConfig } from './site-config.ts';

/** `given` is what was asked for: the folder, or a file of it. */
const FORMATS: Record<string, (report: CheckReport, folder: string, given: string) => string> = {
  text: ({ findings, people }, _, given) =>
    [...findings.map(printFinding), `${given}: ${summary(findings)}`, ...people.map(printPersonTime)].join('\n'),
  json: (report) => JSON.stringify(report, undefined, 2),
  sarif: ({ findings }, folder) => JSON.stringify(sarifOf(findings, folder), undefined, 2),
};

/**
 * `parley flow check [FOLDER | FILE] [--sip-config DIR] [--environment] [--format text|json|sarif] [--strict]`, or `--rules` for the rules
 * themselves. Status 0: no errors, and with --strict no warnings; 1: some; 2: the words of the command make no sense.
 */
export async function checkCommand(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      format: { type: 'string', default: 'text' },
      strict: { type: 'boolean', default: false },
      'sip-config': { type: 'string' },
      environment: { type: 'boolean', default: false },
      rules: { type: 'boolean', default: false },
    },
  });
  if (values.rules) {
    for (const { name, severity, text } of allRules()) console.log(`${name.padEnd(20)}${severity.padEnd(9)}${text}`);
    return 0;
  }
  const [given = readOwnSettings().PARLEY_FLOWS_DIR, ...others] = positionals;
  if (others.length > 0) throw new Error('say one folder, or one file of it');
  const isFile = /\.ya?ml$/.test(given);
  const folder = isFile ? dirname(given) : given;
  if (isFile) await access(given);
  const print = Object.hasOwn(FORMATS, values.format) ? FORMATS[values.format] : undefined;
  if (!print) throw new Error(`--format is one of ${Object.keys(FORMATS).join(', ')}`);
  const whole = await checkFolder(folder, values);
  const report = isFile ? reportOn(whole, basename(given)) : whole;
  console.log(print(report, folder, given));
  const failing = values.strict ? report.findings : report.findings.filter(({ severity }) => severity === 'error');
  return failing.length === 0 ? 0 : 1;
}

/** The numbers and trunks of the site belong to the flows of the site; other folders have those that are given. */
async function checkFolder(
  folder: string,
  { 'sip-config': given, environment: looks }: { 'sip-config'?: string; environment: boolean },
): Promise<CheckReport> {
  const contents = await openFlowFolder(folder).read();
  const { PARLEY_FLOWS_DIR, PARLEY_SIP_CONFIG_DIR } = readOwnSettings();
  const dir = given ?? (resolve(folder) === PARLEY_FLOWS_DIR ? PARLEY_SIP_CONFIG_DIR : undefined);
  if (given !== undefined) await access(given);
  const shown = dir === undefined ? '' : relative(folder, dir).replaceAll('\\', '/');
  const { errors, ...site } = dir === undefined ? { errors: [] } : await readSiteConfig(dir, shown);
  const around = {
    ...site,
    promptMs: await promptLengths(join(folder, 'prompts'), contents.prompts),
    ...(looks && { environment: new Set(Object.keys(process.env)) }),
  };
  return checkContents(contents, around, [...errors, ...(await queueMistakes(folder))]);
}

/** What the report says of one file. The others are checked with it, for what a flow does hangs on those it calls. */
function reportOn({ findings, people }: CheckReport, file: string): CheckReport {
  const isMeant = (one: { file: string }) => one.file === file;
  return { findings: findings.filter(isMeant), people: people.filter(isMeant) };
}

function printPersonTime({ flow, numbers, seconds }: PersonTime): string {
  const name = numbers.length === 0 ? flow : `${flow} (${numbers.join(', ')})`;
  if (!seconds) return `${name}: no way leads to a person`;
  const worst = seconds.worst === null ? 'nothing bounds the worst' : `${seconds.worst} s at worst`;
  return `${name}: a person after ${seconds.best} s at best, ${worst}`;
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
