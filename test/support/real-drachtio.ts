import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freeTcpPort } from './free-port.ts';
import { peer } from './peers.ts';

/** The configuration that we ship for a real drachtio-server. */
const CONFIG = join(import.meta.dirname, '../../sip-config/drachtio.conf.xml');
const LISTENS_WITHIN_MS = 20_000;

/** A drachtio-server of this test alone, started as `docker-compose.yml` starts it, on ports of its own. */
export interface RealDrachtio {
  sipPort: number;
  adminPort: number;
  secret: string;
  /** For `DRACHTIO_URL`. */
  url: string;
  /** Everything printed so far, for failures. */
  output(): string;
  pid(): number;
  /** Ends it at once, without a word to anybody. */
  kill(): Promise<void>;
  /** Starts it again where it was. */
  start(): Promise<void>;
}

export async function startRealDrachtio(): Promise<RealDrachtio> {
  const [sipPort, adminPort] = [await freeTcpPort(), await freeTcpPort()];
  const secret = randomBytes(12).toString('hex');
  let child: ChildProcess | undefined;
  let output = '';
  const start = async (): Promise<void> => {
    const contact = `sip:127.0.0.1:${sipPort};transport=udp,tcp`;
    const args = ['--file', CONFIG, '--contact', contact, '--port', String(adminPort)];
    const started = spawn(peer('drachtio-server'), args, { env: { ...process.env, DRACHTIO_SECRET: secret } });
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    child = started;
    const giveUpAt = performance.now() + LISTENS_WITHIN_MS;
    while (!(await isListening(adminPort))) {
      if (started.exitCode !== null || performance.now() > giveUpAt) {
        started.kill('SIGKILL');
        throw new Error(`drachtio-server does not listen; it printed:\n${output}`);
      }
    }
  };
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    sipPort,
    adminPort,
    secret,
    url: `drachtio://:${secret}@127.0.0.1:${adminPort}`,
    pid: () => child?.pid ?? 0,
    output: () => output,
    kill,
    start,
  };
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => setTimeout(() => resolve(false), 100));
  });
}
