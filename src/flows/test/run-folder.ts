import { readFolder } from '../check/folder.ts';
import { Coverage } from '../cover/coverage.ts';
import type { FolderContents } from '../folder.ts';
import type { FlowError } from '../language/errors.ts';
import type { Flow } from '../language/flow.ts';
import type { TestFile } from './load.ts';
import { readTests } from './read-tests.ts';
import type { FileResult } from './report.ts';
import { runCase } from './run-case.ts';

export interface FolderResult {
  files: FileResult[];
  /** Mistakes of flows and of the tests themselves; a file with any is not run. */
  errors: FlowError[];
  coverage: Coverage;
}

export interface RunOptions {
  /** Only cases whose file or name holds this. */
  filter?: string;
}

/** Runs every test of a folder, one after the other. Coverage counts all flows of the folder, those without tests too. */
export function runFolder(contents: FolderContents, options: RunOptions = {}): FolderResult {
  const read = readFolder(contents);
  const flows = new Map(read.flows.flatMap(({ value }) => (value ? [[value.name, value] as const] : [])));
  const coverage = new Coverage();
  for (const flow of flows.values()) coverage.add(flow);
  const { tests, errors } = readTests(contents, flows);
  const files = tests.map(({ tests: one, flow }) => runFile(one, flow, coverage, options));
  const ran = files.filter(({ cases }) => cases.length > 0);
  return { files: ran, errors: [...read.errors, ...errors], coverage };
}

function runFile(tests: TestFile, flow: Flow, coverage: Coverage, { filter }: RunOptions): FileResult {
  const startedAt = performance.now();
  const cases = tests.cases
    .filter(({ name }) => filter === undefined || name.includes(filter) || tests.file.includes(filter))
    .map((one) => {
      const result = runCase(flow, one);
      coverage.count(result.happenings);
      return result;
    });
  return { file: tests.file, flow: flow.name, cases, tookMs: performance.now() - startedAt };
}
