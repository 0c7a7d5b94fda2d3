#!/usr/bin/env node
import { bootstrap, node24, programEnv, root } from './bootstrap.mjs';
import { becomeChild } from './run-child.mjs';

/** The `parley` command: `npx parley help`. */
const [command] = process.argv.slice(2);
if (command === 'start') {
  process.argv.splice(2, 1);
  await import('./start.mjs');
} else {
  await bootstrap();
  process.exit(await becomeChild(node24(), [`${root}/src/cli.ts`, ...process.argv.slice(2)], { env: programEnv() }));
}
