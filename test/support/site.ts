import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export type Program = 'sip' | 'media' | 'app';

/** A whole Parley as `npm start` runs it, on free ports and in a folder of its own. */
export interface Site {
  host: string;
  sipPort: number;
  httpUrl: string;
  folder: string;
  /** One password for all seeded accounts. */
  password: string;
  /** Process id of one of the three programs, as it is now. */
  pid(program: Program): number;
  pids(): { main: number } & Record<Program, number>;
  /** Everything printed so far, for failures. */
  output(): string;
  stop(): Promise<void>;
}

export interface SiteOptions {
  env?: Record<string, string>;
  readyWithinMs?: number;
}

const PROGRAM_FILES: Record<Program, string> = {
  sip: 'src/sip/main.ts',
  media: 'src/media/main.ts',
  app: 'src/app-main.ts',
};

/** Starts a site and waits until it says `ready`. */
export async function startSite(options: SiteOptions = {}): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-site-'));
  const password = 'a-password-for-tests';
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PARLEY_HOST: '127.0.0.1',
    PARLEY_SIP_PORT: '0',
    PARLEY_HTTP_PORT: '0',
    PARLEY_WEBRTC_PORT: '0',
    PARLEY_DATA_DIR: join(folder, 'data'),
    PARLEY_RECORDINGS_DIR: join(folder, 'recordings'),
    PARLEY_SEED_PASSWORD: password,
    PARLEY_LOG: 'info',
    ...options.env,
  };
  const main = spawn(process.execPath, ['src/main.ts'], { cwd: resolve(import.meta.dirname, '../..'), env });
  let output = '';
  for (const stream of [main.stdout, main.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));

  const printed = await waitForReady(main, () => output, options.readyWithinMs ?? 120_000);
  const sipPort = Number(/sip:1000@[\d.]+:(\d+)/.exec(printed)?.[1] ?? 0);
  const httpUrl = /(http:\/\/\S+)\/desk/.exec(printed)?.[1] ?? '';
  const pid = (program: Program): number => childOf(main.pid ?? 0, PROGRAM_FILES[program]);
  return {
    host: '127.0.0.1',
    sipPort,
    httpUrl,
    folder,
    password,
    pid,
    pids: () => ({ main: main.pid ?? 0, sip: pid('sip'), media: pid('media'), app: pid('app') }),
    output: () => output,
    stop: async () => {
      await stopProcess(main);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function waitForReady(main: ChildProcess, output: () => string, withinMs: number): Promise<string> {
  return new Promise((resolveReady, reject) => {
    const fail = (why: string): void => {
      main.kill('SIGKILL');
      reject(new Error(`the site ${why}; it printed:\n${output()}`));
    };
    const timer = setTimeout(() => fail(`was not ready within ${withinMs} ms`), withinMs);
    const ended = (code: number | null): void => fail(`ended with status ${code} before it was ready`);
    main.once('exit', ended);
    const look = (): void => {
      // The last line of the announcement that always stands there.
      if (!/^parley: {3}console .*$/m.test(output())) return;
      clearTimeout(timer);
      main.off('exit', ended);
      main.stdout?.off('data', look);
      resolveReady(output());
    };
    main.stdout?.on('data', look);
    look();
  });
}

function stopProcess(main: ChildProcess): Promise<void> {
  return new Promise((resolveStopped) => {
    if (main.exitCode !== null || main.signalCode !== null) return resolveStopped();
    const kill = setTimeout(() => main.kill('SIGKILL'), 30_000);
    main.once('exit', () => {
      clearTimeout(kill);
      resolveStopped();
    });
    main.kill('SIGTERM');
  });
}

/** The child of `parent` that runs `file`, read from /proc. */
function childOf(parent: number, file: string): number {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const ppid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      if (ppid === parent && readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(file)) return Number(entry);
    } catch {
      // The process ended while we looked.
    }
  }
  throw new Error(`no child of ${parent} runs ${file}`);
}
