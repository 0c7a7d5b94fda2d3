import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openFlowFolder } from '../../../src/adapters/files/flow-folder.ts';
import { readFolder } from '../../../src/flows/check/folder.ts';
import { split } from '../../../src/flows/cover/coverage.ts';
import type { FolderContents } from '../../../src/flows/folder.ts';
import { printFlowError } from '../../../src/flows/language/errors.ts';
import { printable } from '../../../src/flows/machine/printable.ts';
import { type Happening, inWords } from '../../../src/flows/run/happenings.ts';
import { VirtualCall } from '../../../src/flows/run/virtual-call.ts';
import { loadTests } from '../../../src/flows/test/load.ts';
import { printFailures } from '../../../src/flows/test/report.ts';
import { Script } from '../../../src/flows/test/run-case.ts';
import { type FolderResult, runFolder } from '../../../src/flows/test/run-folder.ts';

let contents: FolderContents;
let result: FolderResult;
beforeAll(async () => {
  contents = await openFlowFolder(join(import.meta.dirname, '../../../ivr-flows')).read();
  result = runFolder(contents);
});

/** What was typed in confidence, entry by entry. */
function secretsOf(happenings: readonly Happening[]): string[] {
  const entries = [''];
  for (const one of happenings) {
    if (one.what === 'secretCollected' || one.what === 'left') entries.push('');
    else if (one.what === 'pressed' && one.secret) entries[entries.length - 1] += one.digit;
  }
  return entries.filter((entry) => entry.length >= 4).map((entry) => entry.replace(/#$/, ''));
}

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

  it('[T15] tell no secret digit in any transcript', () => {
    const cases = result.files.flatMap((file) => file.cases);
    const secret = cases.filter(({ happenings }) => secretsOf(happenings).length > 0);
    expect(secret.length).toBeGreaterThan(15);
    for (const { name, happenings, transcript } of secret) {
      const told = [...transcript, ...happenings.map(inWords)].join('\n');
      expect(
        secretsOf(happenings).filter((entry) => told.includes(entry)),
        name,
      ).toEqual([]);
    }
  });

  it('[F18] show no secret digit in any state that may be written down', () => {
    const flows = new Map(readFolder(contents).flows.flatMap(({ value }) => (value ? [[value.name, value]] : [])));
    let typed = 0;
    for (const { file, text } of contents.tests ?? []) {
      const loaded = loadTests(text ?? '', file);
      const flow = loaded.ok ? flows.get(loaded.tests.flow) : undefined;
      if (!loaded.ok || !flow) throw new Error(file);
      for (const one of loaded.tests.cases) {
        const call = new VirtualCall({ ...flow, vars: { ...flow.vars, ...one.params } }, one.init, one.fakes);
        const script = new Script(call);
        const states = one.script.map(({ move }) => {
          script.play(move);
          return JSON.stringify(printable(call.state));
        });
        const entries = secretsOf(call.happenings);
        typed += entries.length;
        for (const entry of entries) expect(states.join('\n'), one.name).not.toContain(entry);
      }
    }
    expect(typed).toBeGreaterThan(15);
  });
});
