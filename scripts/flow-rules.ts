import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
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

/** For each rule the shortest of the files that break it and no other one. */
function examplesByRule(): Map<string, string> {
  const examples = new Map<string, string>();
  for (const file of filesIn(FIXTURES)) {
    const text = readFileSync(file, 'utf8');
    const rules = [...new Set([...text.matchAll(EXPECTED)].map(([, rule = '']) => rule))];
    const [rule] = rules;
    if (rule === undefined || rules.length > 1) continue;
    const flow = text.replaceAll(EXPECTED, '').trim();
    if (flow === '' || rule === 'file.unreadable') continue;
    const example = `\`\`\`yaml\n${flow}\n\`\`\``;
    const known = examples.get(rule);
    if (known === undefined || example.length < known.length) examples.set(rule, example);
  }
  return examples;
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
