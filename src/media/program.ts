import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import type { Logger } from '../shared/logger.ts';
import { type Clock, systemClock } from '../shared/time.ts';
import { newEpochMs } from './clock/shared-clock.ts';
import { Connection } from './control/connection.ts';
import type { Exchange } from './control/exchange.ts';
import { InTurn } from './control/in-turn.ts';
import { legLost, passOn, threadLost } from './control/losses.ts';
import { carryOut } from './control/orders.ts';
import { BridgeTables } from './control/tables.ts';
import { Prompts } from './player/prompts.ts';
import type { MediaFact } from './protocol/messages.ts';
import { recover } from './recorder/recover.ts';
import { PortPool } from './rtp/ports.ts';
import { ThreadCrew } from './threads/crew.ts';
import type { ThreadStats } from './threads/messages.ts';
import type { StartWebRtcGate } from './webrtc-port.ts';

export interface MediaProgramOptions {
  /** Address of carrier legs and of browsers, bound and advertised. */
  host: string;
  rtpPorts: { min: number; max: number };
  webRtcPort: number;
  webRtcWorkers: number;
  /** Where the app connects; port 0 picks one. */
  adminHost: string;
  adminPort: number;
  secret: string;
  recordingsDir: string;
  /** Prompts are `<sha256>.wav` here. */
  promptDir: string;
  threads: number;
  startWebRtc: StartWebRtcGate;
  log: Logger;
  clock?: Clock;
}

export interface MediaStats {
  endpoints: number;
  bridges: number;
  recordings: number;
  portsInUse: number;
  connections: number;
  threads: ThreadStats[];
}

export interface MediaProgram {
  adminPort: number;
  /** Ends every leg and recording, then the threads and workers. */
  close(): Promise<void>;
  stats(): Promise<MediaStats>;
  /** Ends a thread as a crash would. For tests. */
  killThread(index: number): Promise<void>;
}

/** Starts the media program; resolves when orders can be given. When an app's connection ends, nothing else changes. */
export async function startMediaProgram(options: MediaProgramOptions): Promise<MediaProgram> {
  const { host, recordingsDir, log } = options;
  const clock = options.clock ?? systemClock;
  await mkdir(recordingsDir, { recursive: true });
  const connections = new Set<Connection>();
  // What happened while no app was there to hear it: above all recordings that a crash had left open.
  const untold: MediaFact[] = await recover(recordingsDir, clock.now());
  const tell = (fact: MediaFact) => {
    const apps = [...connections].filter(({ isApp }) => isApp);
    if (apps.length === 0 && fact.fact === 'recordingClosed') untold.push(fact);
    for (const app of apps) app.tell(fact);
  };
  const crew = new ThreadCrew({
    count: options.threads,
    epochMs: newEpochMs(),
    log,
    onFact: (fact) => passOn(exchange, fact),
    onReplaced: (dead, index) => void threadLost(exchange, dead, index),
  });
  const gate = await options.startWebRtc({
    host,
    port: options.webRtcPort,
    workers: options.webRtcWorkers,
    log,
    listener: {
      state: (endpointId, state) => tell({ fact: 'webrtcState', at: clock.now(), endpointId, state }),
      lost: (endpointId, reason) => void legLost(exchange, endpointId, reason),
      workerReplaced: (index) => tell({ fact: 'workerReplaced', at: clock.now(), worker: 'mediasoup', index }),
    },
  });
  const exchange: Exchange = {
    host,
    recordingsDir,
    legs: new Map(),
    tables: new BridgeTables(),
    recordings: new Map(),
    turns: new InTurn(),
    ports: new PortPool(options.rtpPorts.min, options.rtpPorts.max),
    prompts: new Prompts(options.promptDir),
    crew,
    gate,
    now: () => clock.now(),
    tell,
  };
  const server = listenForApps(exchange, connections, untold, options, clock);
  const adminPort = await listening(server, options.adminHost, options.adminPort);
  return {
    adminPort,
    killThread: (index) => crew.killThread(index),
    stats: async () => ({
      endpoints: exchange.legs.size,
      bridges: exchange.tables.list().length,
      recordings: exchange.recordings.size,
      portsInUse: exchange.ports.inUse,
      connections: connections.size,
      threads: await crew.stats(),
    }),
    close: async () => {
      await crew.end();
      await gate.stop();
      for (const connection of connections) connection.end();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listenForApps(
  exchange: Exchange,
  connections: Set<Connection>,
  untold: MediaFact[],
  { secret, log }: MediaProgramOptions,
  clock: Clock,
): Server {
  return createServer((socket) => {
    const connection = new Connection(socket, {
      secret,
      log,
      after: (delayMs, run) => clock.after(delayMs, run),
      carryOut: (order) => carryOut(exchange, order),
      onHello: (app) => {
        for (const fact of untold.splice(0)) app.tell(fact);
      },
      onEnd: (ended) => connections.delete(ended),
    });
    connections.add(connection);
  });
}

function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
