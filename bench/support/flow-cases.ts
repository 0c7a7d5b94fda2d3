import { join } from 'node:path';
import { openFlowFolder } from '../../src/adapters/files/flow-folder.ts';
import type { FolderContents } from '../../src/flows/folder.ts';
import { runFolder } from '../../src/flows/test/run-folder.ts';

const FLOWS = join(import.meta.dirname, '../../ivr-flows');
const CASES = 1_000;

/** The flows of the house with their tests, so often that there are a thousand cases. */
export async function thousandCases(): Promise<FolderContents> {
  const contents = await openFlowFolder(FLOWS).read();
  const { tests = [] } = contents;
  const once = runFolder(contents).files.flatMap(({ cases }) => cases).length;
  const copies = Array.from({ length: Math.ceil(CASES / once) }, (_, copy) =>
    tests.map(({ file, text }) => ({ file: file.replace('.test.', `.${copy}.test.`), text })),
  );
  return { ...contents, tests: copies.flat() };
}

/** Reads, runs and judges all cases as `parley flow test` does, coverage and transcripts included. Throws when one fails. */
export function runCases(contents: FolderContents): {
  cases: number;
  secondsPerThousandCases: number;
  cpuSecondsPerThousandCases: number;
} {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const { files, errors } = runFolder(contents);
  const tookMs = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  const all = files.flatMap(({ cases }) => cases);
  const failed = all.filter(({ failures }) => failures.length > 0);
  if (errors.length + failed.length > 0) throw new Error(`${failed[0]?.name ?? errors[0]?.text} fails`);
  const perThousand = (seconds: number) => Number(((seconds * 1_000) / all.length).toFixed(3));
  return {
    cases: all.length,
    secondsPerThousandCases: perThousand(tookMs / 1_000),
    cpuSecondsPerThousandCases: perThousand((user + system) / 1_000_000),
  };
}
