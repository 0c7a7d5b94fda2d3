import { join } from 'node:path';
import { bootstrap, programEnv, root } from './bootstrap.mjs';
import { runChild } from './run-child.mjs';
import { giveUp, say } from './say.mjs';

/** Types (server and browser apart, for they see different worlds), then lint, format and the layer rules. */
const CHECKS = [
  ['types', 'tsc', ['-p', '.']],
  ['types of the pages', 'tsc', ['-p', 'src/web']],
  ['lint, format and layers', 'biome', ['ci', '--error-on-warnings', '.']],
];

export async function check() {
  for (const [what, command, args] of CHECKS) {
    say(`checking ${what}`);
    const status = await runChild(join(root, 'node_modules', '.bin', command), args, { cwd: root, env: programEnv() });
    if (status !== 0) giveUp(`${what}: not clean`);
  }
}

if (process.argv[1] === import.meta.filename) {
  await bootstrap();
  await check();
}
