import { expect, it } from 'vitest';
import { z } from 'zod';
import { checkContents } from '../../../../src/flows/check/check.ts';
import { sarifOf } from '../../../../src/flows/check/sarif.ts';
import { flowFixtures } from '../../../support/flow-fixtures.ts';

/**
 * The part of SARIF 2.1.0 (OASIS standard, sections 3.13 to 3.30) that we write: names, types and what has to be there. Strict,
 * for the standard's schema allows no other properties either.
 */
const message = z.strictObject({ text: z.string().min(1) });
const level = z.enum(['none', 'note', 'warning', 'error']);
const rule = z.strictObject({
  id: z.string().min(1),
  shortDescription: message,
  defaultConfiguration: z.strictObject({ level }),
});
/** A URI reference of RFC 3986: no spaces, and each % begins an escape. */
const uri = z.string().regex(/^(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-F]{2})+$/);
const result = z.strictObject({
  ruleId: z.string(),
  ruleIndex: z.number().int().min(0),
  level,
  message,
  locations: z
    .array(
      z.strictObject({
        physicalLocation: z.strictObject({
          artifactLocation: z.strictObject({ uri }),
          region: z.strictObject({ startLine: z.number().int().min(1), startColumn: z.number().int().min(1) }),
        }),
      }),
    )
    .length(1),
});
const sarif = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z
    .array(
      z.strictObject({
        tool: z.strictObject({ driver: z.strictObject({ name: z.string().min(1), rules: z.array(rule).min(1) }) }),
        columnKind: z.enum(['utf16CodeUnits', 'unicodeCodePoints']),
        results: z.array(result),
      }),
    )
    .length(1),
});

it('[K3] what every fixture gives has the structure of SARIF 2.1.0', async () => {
  const fixtures = [...(await flowFixtures('check')), ...(await flowFixtures('broken'))];
  let results = 0;
  for (const { contents, site } of fixtures) {
    const { findings } = checkContents(contents, site, site.errors);
    const log = sarif.parse(JSON.parse(JSON.stringify(sarifOf(findings, './my flows/欢迎/'))));
    const [run] = log.runs;
    const rules = run?.tool.driver.rules ?? [];
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const one of run?.results ?? []) expect(rules[one.ruleIndex]?.id).toBe(one.ruleId);
    results += run?.results.length ?? 0;
  }
  expect(results).toBeGreaterThan(100);
});

it('[K3] a file is named from the folder that was given, with its characters escaped', () => {
  const finding = { file: 'a b.yaml', line: 1, column: 1, severity: 'error', rule: 'yaml.syntax', text: 'x' } as const;
  expect(JSON.stringify(sarifOf([finding], './flows/'))).toContain('"uri":"flows/a%20b.yaml"');
  expect(JSON.stringify(sarifOf([finding], '.'))).toContain('"uri":"a%20b.yaml"');
});
