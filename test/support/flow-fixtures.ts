import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openFlowFolder } from '../../src/adapters/files/flow-folder.ts';
import { numberEntries } from '../../src/cli/number-entries.ts';
import type { NumberEntry } from '../../src/flows/check/rules/numbers.ts';
import type { FolderContents } from '../../src/flows/folder.ts';

export const FLOW_FIXTURES = join(import.meta.dirname, '../fixtures/flows');

/** A folder of flows with what has to be found in it: each file says `# expect LINE:COLUMN RULE` for each, in its order, and
 * `# expect FILE:LINE:COLUMN RULE` for a file that cannot say so itself. */
export interface FlowFixture {
  name: string;
  contents: FolderContents;
  /** Of `sip-config/numbers.yaml`, where there is one. */
  numbers?: NumberEntry[];
  /** `FILE:LINE:COLUMN RULE`, by file. */
  expected: string[];
}

/** A fixture is a file, which is a folder with this one flow, or a folder. */
export async function flowFixtures(dir: string): Promise<FlowFixture[]> {
  const entries = readdirSync(join(FLOW_FIXTURES, dir), { withFileTypes: true });
  return Promise.all(
    entries.map(async (entry) => {
      const path = join(FLOW_FIXTURES, dir, entry.name);
      const contents = entry.isDirectory() ? await openFlowFolder(path).read() : oneFlow(entry.name, path);
      const numbers = existsSync(join(path, NUMBERS)) ? readFileSync(join(path, NUMBERS), 'utf8') : undefined;
      const files = [
        ...[...contents.flows, ...contents.calendars, ...(contents.tests ?? [])],
        ...(contents.services ? [contents.services] : []),
        ...(numbers === undefined ? [] : [{ file: NUMBERS, text: numbers }]),
      ];
      return {
        name: entry.name,
        contents,
        ...(numbers !== undefined && { numbers: numberEntries(numbers, NUMBERS).numbers ?? [] }),
        expected: files.sort((a, b) => (a.file < b.file ? -1 : 1)).flatMap(expectedIn),
      };
    }),
  );
}

const NUMBERS = 'sip-config/numbers.yaml';

function expectedIn({ file, text = '' }: { file: string; text: string | undefined }): string[] {
  return [...text.matchAll(/^# expect (.+)$/gm)].map(([, what = '']) => (/^\d/.test(what) ? `${file}:${what}` : what));
}

function oneFlow(file: string, path: string): FolderContents {
  return { flows: [{ file, text: readFileSync(path, 'utf8') }], calendars: [], prompts: [], queues: undefined };
}
