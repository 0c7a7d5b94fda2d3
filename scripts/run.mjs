import { bootstrap, node24, programEnv, root } from './bootstrap.mjs';
import { becomeChild } from './run-child.mjs';
import { ensurePrograms, RUN_PROGRAMS } from './system-packages.mjs';

/** `node scripts/run.mjs <file.ts> [--with program,…] [arguments]`: runs a TypeScript program of ours on its own Node. */
const [file, ...rest] = process.argv.slice(2);
const at = rest.indexOf('--with');
const needed = at < 0 ? [] : (rest.splice(at, 2)[1] ?? '').split(',');

await bootstrap();
if (needed.length > 0) await ensurePrograms([...RUN_PROGRAMS, ...needed], 'this command needs them');
const { ensureWorker } = await import('./worker.mjs');
const worker = needed.length > 0 ? await ensureWorker() : process.env.MEDIASOUP_WORKER_BIN;
const env = programEnv(worker ? { MEDIASOUP_WORKER_BIN: worker } : {});
process.exit(await becomeChild(node24(), [file, ...rest], { cwd: root, env }));
