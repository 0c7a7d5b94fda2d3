import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openFlowFolder } from '../../../src/adapters/files/flow-folder.ts';
import { split } from '../../../src/flows/cover/coverage.ts';
import { printFlowError } from '../../../src/flows/language/errors.ts';
import { printFailures } from '../../../src/flows/test/report.ts';
import { type FolderResult, runFolder } from '../../../src/flows/test/run-folder.ts';

let result: FolderResult;
beforeAll(async () => {
  result = runFolder(await openFlowFolder(join(import.meta.dirname, '../../../ivr-flows')).read());
});

describe('the flows that come with Parley', () => {
  it('[T16] have no mistake, and neither have their tests', () => {
    expect(result.errors.map(printFlowError)).toEqual([]);
  });

  it('[T13] do what their tests say', () => {
    const failed = result.files.filter(({ cases }) => cases.some(({ failures }) => failures.length > 0));
    expect(failed.map(printFailures)).toEqual([]);
    expect(result.files.flatMap(({ cases }) => cases).length).toBeGreaterThan(60);
  });

  it('[T20] are gone through from end to end: every step, every exit, every choice', () => {
    const missed = result.coverage.report().flatMap((flow) => {
      const { steps, exits } = split(flow);
      return [...steps, ...exits]
        .filter(({ hits }) => hits === 0)
        .map((one) => `${flow.file}:${one.line} ${one.step}:${one.exit ?? ''}`);
    });
    expect(missed).toEqual([]);
  });
});
