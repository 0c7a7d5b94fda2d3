import { describe, expect, it } from 'vitest';
import { checkContents } from '../../../../src/flows/check/check.ts';
import { printFinding } from '../../../../src/flows/check/finding.ts';
import { flowFixtures } from '../../../support/flow-fixtures.ts';

const fixtures = await flowFixtures('check');

describe('[K2] what is wrong is told at its line and column by its rule, and nothing else is', () => {
  for (const { name, contents, numbers, expected } of fixtures) {
    it(name, () => {
      const { findings } = checkContents(contents, { environment: new Set(), ...(numbers && { numbers }) });
      const found = findings.map(({ file, line, column, rule }) => `${file}:${line}:${column} ${rule}`);
      expect(found, findings.map(printFinding).join('\n')).toEqual(expected);
      expect(expected.length === 0).toBe(name.startsWith('good-'));
    });
  }
});
