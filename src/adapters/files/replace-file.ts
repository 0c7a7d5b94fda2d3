import { randomBytes } from 'node:crypto';
import { open, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { putWhole } from './put-whole.ts';

/** Gives a file that is there other bytes: whole, or not at all. What a link leads to is replaced, and not the link. */
export async function replaceFile(file: string, bytes: Uint8Array): Promise<void> {
  const goal = await realpath(file);
  const { mode } = await stat(goal);
  // Begins with a point, so that nobody who watches the folder takes it for a flow.
  const half = join(dirname(goal), `.${basename(goal)}.${randomBytes(4).toString('hex')}.part`);
  await putWhole(
    goal,
    half,
    () => open(half, 'wx', mode),
    (handle) => handle.writeFile(bytes),
  );
}
