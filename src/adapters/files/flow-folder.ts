import { type FSWatcher, watch } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FlowFolder, FolderContents, FolderFile } from '../../flows/folder.ts';

export const SERVICES_FILE = 'services.yaml';
const TEST_FILE = /^[^.].*\.test\.ya?ml$/;
const FLOW_FILE = /^(?!.*\.test\.ya?ml$)[^.].*\.ya?ml$/;
/** What the loader refuses anyway need not be read. */
const MAX_BYTES = 1024 * 1024;
const FOLDERS = ['calendars', 'prompts', 'queues'];

/** A folder of flows on disk. */
export function openFlowFolder(dir: string): FlowFolder {
  return { read: () => read(dir), watch: (changed) => watchAll(dir, changed) };
}

/** Whether a file of this name holds the tests of flows. */
export function isTestFile(name: string): boolean {
  return TEST_FILE.test(name);
}

async function read(dir: string): Promise<FolderContents> {
  const [flows, calendars, prompts, queues] = await Promise.all([
    readdir(dir, { withFileTypes: true }).then((entries) => entries.filter((e) => e.isFile()).map((e) => e.name)),
    namesIn(join(dir, 'calendars')),
    namesIn(join(dir, 'prompts'), true),
    namesIn(join(dir, 'queues')),
  ]);
  const texts = (names: string[], folder: string, form = FLOW_FILE) =>
    Promise.all(
      names
        .filter((name) => form.test(name))
        .sort()
        .map((name) => textOf(dir, folder + name)),
    );
  return {
    flows: await texts(
      flows.filter((name) => name !== SERVICES_FILE),
      '',
    ),
    ...(flows.includes(SERVICES_FILE) && { services: await textOf(dir, SERVICES_FILE) }),
    tests: await texts(flows, '', TEST_FILE),
    calendars: await texts(calendars ?? [], 'calendars/'),
    prompts: (prompts ?? []).filter((name) => !name.endsWith('.md') && !name.startsWith('.')).sort(),
    queues: queues?.filter((name) => FLOW_FILE.test(name)).map((name) => name.replace(/\.ya?ml$/, '')),
  };
}

/** Undefined when there is no such folder. Names have `/` between folders. */
async function namesIn(dir: string, deep = false): Promise<string[] | undefined> {
  try {
    return (await readdir(dir, { recursive: deep })).map((name) => name.replaceAll('\\', '/'));
  } catch {
    return undefined;
  }
}

async function textOf(dir: string, file: string): Promise<FolderFile> {
  try {
    const path = join(dir, file);
    if ((await stat(path)).size > MAX_BYTES) return { file, text: ' '.repeat(MAX_BYTES) };
    return { file, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path)) };
  } catch {
    return { file, text: undefined };
  }
}

/** Folders that appear later are watched from the next change of their parent on. */
function watchAll(dir: string, changed: () => void): () => void {
  const watchers = new Map<string, FSWatcher>();
  let stopped = false;
  const add = (path: string) => {
    if (stopped || watchers.has(path)) return;
    try {
      const watcher = watch(path, () => {
        for (const folder of FOLDERS) add(join(dir, folder));
        changed();
      });
      watchers.set(path, watcher);
      watcher.on('error', () => {
        watcher.close();
        watchers.delete(path);
        changed();
      });
    } catch {
      watchers.delete(path);
    }
  };
  for (const path of [dir, ...FOLDERS.map((folder) => join(dir, folder))]) add(path);
  return () => {
    stopped = true;
    for (const watcher of watchers.values()) watcher.close();
  };
}
