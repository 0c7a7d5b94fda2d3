import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installDebian } from '../system-packages.mjs';

const recipe = dirname(fileURLToPath(import.meta.url));

/** What the build calls and links, and the Debian package that brings each. */
const PACKAGE_OF_PROGRAM = {
  'c++': 'g++',
  cmake: 'cmake',
  ninja: 'ninja-build',
  'pkg-config': 'pkg-config',
  flatc: 'flatbuffers-compiler',
};
const PACKAGE_OF_LIBRARY = {
  libuv: 'libuv1-dev',
  openssl: 'libssl-dev',
  libsrtp2: 'libsrtp2-dev',
  absl_strings: 'libabsl-dev',
  flatbuffers: 'libflatbuffers-dev',
};

const PROGRESS_EVERY_MS = 5_000;
/** How much of a failed command's output is shown. */
const LAST_WORDS = 4_000;

/** Builds the worker inside `folder` and resolves with the binary's path. Throws with the reason if it cannot. */
export async function buildWorker(mediasoup, folder, log) {
  if (process.platform === 'win32') throw new Error('it cannot be built on Windows; set MEDIASOUP_WORKER_BIN');
  const missing = missingPackages();
  if (missing.length > 0) {
    await installDebian(missing, "building mediasoup's worker needs them");
    if (missingPackages().length > 0) throw new Error(`cannot be built without ${missing.join(', ')}`);
  }
  log('mediasoup worker: building it from source (once; some minutes)');
  const configure = [
    '-S',
    recipe,
    '-B',
    folder,
    '-G',
    'Ninja',
    '-DCMAKE_BUILD_TYPE=Release',
    `-DMEDIASOUP=${mediasoup}`,
  ];
  await run('cmake', configure, () => {});
  await run('ninja', ['-C', folder, '-j', String(availableParallelism())], progressOf(log));
  return join(folder, 'mediasoup-worker');
}

function missingPackages() {
  const programs = Object.keys(PACKAGE_OF_PROGRAM).filter((program) => !isOnPath(program));
  const libraries = Object.keys(PACKAGE_OF_LIBRARY).filter(
    (library) => spawnSync('pkg-config', ['--exists', library], { stdio: 'ignore' }).status !== 0,
  );
  return [
    ...programs.map((program) => PACKAGE_OF_PROGRAM[program]),
    ...libraries.map((library) => PACKAGE_OF_LIBRARY[library]),
  ];
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** Turns ninja's `[37/259] …` lines into one line every few seconds. */
function progressOf(log) {
  let saidAt = Date.now();
  return (line) => {
    const step = /^\[(\d+)\/(\d+)\]/.exec(line);
    if (!step || Date.now() - saidAt < PROGRESS_EVERY_MS) return;
    saidAt = Date.now();
    log(`mediasoup worker: ${step[1]}/${step[2]} …`);
  };
}

/** Runs a command, hands on each line of its output, and throws with its last words if it fails. */
function run(command, args, onLine) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NINJA_STATUS: '[%f/%t] ' },
    });
    let said = '';
    let rest = '';
    const take = (chunk) => {
      said = (said + chunk).slice(-LAST_WORDS);
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(onLine);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} failed (${signal ?? `status ${code}`}):\n${said}`));
    });
  });
}
