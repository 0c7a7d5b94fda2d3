import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openFlowFolder } from '../../src/adapters/files/flow-folder.ts';
import { queueMistakes, readSiteConfig, type SiteConfig } from '../../src/cli/site-config.ts';
import type { FolderContents, FolderFile } from '../../src/flows/folder.ts';

export const FLOW_FIXTURES = join(import.meta.dirname, '../fixtures/flows');

/** A folder of flows with what has to be found in it: each file says `# expect LINE:COLUMN RULE` for each, in its order, and
 * `# expect FILE:LINE:COLUMN RULE` for a file that cannot say so itself. */
export interface FlowFixture {
  name: string;
  contents: FolderContents;
  /** Of the folders `sip-config` and `queues`, where there are such. */
  site: SiteConfig;
  /** `FILE:LINE:COLUMN RULE`, by file. */
  expected: string[];
}

/** A fixture is a file, which is a folder with this one flow, or a folder. */
export async function flowFixtures(dir: string): Promise<FlowFixture[]> {
  const entries = readdirSync(join(FLOW_FIXTURES, dir), { withFileTypes: true });
  return Promise.all(
    entries.map(async (entry): Promise<FlowFixture> => {
      const path = join(FLOW_FIXTURES, dir, entry.name);
      if (!entry.isDirectory()) return fixtureOf(entry.name, oneFlow(entry.name, path), { errors: [] }, []);
      const files = SITE_FILES.filter((file) => existsSync(join(path, file)));
      const site = await readSiteConfig(join(path, 'sip-config'), 'sip-config');
      const errors = [...site.errors, ...(await queueMistakes(path))];
      const more = files.map((file) => ({ file, text: readFileSync(join(path, file), 'utf8') }));
      return fixtureOf(entry.name, await openFlowFolder(path).read(), { ...site, errors }, more);
    }),
  );
}

const SITE_FILES = ['sip-config/numbers.yaml', 'sip-config/trunks.yaml', 'queues/support.yaml'];

function fixtureOf(name: string, contents: FolderContents, site: SiteConfig, more: FolderFile[]): FlowFixture {
  const { flows, calendars, tests = [], services } = contents;
  const files = [...flows, ...calendars, ...tests, ...(services ? [services] : []), ...more];
  const expected = files.sort((a, b) => (a.file < b.file ? -1 : 1)).flatMap(expectedIn);
  return { name, contents, site, expected };
}

function expectedIn({ file, text = '' }: { file: string; text: string | undefined }): string[] {
  return [...text.matchAll(/^# expect (.+)$/gm)].map(([, what = '']) => (/^\d/.test(what) ? `${file}:${what}` : what));
}

function oneFlow(file: string, path: string): FolderContents {
  return { flows: [{ file, text: readFileSync(path, 'utf8') }], calendars: [], prompts: [], queues: undefined };
}
