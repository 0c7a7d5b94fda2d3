import type { FolderContents } from '../folder.ts';
import { type FlowError, Mistakes } from '../language/errors.ts';
import type { Flow } from '../language/flow.ts';
import { didYouMean } from '../language/near.ts';
import { loadTests, type TestFile } from './load.ts';

/** The tests of a folder, each file with its flow, and the mistakes of those that cannot be run. A flow with mistakes has no tests. */
export function readTests(
  contents: FolderContents,
  flows: ReadonlyMap<string, Flow>,
): { tests: { tests: TestFile; flow: Flow }[]; errors: FlowError[] } {
  const errors: FlowError[] = [];
  const tests = (contents.tests ?? []).flatMap(({ file, text }) => {
    const loaded = text === undefined ? unreadable(file) : loadTests(text, file);
    if (!loaded.ok) {
      errors.push(...loaded.errors);
      return [];
    }
    const flow = flows.get(loaded.tests.flow);
    if (flow) return [{ tests: loaded.tests, flow }];
    errors.push(...missingFlow(loaded.tests, contents, flows));
    return [];
  });
  return { tests, errors };
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
