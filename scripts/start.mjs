import { bootstrap, node24, programEnv, root } from './bootstrap.mjs';
import { becomeChild } from './run-child.mjs';
import { ensurePrograms, RUN_PROGRAMS } from './system-packages.mjs';

await bootstrap();
await ensurePrograms(RUN_PROGRAMS, 'speech and recordings need them');
const { ensureWorker } = await import('./worker.mjs');
const worker = await ensureWorker();
const { buildWeb } = await import('./build-web.mjs');
await buildWeb();
const env = programEnv(worker ? { MEDIASOUP_WORKER_BIN: worker } : {});
process.exit(await becomeChild(node24(), ['src/main.ts', ...process.argv.slice(2)], { cwd: root, env }));
