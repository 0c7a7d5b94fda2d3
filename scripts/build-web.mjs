import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, node24, programEnv, root } from './bootstrap.mjs';
import { runChild } from './run-child.mjs';
import { giveUp, say } from './say.mjs';

const OUT = join(root, 'dist', 'web');
const STAMP = join(OUT, '.hash');
/** What the pages are made of; the lock file stands for the packages. */
const INPUTS = ['src/web', 'src/protocol', 'src/shared'];

function hashOfInputs() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const folder of INPUTS) {
    const names = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .sort();
    for (const name of names) hash.update(name.slice(root.length)).update('\0').update(readFileSync(name)).update('\0');
  }
  return hash.digest('hex');
}

/** Builds the pages into dist/web, unless what is there was made of exactly these sources. */
export async function buildWeb() {
  const hash = hashOfInputs();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return;
  say('building the pages');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const config = join(root, 'src', 'web', 'vite.config.ts');
  const status = await runChild(node24(), [vite, 'build', '--config', config, '--logLevel', 'warn'], {
    cwd: root,
    env: programEnv(),
    quietAs: 'building the pages',
  });
  if (status !== 0) giveUp("the pages could not be built; Vite's own words stand above.");
  writeFileSync(STAMP, hash);
}

if (process.argv[1] === import.meta.filename) {
  await bootstrap();
  await buildWeb();
}
