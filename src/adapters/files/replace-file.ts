import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Gives a file that is there other bytes: whole, or not at all. What a link leads to is replaced, and not the link. */
export async function replaceFile(file: string, bytes: Uint8Array): Promise<void> {
  const goal = await realpath(file);
  const { mode } = await stat(goal);
  // Begins with a point, so that nobody who watches the folder takes it for a flow.
  const half = join(dirname(goal), `.${basename(goal)}.${randomBytes(4).toString('hex')}.part`);
  try {
    const handle = await open(half, 'wx', mode);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(half, goal);
  } finally {
    await rm(half, { force: true });
  }
}
