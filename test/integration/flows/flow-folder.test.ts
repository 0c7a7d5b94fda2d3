import { once } from 'node:events';
import { cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openFlowFolder } from '../../../src/adapters/files/flow-folder.ts';
import { checkFolder } from '../../../src/flows/check/folder.ts';
import { FlowLibrary } from '../../../src/flows/library.ts';
import { systemClock } from '../../../src/shared/time.ts';

const shipped = join(import.meta.dirname, '../../../ivr-flows');

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'flows-'));
  await cp(shipped, dir, { recursive: true });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it('[F10] the flows that come with Parley have no mistake', async () => {
  expect(await checkFolder(openFlowFolder(shipped))).toEqual([]);
});

it('[F40] a file that is written, broken, replaced and deleted is followed as it changes', async () => {
  const library = new FlowLibrary({ folder: openFlowFolder(dir), clock: systemClock });
  const file = join(dir, 'new.yaml');
  const text = 'flow: new\nversion: 1\nstart: end\nsteps:\n  end: { hangup: {} }\n';
  await library.open();
  try {
    expect(library.current('welcome')?.title).toBe('Welcome');
    const loaded = once(library, 'loaded');
    await writeFile(file, text);
    expect((await loaded)[0]).toMatchObject({ name: 'new' });

    const broken = once(library, 'broken');
    await writeFile(file, text.replace('end }', 'end'));
    await writeFile(file, `${text}  : :`);
    expect((await broken)[0]).toBe('new.yaml');
    expect(library.current('new')?.name).toBe('new');

    const replaced = once(library, 'loaded');
    await writeFile(`${file}.tmp`, `# another version\n${text}`);
    await rename(`${file}.tmp`, file);
    expect((await replaced)[0]).toMatchObject({ name: 'new', hash: library.current('new')?.hash });

    const removed = once(library, 'removed');
    await rm(file);
    expect(await removed).toEqual(['new']);
  } finally {
    library.close();
  }
});

it('[F1] a file that is no text is told, and nothing else is disturbed', async () => {
  await writeFile(join(dir, 'binary.yaml'), Buffer.from([0xff, 0xfe, 0x00, 0x80]));
  const errors = await checkFolder(openFlowFolder(dir));
  expect(errors).toMatchObject([{ file: 'binary.yaml', rule: 'file.unreadable' }]);
});
