import { existsSync } from 'node:fs';
import { createWorker, type types } from 'mediasoup';
import type { Logger } from '../../shared/logger.ts';
import type { Clock } from '../../shared/time.ts';

/** A worker that can take legs. */
export interface RunningWorker {
  pid: number;
  router: types.Router;
  server: types.WebRtcServer;
}

export interface WorkerSlotOptions {
  index: number;
  host: string;
  /** UDP and TCP port for browsers; 0 lets the worker choose. */
  port: number;
  workerBin: string;
  log: Logger;
  clock: Clock;
  /** The worker of this slot is gone, and its legs with it. */
  died: () => void;
  /** A successor is at work. */
  replaced: () => void;
}

/** Loopback and automatic ports lie above the carriers' range (20000-29999), so that the two never meet. */
export const INNER_PORTS = { min: 50_000, max: 59_999 };

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/** The only codec on browser legs: carriers have it, so nothing is transcoded. 0 is its number everywhere (RFC 3551). */
export const PCMU = {
  kind: 'audio',
  mimeType: 'audio/PCMU',
  clockRate: 8_000,
  channels: 1,
  preferredPayloadType: 0,
} as const satisfies types.RtpCodecCapability;

/** One place for a mediasoup worker: started, watched, and filled again whenever its worker dies. */
export class WorkerSlot {
  readonly index: number;
  /** How many legs live here; kept by the gate. */
  legs = 0;
  readonly #options: WorkerSlotOptions;
  #running: RunningWorker | undefined;
  #worker: types.Worker | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #cancelRetry: (() => void) | undefined;
  #stopped = false;

  constructor(options: WorkerSlotOptions) {
    this.index = options.index;
    this.#options = options;
  }

  /** The worker, or undefined while there is none. */
  get running(): RunningWorker | undefined {
    return this.#running;
  }

  /** Starts the worker; one that does not start is tried again later, unless its file is not there at all. */
  async start(): Promise<void> {
    const { workerBin, log, index } = this.#options;
    if (!existsSync(workerBin)) {
      log.error({ worker: index, workerBin }, 'no mediasoup worker binary: browser legs are refused');
      return;
    }
    try {
      await this.#launch();
      this.#pauseMs = FIRST_PAUSE_MS;
    } catch (error) {
      log.error({ worker: index, error: String(error), againInMs: this.#pauseMs }, 'mediasoup worker did not start');
      this.#startLater();
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelRetry?.();
    this.#running = undefined;
    const worker = this.#worker;
    if (!worker || worker.subprocessClosed) return;
    const gone = new Promise<void>((resolve) => worker.once('subprocessclose', resolve));
    worker.close();
    await gone;
  }

  async #launch(): Promise<void> {
    const { workerBin, host, port, log, index } = this.#options;
    const worker = await createWorker({ workerBin, logLevel: 'warn' });
    this.#worker = worker;
    if (this.#stopped) {
      worker.close();
      return;
    }
    worker.once('died', () => this.#workerDied(worker));
    try {
      const listen = { ip: host, ...(port > 0 ? { port } : { portRange: INNER_PORTS }) };
      const server = await worker.createWebRtcServer({
        listenInfos: [
          { protocol: 'udp', ...listen },
          { protocol: 'tcp', ...listen },
        ],
      });
      const router = await worker.createRouter({ mediaCodecs: [{ ...PCMU }] });
      this.#running = { pid: worker.pid, router, server };
    } catch (error) {
      worker.removeAllListeners('died');
      worker.close();
      throw error;
    }
    log.info({ worker: index, pid: worker.pid, port }, 'mediasoup worker is running');
  }

  #workerDied(worker: types.Worker): void {
    if (this.#worker !== worker || this.#stopped) return;
    this.#options.log.error({ worker: this.index, pid: worker.pid }, 'mediasoup worker died');
    this.#running = undefined;
    this.#options.died();
    this.#replace();
  }

  #startLater(): void {
    if (this.#stopped) return;
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    this.#cancelRetry = this.#options.clock.after(pauseMs, () => this.#replace());
  }

  #replace(): void {
    void this.start().then(() => {
      if (this.#running) this.#options.replaced();
    });
  }
}
