import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './run-child.mjs';
import { giveUp, say } from './say.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  giveUp(`Node ${process.versions.node} is too old to install Parley: 20.19 or newer is needed.`);
}

/** Installs the packages of the lock file unless exactly those are installed already. */
async function ensurePackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.parley-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('installing the npm packages (a minute or so the first time)');
  const status = await runChild('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    quietAs: 'installing the npm packages',
    shell: process.platform === 'win32',
  });
  if (status !== 0) giveUp('npm could not install the packages; its own words stand above.');
  writeFileSync(stamp, lock);
}

/** The Node that runs Parley: the one that came with the packages, or this one if it is new enough. */
export function node24() {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const binary = process.platform === 'win32' ? join('bin', 'node.exe') : join('bin', 'node');
  const installed = join(root, 'node_modules', name, binary);
  if (existsSync(installed)) return installed;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  return giveUp(
    `No Node 24 for ${process.platform}-${process.arch} comes with the packages: run this with Node 24 or newer.`,
  );
}

/** Everything a fresh clone lacks before TypeScript can run. */
export async function bootstrap() {
  checkNode();
  await ensurePackages();
}

/** The environment for our programs: their own Node first on the path. */
export function programEnv(extra = {}) {
  const path = `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`;
  return { ...process.env, PATH: path, ...extra };
}
