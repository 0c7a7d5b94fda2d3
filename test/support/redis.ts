import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freeTcpPort } from './free-port.ts';
import { peer } from './peers.ts';

export interface RedisServer {
  url: string;
  stop(): Promise<void>;
}

/** A Redis of this test alone, which keeps nothing. `port` brings one back where it was. */
export async function startRedis(port?: number): Promise<RedisServer & { port: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-redis-'));
  const at = port ?? (await freeTcpPort());
  const settings = ['--port', String(at), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = spawn(peer('redis-server'), settings, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('Ready to accept connections')) break;
  }
  child.stdout.resume();
  return {
    port: at,
    url: `redis://127.0.0.1:${at}`,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
