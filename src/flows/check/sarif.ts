import { posix } from 'node:path';
import { allRules, type Finding } from './finding.ts';

/** The findings as SARIF 2.1.0 (OASIS), which code hosts show beside the lines. File names are relative to `folder`. */
export function sarifOf(findings: readonly Finding[], folder: string): Record<string, unknown> {
  const rules = allRules();
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'parley flow check',
            rules: rules.map(({ name, severity, text }) => ({
              id: name,
              shortDescription: { text },
              defaultConfiguration: { level: severity },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map(({ file, line, column, severity, rule, text, hint }) => ({
          ruleId: rule,
          ruleIndex: rules.findIndex(({ name }) => name === rule),
          level: severity,
          message: { text: hint === undefined ? text : `${text} (${hint})` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(folder, file) },
                region: { startLine: line, startColumn: column },
              },
            },
          ],
        })),
      },
    ],
  };
}

/** A relative reference (RFC 3986): each part of the path is escaped, the slashes between stay. */
function uriOf(folder: string, file: string): string {
  const path = posix.join(folder.replaceAll('\\', '/'), file);
  return path.split('/').map(encodeURIComponent).join('/');
}
