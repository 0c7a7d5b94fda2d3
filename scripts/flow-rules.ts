import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checkContents } from '../src/flows/check/check.ts';
import { allRules } from '../src/flows/check/finding.ts';

const FIXTURES = join(import.meta.dirname, '../test/fixtures/flows');
const EXPECTED = /^# expect \S+ (\S+)\n/gm;

/** `docs/flow-rules.md`: every rule of the loader and of the checker, each with a flow that breaks it, which the tests check too. */
export function flowRulesPage(): string {
  const examples = examplesByRule();
  const rows = allRules().map(
    ({ name, severity, text }) =>
      `| [\`${name}\`](#${name.replaceAll('.', '').toLowerCase()}) | ${severity} | ${text} |`,
  );
  const sections = allRules().map(({ name, severity, text }) => {
    const example = examples.get(name);
    return `### ${name}\n\n${text} (${severity}).${example === undefined ? '' : `\n\n${example}`}`;
  });
  return `# Rules for flows

Printed from \`src/flows\` and \`test/fixtures/flows\` by \`npm run docs\`. \`parley flow check\` tells what breaks them; what exactly each rule
proves stands in [the specification](spec/flow-check.md). An error keeps a flow from being published. The first of the
rules, up to \`file.unreadable\`, are those of the language: a file that breaks one is not used at all.

| rule | severity | sentence |
|---|---|---|
${rows.join('\n')}

## Flows that break them

${sections.join('\n\n')}
`;
}

interface Example {
  text: string;
  /** The flow is broken by itself, without others around it. */
  isWhole: boolean;
}

function isBetter(one: Example, other: Example): boolean {
  return one.isWhole === other.isWhole ? one.text.length < other.text.length : one.isWhole;
}

/** For each rule the shortest of the files that break it and no other one; one that needs no other file goes first. */
function examplesByRule(): Map<string, string> {
  const examples = new Map<string, Example>();
  for (const file of filesIn(FIXTURES)) {
    const text = readFileSync(file, 'utf8');
    const rules = [...new Set([...text.matchAll(EXPECTED)].map(([, rule = '']) => rule))];
    const [rule] = rules;
    const flow = text.replaceAll(EXPECTED, '').trim();
    if (rule === undefined || rules.length > 1 || flow === '' || rule === 'file.unreadable') continue;
    const told = toldOf(basename(file), flow, rule);
    const example = { text: `\`\`\`yaml\n${flow}\n\`\`\`${told}`, isWhole: told !== '' };
    const known = examples.get(rule);
    if (!known || isBetter(example, known)) examples.set(rule, example);
  }
  return new Map([...examples].map(([rule, { text }]) => [rule, text]));
}

/** What the checker says of the flow, when it is one by itself. */
function toldOf(file: string, text: string, rule: string): string {
  const { findings } = checkContents({ flows: [{ file, text }], calendars: [], prompts: [], queues: undefined });
  const told = findings.filter((finding) => finding.rule === rule);
  if (told.length === 0 || told.length < findings.length) return '';
  return `\n\n${told.map(({ line, column, text: sentence, hint }) => `Line ${line}, column ${column}: ${sentence}${hint === undefined ? '' : ` (${hint})`}`).join('\n\n')}`;
}

function filesIn(dir: string): string[] {
  return readdirSync(dir)
    .sort()
    .map((name) => join(dir, name))
    .flatMap((path) => {
      if (statSync(path).isDirectory()) return filesIn(path);
      return path.endsWith('.yaml') ? [path] : [];
    });
}
