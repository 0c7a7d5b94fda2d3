import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Captures the datagrams that fit `filter` on the loopback into a classic capture file until the answer is called. */
export async function capture(file: string, filter: string): Promise<() => Promise<void>> {
  const args = ['-q', '-P', '-i', 'lo', '-s', '96', '-B', '64', '-f', filter, '-w', file];
  const child = spawn('dumpcap', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let words = '';
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => reject(new Error(`dumpcap ended: ${words}`)));
    child.stderr.on('data', (chunk: Buffer) => {
      words += chunk.toString();
      if (words.includes('File:')) resolve();
    });
  });
  return async () => {
    child.kill('SIGINT');
    await ended;
  };
}

export interface SippRun {
  /** The scenario's file; by default the `ivr` caller of the benchmark. */
  scenario?: string;
  folder: string;
  target: string;
  number: string;
  audio: string;
  /** UDP without it. */
  transport?: 'udp' | 'tcp';
  callsAtOnce: number;
  total: number;
  callsPerSecond: number;
}

/** Runs a caller of sipp to its end; a call that does not go by the scenario counts as failed. */
export async function callWithSipp(run: SippRun): Promise<{ succeeded: number; failed: number }> {
  const template = readFileSync(run.scenario ?? join(import.meta.dirname, '../scenarios/ivr.xml'), 'utf8');
  const scenario = join(run.folder, 'scenario.xml');
  writeFileSync(scenario, template.replace('[audio_file]', run.audio));
  const rate = Math.max(1, Math.round(run.callsPerSecond * 10));
  const args = [run.target, '-sf', scenario, '-s', run.number, '-i', '127.0.0.1', '-mi', '127.0.0.1'];
  if (run.transport === 'tcp') args.push('-t', 't1');
  args.push('-r', String(rate), '-rp', '10s', '-l', String(run.callsAtOnce), '-m', String(run.total));
  args.push(
    '-timeout',
    '600',
    '-recv_timeout',
    '40000',
    '-nostdin',
    '-trace_stat',
    '-stf',
    join(run.folder, 'stat.csv'),
    '-fd',
    '1',
  );
  args.push('-trace_err', '-error_file', join(run.folder, 'errors.log'));
  const child = spawn('sipp', args, {
    cwd: run.folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, TERM: 'dumb' },
  });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const status = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? -1));
  });
  const rows = readFileSync(join(run.folder, 'stat.csv'), 'utf8')
    .trim()
    .split('\n')
    .map((row) => row.split(';'));
  const heads = rows[0] ?? [];
  const last = rows[rows.length - 1] ?? [];
  const value = (name: string): number => Number(last[heads.indexOf(name)] ?? Number.NaN);
  const [succeeded, failed] = [value('SuccessfulCall(C)'), value('FailedCall(C)')];
  if (!Number.isFinite(succeeded)) throw new Error(`sipp ended with status ${status}: ${words.slice(-2_000)}`);
  return { succeeded, failed };
}
