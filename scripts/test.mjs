import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap, node24, programEnv, root } from './bootstrap.mjs';
import { check } from './check.mjs';
import { runChild } from './run-child.mjs';
import { say } from './say.mjs';
import { ensurePrograms, TEST_PROGRAMS } from './system-packages.mjs';

/** `npm test [-- vitest arguments]`: prepares the machine, checks the tree, runs every suite. */
const chosen = process.argv.slice(2);

await bootstrap();
await ensurePrograms(TEST_PROGRAMS, 'the tests need them');
const { ensureWorker } = await import('./worker.mjs');
const worker = await ensureWorker();
const { buildWeb } = await import('./build-web.mjs');
await buildWeb();
if (chosen.length === 0) await check();

say('running the tests');
const folder = mkdtempSync(join(tmpdir(), 'parley-test-'));
const results = join(folder, 'results.json');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
const env = programEnv(worker ? { MEDIASOUP_WORKER_BIN: worker } : {});
const status = await runChild(node24(), [vitest, 'run', ...reporters, ...chosen], { cwd: root, env });
try {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(results, 'utf8'));
  process.stdout.write(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped\n`);
} catch {
  say('the tests ended before they could be counted');
}
rmSync(folder, { recursive: true, force: true });
process.exit(status);
