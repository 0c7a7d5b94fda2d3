import { describe, expect, it } from 'vitest';
import { checkContents } from '../../../../src/flows/check/check.ts';
import { allRules, printFinding } from '../../../../src/flows/check/finding.ts';
import { flowFixtures } from '../../../support/flow-fixtures.ts';

const fixtures = [...(await flowFixtures('broken')), ...(await flowFixtures('check'))];

/** Rules whose files are made by a test, for they would be large. */
const MADE: Record<string, string> = { 'yaml.size': `title: ${'x'.repeat(513 * 1024)}\n` };

describe('[K2] what is wrong is told at its line and column by its rule, and nothing else is', () => {
  for (const { name, contents, site, expected } of fixtures) {
    it(name, () => {
      const { findings } = checkContents(contents, { ...site, environment: new Set() }, site.errors);
      const found = findings.map(({ file, line, column, rule }) => `${file}:${line}:${column} ${rule}`);
      expect(found, findings.map(printFinding).join('\n')).toEqual(expected);
      expect(expected.length === 0).toBe(name.startsWith('good-'));
    });
  }

  for (const [rule, text] of Object.entries(MADE)) {
    it(rule, () => {
      const contents = { flows: [{ file: 'made.yaml', text }], calendars: [], prompts: [], queues: undefined };
      expect(checkContents(contents).findings).toMatchObject([{ file: 'made.yaml', line: 1, column: 1, rule }]);
    });
  }
});

it('[K2] every rule has a fixture that breaks it', () => {
  const broken = new Set(fixtures.flatMap(({ expected }) => expected.map((one) => one.split(' ')[1])));
  const without = allRules().filter(({ name }) => !broken.has(name) && MADE[name] === undefined);
  expect(without).toEqual([]);
  expect(fixtures.filter(({ expected }) => expected.length > 0).length).toBeGreaterThan(60);
});
