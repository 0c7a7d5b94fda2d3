import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runChild } from './run-child.mjs';
import { say } from './say.mjs';

/** Programs that Parley or its tests call, and the Debian package that brings each. */
const PACKAGE_OF = {
  ffmpeg: 'ffmpeg',
  'espeak-ng': 'espeak-ng',
  chromium: 'chromium',
  'redis-server': 'redis-server',
  '/usr/lib/postgresql': 'postgresql',
  sipp: 'sip-tester',
  dumpcap: 'tshark',
  '/usr/share/fonts/opentype/noto': 'fonts-noto-cjk',
};

export const RUN_PROGRAMS = ['ffmpeg', 'espeak-ng'];
export const TEST_PROGRAMS = Object.keys(PACKAGE_OF).filter((program) => program !== 'dumpcap');

function isThere(program) {
  if (program.startsWith('/')) return existsSync(program);
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

function isDebian() {
  try {
    return /^(ID|ID_LIKE)=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/**
 * Installs Debian packages where that is allowed (root on Debian or Ubuntu); elsewhere says the one command to run.
 * Resolves with whether they are there now.
 */
export async function installDebian(packages, why) {
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (!isDebian() || process.getuid?.() !== 0) {
    say(`${why}: please run \`${isDebian() ? 'sudo ' : ''}${command}\` (or your system's like of it).`);
    return false;
  }
  say(`${why}: installing ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quietAs = `installing ${packages.length} system package(s)`;
  await runChild('apt-get', ['update', '-qq'], { env, quietAs: 'reading the package lists' });
  const status = await runChild('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    env,
    quietAs,
  });
  return status === 0;
}

/** Makes sure of the programs named; what cannot be installed is said and left to the callers, who can do without. */
export async function ensurePrograms(programs, why) {
  const missing = programs.filter((program) => !isThere(program));
  if (missing.length === 0) return;
  await installDebian([...new Set(missing.map((program) => PACKAGE_OF[program]))], why);
}
