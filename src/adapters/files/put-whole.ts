import { type FileHandle, rename, rm } from 'node:fs/promises';

/**
 * Makes `goal` of the file `half` beside it: `begin` opens it, `fill` writes what is still to be written; then it is written through to
 * the disk and renamed, so that the goal is there whole or not at all. No half is left, whatever happens.
 */
export async function putWhole(
  goal: string,
  half: string,
  begin: () => Promise<FileHandle>,
  fill: (handle: FileHandle) => Promise<void> = async () => {},
): Promise<void> {
  try {
    const handle = await begin();
    try {
      await fill(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(half, goal);
  } finally {
    await rm(half, { force: true });
  }
}
