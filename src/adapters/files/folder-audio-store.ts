import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, open, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { AudioStore } from '../../recordings/recording-store.ts';
import { ParleyError } from '../../shared/errors.ts';
import { putWhole } from './put-whole.ts';

/** Names of letters, digits and `_ . -`, none of which begins with a point, so there is no way up or out. */
const KEY = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/;
const LONGEST_KEY = 300;

/** Audio in a folder; keys are paths below it. */
export function folderAudioStore(root: string): AudioStore {
  return {
    put: (key, file) => putFile(pathOf(root, key), file),

    open: async (key, range) => {
      const path = isKey(key) ? await insidePath(root, join(root, key)) : undefined;
      const found = path === undefined ? undefined : await stat(path).catch(absent);
      if (path === undefined || !found?.isFile()) return undefined;
      const end = Math.min(range?.end ?? found.size, found.size);
      const start = Math.max(0, Math.min(range?.start ?? 0, end));
      // A stream cannot be told to read nothing, only to read up to a byte.
      const stream = start === end ? createReadStream('/dev/null') : createReadStream(path, { start, end: end - 1 });
      return { size: found.size, stream };
    },

    remove: (key) => rm(pathOf(root, key), { force: true }),
  };
}

function isKey(key: string): boolean {
  return key.length <= LONGEST_KEY && KEY.test(key);
}

function pathOf(root: string, key: string): string {
  if (!isKey(key)) throw new ParleyError('request.invalid', { key }, { text: 'That is no key of a recording' });
  return join(root, key);
}

/** The path with all links followed, if it is still below `root`. */
async function insidePath(root: string, path: string): Promise<string | undefined> {
  try {
    const [base, real] = await Promise.all([realpath(root), realpath(path)]);
    return real.startsWith(base + sep) ? real : undefined;
  } catch (error) {
    return absent(error);
  }
}

/** The goal is there whole or not at all. */
async function putFile(goal: string, file: string): Promise<void> {
  await mkdir(dirname(goal), { recursive: true });
  const half = `${goal}.${randomBytes(4).toString('hex')}.part`;
  await putWhole(goal, half, async () => {
    await copyFile(file, half);
    return open(half, 'r+');
  });
}

function absent(error: unknown): undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
  throw error;
}
