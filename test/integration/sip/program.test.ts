import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { RawApp } from '../../support/raw-app.ts';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

const PROGRAM = fileURLToPath(new URL('../../../src/sip/main.ts', import.meta.url));

async function start(): Promise<{
  child: ChildProcess;
  ready: { ready: boolean; sipPort: number; adminPort: number };
}> {
  const child = fork(PROGRAM, ['--port', '0', '--admin-port', '0'], {
    env: { ...process.env, PARLEY_SIP_SECRET: 'of the environment', PARLEY_LOG: 'error' },
    execArgv: [],
  });
  started.push(child);
  const [ready] = await once(child, 'message');
  return { child, ready };
}

test('[SIP9] the program tells its parent its ports and takes its secret from the environment', async () => {
  const { ready } = await start();
  expect(ready.ready).toBe(true);
  expect(ready.sipPort).toBeGreaterThan(0);
  const app = await RawApp.connect(ready.adminPort);
  expect((await app.ask('authenticate|of the environment|'))[0]).toBe('OK');
  app.close();
});

test('[SIP9] it ends by itself on SIGTERM and when its parent lets go', async () => {
  const first = await start();
  first.child.kill('SIGTERM');
  expect(await once(first.child, 'exit')).toEqual([0, null]);
  const second = await start();
  second.child.disconnect();
  expect(await once(second.child, 'exit')).toEqual([0, null]);
});

test('[SIP9] without a secret it does not start', async () => {
  const env = { ...process.env, PARLEY_LOG: 'silent' };
  delete (env as Record<string, string | undefined>)['PARLEY_SIP_SECRET'];
  const child = fork(PROGRAM, ['--port', '0', '--admin-port', '0'], { env, execArgv: [] });
  started.push(child);
  expect(await once(child, 'exit')).toEqual([1, null]);
});
