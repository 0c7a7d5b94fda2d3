import { type ChildProcess, fork } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MediaClient } from '../src/adapters/media/client.ts';
import { createLogger } from '../src/shared/logger.ts';
import { RtpPhone } from '../test/support/rtp-phone.ts';
import { toneWav } from '../test/support/tones.ts';

/**
 * The media program alone: CPU per call-second with RTP both ways. The program and the phones are processes of their
 * own; only the program's CPU time counts (read from /proc, all its threads). Work: `play` (a looped prompt to each leg),
 * `record` (the same, each leg recorded), `bridge` (legs in pairs hear each other).
 * `node bench/rtp.ts [--legs 100] [--seconds 10] [--work play] [--threads 1] [--json]`
 */

const TICKS_PER_SECOND = 100;

function option(name: string, otherwise: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise);
}

if (process.argv[2] === 'phones') await phones();
else await measure();

/** The other process: opens as many phones as asked, starts each with the answer it is given. */
async function phones(): Promise<void> {
  const all: RtpPhone[] = [];
  process.on('message', async (message: { open?: number; start?: string[] }) => {
    for (let i = 0; i < (message.open ?? 0); i++) all.push(await RtpPhone.open());
    if (message.open) process.send?.({ sdps: all.map((phone) => phone.sdp()) });
    message.start?.forEach((sdp, i) => {
      const phone = all[i];
      if (!phone) return;
      phone.toneHz = 440;
      phone.start(sdp);
      setInterval(() => phone.heard.splice(0), 1_000);
    });
  });
}

async function cpuMs(pid: number): Promise<number> {
  const stat = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
  return ((Number(stat[11]) + Number(stat[12])) * 1_000) / TICKS_PER_SECOND;
}

function nextMessage<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve) => child.once('message', (message) => resolve(message as T)));
}

async function measure(): Promise<void> {
  const legs = Number(option('legs', '100'));
  const seconds = Number(option('seconds', '10'));
  const work = option('work', 'play');
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const secret = 'a secret for this bench';
  const env = {
    ...process.env,
    PARLEY_MEDIA_SECRET: secret,
    PARLEY_DATA_DIR: folder,
    PARLEY_RECORDINGS_DIR: join(folder, 'recordings'),
    PARLEY_WEBRTC_PORT: '0',
    PARLEY_MEDIA_THREADS: option('threads', '1'),
    PARLEY_LOG: 'error',
  };
  const media = fork(join(import.meta.dirname, '../src/media/main.ts'), [], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const { adminPort } = await nextMessage<{ adminPort: number }>(media);
  const callers = fork(import.meta.filename, ['phones']);
  callers.send({ open: legs });
  const { sdps } = await nextMessage<{ sdps: string[] }>(callers);
  const log = createLogger('bench', { level: 'error' });
  const client = new MediaClient({ host: '127.0.0.1', port: adminPort, secret, client: 'bench', log });
  await client.connect();
  const answers: string[] = [];
  for (const [i, offer] of sdps.entries()) {
    answers.push((await client.order({ order: 'endpoint.openRtp', endpointId: `leg-${i}`, offer })).sdp);
  }
  callers.send({ start: answers });
  await giveWork(client, work, legs, folder);
  await sleep(2_000);
  const before = await cpuMs(media.pid ?? 0);
  const startedAt = performance.now();
  await sleep(seconds * 1_000);
  const tookS = (performance.now() - startedAt) / 1_000;
  const spent = (await cpuMs(media.pid ?? 0)) - before;
  const result = { work, legs, seconds: tookS, cpuMsPerLegSecond: spent / legs / tookS, cores: spent / 1_000 / tookS };
  console.log(process.argv.includes('--json') ? JSON.stringify(result) : result);
  client.close();
  callers.kill();
  media.kill();
  await rm(folder, { recursive: true, force: true });
}

async function giveWork(client: MediaClient, work: string, legs: number, folder: string): Promise<void> {
  const hash = '0'.repeat(64);
  await mkdir(join(folder, 'prompts'));
  await writeFile(join(folder, 'prompts', `${hash}.wav`), toneWav(600, 4_000));
  for (let i = 0; i < legs; i++) {
    const endpointId = `leg-${i}`;
    if (work === 'bridge') {
      if (i % 2 === 1) continue;
      const other = `leg-${i + 1}`;
      await client.order({
        order: 'bridge.set',
        bridgeId: endpointId,
        hears: { [endpointId]: [other], [other]: [endpointId] },
      });
      continue;
    }
    await client.order({
      order: 'endpoint.play',
      endpointId,
      playId: `play-${i}`,
      items: [{ type: 'prompt', hash }],
      loop: true,
    });
    if (work === 'record') {
      await client.order({
        order: 'record.start',
        recordingId: `rec-${i}`,
        file: `${endpointId}.wav`,
        left: endpointId,
        right: [],
      });
    }
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
