import { setLogEventListeners, workerBin as workerOfPackage } from 'mediasoup';
import { ParleyError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { type Clock, systemClock } from '../../shared/time.ts';
import type { EngineEnd, WebRtcGate, WebRtcGateOptions } from '../webrtc-port.ts';
import { BrowserLeg } from './browser-leg.ts';
import { openTransports } from './leg-transports.ts';
import { type RunningWorker, WorkerSlot } from './worker-slot.ts';

/** What a test may set; outside tests the defaults hold. */
export interface WebRtcGateTuning {
  clock?: Clock;
  /** How long a leg whose browser is away (or has not come yet) is kept, in ms. */
  graceMs?: number;
  /** The worker's file; by default `MEDIASOUP_WORKER_BIN`, or what mediasoup's own installer left. */
  workerBin?: string;
}

const GRACE_MS = 60_000;

/** One leg and where it lives. It stands in the gate's list from the order on, while mediasoup is still making it. */
interface Entry {
  slot: WorkerSlot;
  leg: Promise<BrowserLeg>;
  made?: BrowserLeg;
}

/** Starts the workers and resolves with the gate; without a worker binary the gate refuses `open` with `media.noWorker`. */
export async function startWebRtcGate(options: WebRtcGateOptions, tuning: WebRtcGateTuning = {}): Promise<Gate> {
  const gate = new Gate(options, tuning);
  await gate.start();
  return gate;
}

class Gate implements WebRtcGate {
  readonly #options: WebRtcGateOptions;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #graceMs: number;
  readonly #slots: WorkerSlot[];
  readonly #entries = new Map<string, Entry>();

  constructor(options: WebRtcGateOptions, tuning: WebRtcGateTuning) {
    this.#options = options;
    this.#log = options.log.child({ part: 'webrtc' });
    this.#clock = tuning.clock ?? systemClock;
    this.#graceMs = tuning.graceMs ?? GRACE_MS;
    this.#slots = Array.from({ length: options.workers }, (_, index) => {
      const slot: WorkerSlot = new WorkerSlot({
        index,
        host: options.host,
        port: options.port > 0 ? options.port + index : 0,
        workerBin: tuning.workerBin ?? workerOfPackage,
        log: this.#log,
        clock: this.#clock,
        died: () => this.#slotDied(slot),
        replaced: () => options.listener.workerReplaced(index),
      });
      return slot;
    });
  }

  async start(): Promise<void> {
    setLogEventListeners({
      onwarn: (namespace, text) => this.#log.debug({ namespace, text }, 'mediasoup warns'),
      onerror: (namespace, text, error) =>
        this.#log.warn({ namespace, text, error: error?.message }, 'mediasoup error'),
    });
    await Promise.all(this.#slots.map((slot) => slot.start()));
  }

  /** Process ids of the running workers, for tests and measurements. */
  get workerPids(): number[] {
    return this.#slots.flatMap(({ running }) => (running ? [running.pid] : []));
  }

  async open(endpointId: string, engine: EngineEnd): ReturnType<WebRtcGate['open']> {
    const entry = this.#entries.get(endpointId) ?? this.#begin(endpointId, engine);
    return (await entry.leg).opened;
  }

  async connect(endpointId: string, transportId: string, dtlsParameters: Record<string, unknown>): Promise<void> {
    await (await this.#leg(endpointId)).connect(transportId, dtlsParameters);
  }

  async produce(endpointId: string, rtpParameters: Record<string, unknown>): ReturnType<WebRtcGate['produce']> {
    return (await this.#leg(endpointId)).produce(rtpParameters);
  }

  async consume(endpointId: string, rtpCapabilities: Record<string, unknown>): ReturnType<WebRtcGate['consume']> {
    return (await this.#leg(endpointId)).consume(rtpCapabilities);
  }

  async restartIce(endpointId: string, transportId: string): ReturnType<WebRtcGate['restartIce']> {
    return (await this.#leg(endpointId)).restartIce(transportId);
  }

  close(endpointId: string): void {
    const entry = this.#entries.get(endpointId);
    if (!entry) return;
    this.#forget(endpointId, entry);
    // A leg still in the making sees on arrival that it is no longer wanted.
    entry.made?.close();
  }

  async stop(): Promise<void> {
    for (const endpointId of [...this.#entries.keys()]) this.close(endpointId);
    await Promise.all(this.#slots.map((slot) => slot.stop()));
  }

  #begin(endpointId: string, engine: EngineEnd): Entry {
    const slot = this.#slots
      .filter(({ running }) => running !== undefined)
      .reduce<WorkerSlot | undefined>((best, next) => (best && best.legs <= next.legs ? best : next), undefined);
    if (!slot?.running) throw new ParleyError('media.noWorker', { endpointId });
    const entry: Entry = { slot, leg: this.#make(endpointId, engine, slot.running, () => entry) };
    this.#entries.set(endpointId, entry);
    slot.legs += 1;
    entry.leg.catch(() => this.#forget(endpointId, entry));
    return entry;
  }

  async #make(endpointId: string, engine: EngineEnd, worker: RunningWorker, own: () => Entry): Promise<BrowserLeg> {
    const transports = await openTransports(worker, engine).catch((error: unknown) => {
      const code = worker.router.closed ? 'media.noWorker' : 'media.badOrder';
      throw new ParleyError(code, { endpointId, reason: String(error) }, { cause: error });
    });
    const entry = own();
    if (worker.router.closed || this.#entries.get(endpointId) !== entry) {
      transports.close();
      throw new ParleyError(worker.router.closed ? 'media.noWorker' : 'media.unknownEndpoint', { endpointId });
    }
    entry.made = new BrowserLeg({
      endpointId,
      transports,
      listener: this.#options.listener,
      log: this.#log.child({ endpointId }),
      clock: this.#clock,
      graceMs: this.#graceMs,
      ended: () => this.#forget(endpointId, entry),
    });
    return entry.made;
  }

  #leg(endpointId: string): Promise<BrowserLeg> {
    const entry = this.#entries.get(endpointId);
    if (!entry) throw new ParleyError('media.unknownEndpoint', { endpointId });
    return entry.leg;
  }

  #forget(endpointId: string, entry: Entry): void {
    if (this.#entries.get(endpointId) !== entry) return;
    this.#entries.delete(endpointId);
    entry.slot.legs -= 1;
  }

  #slotDied(slot: WorkerSlot): void {
    for (const { slot: home, made } of [...this.#entries.values()]) {
      if (home === slot) made?.workerDied();
    }
  }
}
