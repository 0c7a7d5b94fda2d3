import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MediaClient } from '../../src/adapters/media/client.ts';
import { type MediaProgram, type MediaProgramOptions, startMediaProgram } from '../../src/media/program.ts';
import type { MediaFact } from '../../src/media/protocol/messages.ts';
import { writeWavHeader } from '../../src/media/recorder/wav.ts';
import type { StartWebRtcGate } from '../../src/media/webrtc-port.ts';
import { ParleyError } from '../../src/shared/errors.ts';
import { createLogger } from '../../src/shared/logger.ts';

/** A running media program with one app connected to it, in a folder of its own. */
export interface MediaUnderTest {
  program: MediaProgram;
  client: MediaClient;
  secret: string;
  facts: MediaFact[];
  folder: string;
  recordingsDir: string;
  promptDir: string;
  /** Resolves with the first fact, past or future, that is of this kind and matches. */
  fact<K extends MediaFact['fact']>(
    kind: K,
    matches?: (fact: Extract<MediaFact, { fact: K }>) => boolean,
  ): Promise<Extract<MediaFact, { fact: K }>>;
  /** Writes a prompt and answers its hash. */
  prompt(samples: Int16Array): Promise<string>;
  /** Closes every endpoint, bridge and recording and forgets the facts, for the next test. */
  closeAll(): Promise<void>;
  stop(): Promise<void>;
}

/** A browsers' side with no worker, as on a machine where mediasoup's binary is missing. */
export const withoutWorker: StartWebRtcGate = async () => {
  const refuse = () => Promise.reject(new ParleyError('media.noWorker'));
  return {
    open: refuse,
    connect: refuse,
    produce: refuse,
    consume: refuse,
    restartIce: refuse,
    close: () => {},
    stop: async () => {},
  };
};

let nextPorts = 0;

/** Ports differ for each program of a test process; other programs' ports are found taken and passed over. */
function somePorts(): { min: number; max: number } {
  const min = 30_000 + ((process.pid * 37 + nextPorts++ * 200) % 150) * 200;
  return { min, max: min + 199 };
}

export async function startMedia(options: Partial<MediaProgramOptions> = {}): Promise<MediaUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-media-'));
  const recordingsDir = options.recordingsDir ?? join(folder, 'recordings');
  const log = createLogger('media', { level: process.env['PARLEY_LOG'] ?? 'silent' });
  const secret = 'a secret for tests only';
  const program = await startMediaProgram({
    host: '127.0.0.1',
    rtpPorts: somePorts(),
    webRtcPort: 0,
    webRtcWorkers: 1,
    adminHost: '127.0.0.1',
    adminPort: 0,
    secret,
    recordingsDir,
    promptDir: folder,
    threads: 2,
    startWebRtc: withoutWorker,
    log,
    ...options,
  });
  const client = new MediaClient({
    host: '127.0.0.1',
    port: program.adminPort,
    secret,
    client: 'test',
    log,
    answerWithinMs: 60_000,
  });
  const facts: MediaFact[] = [];
  const waiters = new Set<(fact: MediaFact) => void>();
  client.onFact((fact) => {
    facts.push(fact);
    for (const waiter of waiters) waiter(fact);
  });
  await client.connect();
  const under: MediaUnderTest = {
    program,
    client,
    secret,
    facts,
    folder,
    recordingsDir,
    promptDir: folder,
    fact: (kind, matches) =>
      new Promise((resolve) => {
        const look = (fact: MediaFact) => {
          if (fact.fact !== kind) return;
          const found = fact as Extract<MediaFact, { fact: typeof kind }>;
          if (matches && !matches(found)) return;
          waiters.delete(look);
          resolve(found);
        };
        waiters.add(look);
        for (const fact of [...facts]) look(fact);
      }),
    prompt: async (samples) => {
      const wav = Buffer.concat([writeWavHeader(1, samples.length * 2), Buffer.from(samples.buffer)]);
      const hash = createHash('sha256').update(wav).digest('hex');
      await writeFile(join(folder, `${hash}.wav`), wav);
      return hash;
    },
    closeAll: async () => {
      const { endpoints, bridges } = await client.order({ order: 'inventory' });
      for (const { endpointId } of endpoints) await client.order({ order: 'endpoint.close', endpointId });
      for (const { bridgeId } of bridges) await client.order({ order: 'bridge.close', bridgeId });
      const recordingIds = (await client.order({ order: 'inventory' })).recordings.map(
        ({ recordingId }) => recordingId,
      );
      await Promise.all(
        recordingIds.map((id) => under.fact('recordingClosed', ({ recordingId }) => recordingId === id)),
      );
      facts.length = 0;
    },
    stop: async () => {
      client.close();
      await program.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return under;
}
