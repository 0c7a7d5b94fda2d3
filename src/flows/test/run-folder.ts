import { readFolder } from '../check/folder.ts';
import { Coverage } from '../cover/coverage.ts';
import type { FolderContents } from '../folder.ts';
import { type FlowError, Mistakes } from '../language/errors.ts';
import type { Flow } from '../language/flow.ts';
import { didYouMean } from '../language/near.ts';
import { loadTests, type TestFile } from './load.ts';
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
  const errors = [...read.errors];
  const files: FileResult[] = [];
  for (const { file, text } of contents.tests ?? []) {
    const loaded = text === undefined ? unreadable(file) : loadTests(text, file);
    if (!loaded.ok) {
      errors.push(...loaded.errors);
      continue;
    }
    const flow = flows.get(loaded.tests.flow);
    if (flow) files.push(runFile(loaded.tests, flow, coverage, options));
    else errors.push(...missingFlow(loaded.tests, contents, flows));
  }
  return { files: files.filter(({ cases }) => cases.length > 0), errors, coverage };
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

/** A flow with mistakes is told by those; only one that is not there at all is missing. */
function missingFlow(tests: TestFile, contents: FolderContents, flows: ReadonlyMap<string, Flow>): FlowError[] {
  const isThere = contents.flows.some(({ text }) =>
    new RegExp(`^flow:\\s*["']?${tests.flow}\\b`, 'm').test(text ?? ''),
  );
  if (isThere) return [];
  const mistakes = new Mistakes(tests.file);
  mistakes.add('test.flow', tests.flowPlace, `There is no flow "${tests.flow}"`, didYouMean(tests.flow, flows.keys()));
  return mistakes.list();
}

function unreadable(file: string): { ok: false; errors: FlowError[] } {
  const mistakes = new Mistakes(file);
  mistakes.add('file.unreadable', { line: 1, column: 1 }, 'The file cannot be read');
  return { ok: false, errors: mistakes.list() };
}
