import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { freeTcpPort } from './free-port.ts';
import { peer } from './peers.ts';

const execute = promisify(execFile);

export interface PostgresServer {
  /** A new, empty database of this name. */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
  /** Stops it as a power cut would, and brings it back. */
  crash(): Promise<void>;
  start(): Promise<void>;
}

/** A PostgreSQL of this test alone, in a folder that is gone afterwards. It refuses to run as root, so root becomes `postgres`. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = dirname(peer('postgres'));
  const folder = mkdtempSync(join(tmpdir(), 'parley-postgres-'));
  const data = join(folder, 'data');
  const port = await freeTcpPort();
  const isRoot = process.getuid?.() === 0;
  const asUser = (program: string, args: string[]): [string, string[]] =>
    isRoot ? ['runuser', ['-u', 'postgres', '--', join(bin, program), ...args]] : [join(bin, program), args];
  if (isRoot) {
    chmodSync(folder, 0o755);
    await execute('chown', ['postgres', folder]);
  }
  await execute(...asUser('initdb', ['-D', data, '-U', 'parley', '-A', 'trust', '-E', 'UTF8', '--no-sync']), {
    cwd: folder,
  });

  const server = async () => {
    const settings = ['-D', data, '-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1'];
    // fsync: nothing outlives the test.
    const child = spawn(...asUser('postgres', [...settings, '-c', 'fsync=off']), {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(child, 'exit');
    const said: string[] = [];
    for await (const line of createInterface({ input: child.stderr })) {
      said.push(line);
      if (line.includes('ready to accept connections')) break;
    }
    if (child.exitCode !== null) throw new Error(`postgres ended:\n${said.join('\n')}`);
    child.stderr.resume();
    return { ended };
  };
  let running: Awaited<ReturnType<typeof server>> | undefined = await server();
  const halt = async (mode: 'fast' | 'immediate'): Promise<void> => {
    if (!running) return;
    await execute(...asUser('pg_ctl', ['-D', data, '-m', mode, '-W', 'stop']), { cwd: folder });
    await running.ended;
    running = undefined;
  };

  return {
    createDatabase: async (name) => {
      await execute(join(bin, 'createdb'), ['-h', '127.0.0.1', '-p', String(port), '-U', 'parley', name], {
        cwd: folder,
      });
      return `postgres://parley@127.0.0.1:${port}/${name}`;
    },
    crash: () => halt('immediate'),
    start: async () => {
      running ??= await server();
    },
    stop: async () => {
      await halt('immediate');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
