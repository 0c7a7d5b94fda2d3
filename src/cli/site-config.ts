import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadNumbers, type NumberRoute } from '../calls/numbers.ts';
import { loadTrunks, wayOut } from '../calls/trunks.ts';
import type { NumberEntry } from '../flows/check/rules/numbers.ts';
import { type FlowError, Mistakes } from '../flows/language/errors.ts';
import { readYaml } from '../flows/language/source.ts';
import { loadQueue } from '../queues/queue-settings.ts';

/** What the files around the flows say, as the checker of flows sees it, with the mistakes of those files. */
export interface SiteConfig {
  numbers?: NumberEntry[];
  /** Whether a trunk calls the number; absent when no trunk calls anybody. */
  mayDial?: (number: string) => boolean;
  errors: FlowError[];
}

/** Reads `numbers.yaml` and `trunks.yaml`, as far as they are there. Mistakes name them below `shown`. */
export async function readSiteConfig(dir: string, shown: string): Promise<SiteConfig> {
  const numbers = await textOf(join(dir, 'numbers.yaml'));
  const trunks = await textOf(join(dir, 'trunks.yaml'));
  const routes = numbers === undefined ? undefined : loadNumbers(numbers, `${shown}/numbers.yaml`);
  const ways = trunks === undefined ? undefined : loadTrunks(trunks, `${shown}/trunks.yaml`);
  const dials = ways?.ok && ways.trunks.some(({ out }) => out !== undefined) ? ways.trunks : undefined;
  return {
    ...(routes?.ok && { numbers: entriesOf(routes.numbers, numbers ?? '', `${shown}/numbers.yaml`) }),
    ...(dials && { mayDial: (number: string) => wayOut(dials, number) !== undefined }),
    errors: [routes, ways].flatMap((loaded) => (loaded && !loaded.ok ? loaded.errors : [])),
  };
}

/** The mistakes of the files in the folder of queues. */
export async function queueMistakes(folder: string): Promise<FlowError[]> {
  const dir = join(folder, 'queues');
  const files = await readdir(dir).catch(() => []);
  const loaded = files
    .filter((file) => /^[^.].*\.ya?ml$/.test(file))
    .map(async (file) => loadQueue((await textOf(join(dir, file))) ?? '', `queues/${file}`));
  return (await Promise.all(loaded)).flatMap((one) => (one.ok ? [] : one.errors));
}

function entriesOf(routes: ReadonlyMap<string, NumberRoute>, text: string, file: string): NumberEntry[] {
  const source = readYaml(text, new Mistakes(file));
  if (!source) return [];
  return [...routes.values()].map(({ number, flow, language, record }): NumberEntry => {
    const at = (key: string) => source.place(['numbers', number, key]);
    return {
      number,
      flow,
      recordsAll: record === 'call',
      file,
      places: { flow: at('flow'), language: at('language'), record: at('record') },
      ...(language !== undefined && { language }),
    };
  });
}

/** Undefined when there is no such file. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
