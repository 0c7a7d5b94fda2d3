import { Beat, SLOTS } from '../clock/beat.ts';
import { Endpoint, type EndpointCounts } from '../endpoint/endpoint.ts';
import { bindSockets } from '../endpoint/sockets.ts';
import type { MediaFact } from '../protocol/messages.ts';
import { Recording } from '../recorder/recording.ts';
import type { EndpointOpened, EndpointToOpen, RecordingToStart, ThreadOrder, ThreadStats } from './messages.ts';

/** Everything one media thread owns: its endpoints, their beat, and the recordings of its callers. */

/** A slot takes this many endpoints before the next one is used. */
const FIRST_FILL = 24;
/** Slow work (lost ends, silence, reports, recordings) is done every so many frames of a slot: 100 ms. */
const CHECK_FRAMES = 5;

/** An order that cannot be carried out; `code` is one of the table in shared/errors, or the system's for a taken port. */
export class ThreadRefusal extends Error {
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.code = code;
  }
}

export interface EngineDeps {
  /** The shared clock. */
  now: () => number;
  /** UTC ms. */
  utc: () => number;
  tell: (fact: MediaFact) => void;
}

export class Engine {
  readonly #deps: EngineDeps;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #slots: Endpoint[][] = Array.from({ length: SLOTS }, () => []);
  readonly #frames: number[] = Array.from({ length: SLOTS }, () => 0);
  readonly #recordings = new Map<string, Recording>();
  readonly #counts: EndpointCounts = { packetsIn: 0, packetsOut: 0, sendErrors: 0, malformed: {} };
  readonly #beat: Beat;
  #refusedOfClosed = 0;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
    this.#beat = new Beat({ now: deps.now, onSlot: (slot, dueMs, skipped) => this.#onSlot(slot, dueMs, skipped) });
  }

  /** Carries out one order; what it resolves to is the order's answer. Rejects with `ThreadRefusal`. */
  async take(order: ThreadOrder): Promise<unknown> {
    switch (order.order) {
      case 'open':
        return this.#open(order.endpoint);
      case 'setRemote':
        return this.#endpoint(order.endpointId).setRemote(order.remote);
      case 'close':
        return this.#close(order.endpointId);
      case 'play':
        return this.#endpoint(order.endpointId).play(order.playId, order.items, order.loop);
      case 'stopPlay':
        return this.#endpoint(order.endpointId).outlet.stopPlay(order.playId);
      case 'sendDigits':
        return this.#sendDigits(order.endpointId, order.digits, order.durationMs, order.gapMs);
      case 'setSecure':
        this.#endpoint(order.endpointId).inlet.secure = order.on;
        return undefined;
      case 'hear':
        for (const { endpointId, speakers } of order.tables) this.#endpoints.get(endpointId)?.hear(speakers);
        return undefined;
      case 'stats':
        return this.#stats();
      case 'end':
        return this.#end();
      default:
        return this.#takeRecording(order);
    }
  }

  async #takeRecording(order: Extract<ThreadOrder, { order: `record.${string}` }>): Promise<void> {
    if (order.order === 'record.start') return this.#startRecording(order.recording);
    const recording = this.#recordings.get(order.recordingId);
    const nowMs = this.#deps.now();
    switch (order.order) {
      case 'record.setRight':
        return recording?.setRight(order.right, nowMs);
      case 'record.pause':
        return recording?.pause(nowMs);
      case 'record.resume':
        return recording?.resume(nowMs);
      case 'record.stop':
        if (recording) void this.#closeRecording(recording, 'stopped');
    }
  }

  async #open(open: EndpointToOpen): Promise<EndpointOpened> {
    const sockets = await bindSockets(open.ip, open.rtpPort, open.rtcpPort).catch((error: unknown) => {
      throw new ThreadRefusal(systemCode(error), String(error));
    });
    const { now, utc, tell } = this.#deps;
    const endpoint = new Endpoint(open, { sockets, now, utc, tell, counts: this.#counts });
    this.#endpoints.set(open.endpointId, endpoint);
    const slot = this.#chooseSlot();
    this.#slots[slot]?.push(endpoint);
    this.#beat.use(slot, true);
    return { rtpPort: sockets.rtpPort, memory: endpoint.inlet.spoken.memory };
  }

  /** The first slot with room; when all are full, the emptiest. */
  #chooseSlot(): number {
    const sizes = this.#slots.map((slot) => slot.length);
    const withRoom = sizes.findIndex((size) => size < FIRST_FILL);
    return withRoom >= 0 ? withRoom : sizes.indexOf(Math.min(...sizes));
  }

  #close(endpointId: string): void {
    const endpoint = this.#endpoints.get(endpointId);
    if (!endpoint) return;
    this.#endpoints.delete(endpointId);
    this.#slots.forEach((slot, index) => {
      const at = slot.indexOf(endpoint);
      if (at < 0) return;
      slot.splice(at, 1);
      this.#beat.use(index, slot.length > 0);
    });
    for (const recording of this.#recordings.values()) {
      if (recording.leftEndpointId === endpointId) void this.#closeRecording(recording, 'endpointClosed');
    }
    this.#refusedOfClosed += endpoint.inlet.source.refused;
    endpoint.close();
  }

  #sendDigits(endpointId: string, digits: string, durationMs: number, gapMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const isTaken = this.#endpoint(endpointId).sendDigits(digits, durationMs, gapMs, (sent) => {
        if (sent) resolve();
        else reject(new ThreadRefusal('media.unknownEndpoint', 'the leg closed before all digits were sent'));
      });
      if (!isTaken) reject(new ThreadRefusal('media.badOrder', 'the far end takes no telephone events'));
    });
  }

  async #startRecording(start: RecordingToStart): Promise<void> {
    const recording = await Recording.start(start, this.#deps.now).catch((error: unknown) => {
      throw new ThreadRefusal('media.badOrder', `the recording cannot be written: ${systemCode(error)}`);
    });
    this.#recordings.set(start.recordingId, recording);
    if (!this.#endpoints.has(start.left.endpointId)) void this.#closeRecording(recording, 'endpointClosed');
  }

  async #closeRecording(recording: Recording, reason: 'stopped' | 'endpointClosed' | 'writeFailed'): Promise<void> {
    this.#recordings.delete(recording.recordingId);
    const { now, utc, tell } = this.#deps;
    tell(await recording.close(reason, now(), utc));
  }

  #onSlot(slot: number, dueMs: number, skipped: number): void {
    const endpoints = this.#slots[slot] ?? [];
    for (const endpoint of endpoints) endpoint.tick(dueMs, skipped);
    const frame = ((this.#frames[slot] ?? 0) + 1) % CHECK_FRAMES;
    this.#frames[slot] = frame;
    if (frame !== 0) return;
    const nowMs = this.#deps.now();
    for (const endpoint of endpoints) endpoint.check(nowMs);
    this.#work(endpoints, nowMs);
  }

  /** A recording is worked on together with its left endpoint. */
  #work(endpoints: readonly Endpoint[], nowMs: number): void {
    for (const recording of this.#recordings.values()) {
      if (!endpoints.some(({ endpointId }) => endpointId === recording.leftEndpointId)) continue;
      if (!recording.work(nowMs)) void this.#closeRecording(recording, 'writeFailed');
    }
  }

  #endpoint(endpointId: string): Endpoint {
    const endpoint = this.#endpoints.get(endpointId);
    if (!endpoint) throw new ThreadRefusal('media.unknownEndpoint', `no endpoint ${endpointId}`);
    return endpoint;
  }

  #stats(): ThreadStats {
    const { p50Ms, p99Ms } = this.#beat.lateness();
    let refusedSource = this.#refusedOfClosed;
    for (const endpoint of this.#endpoints.values()) refusedSource += endpoint.inlet.source.refused;
    return {
      endpoints: this.#endpoints.size,
      recordings: this.#recordings.size,
      packetsIn: this.#counts.packetsIn,
      packetsOut: this.#counts.packetsOut,
      malformed: { ...this.#counts.malformed },
      refusedSource,
      sendErrors: this.#counts.sendErrors,
      beats: this.#beat.beats,
      skippedBeats: this.#beat.skipped,
      beatLateP50Ms: p50Ms,
      beatLateP99Ms: p99Ms,
    };
  }

  async #end(): Promise<void> {
    this.#beat.stop();
    const closings = [...this.#recordings.values()].map((recording) =>
      this.#closeRecording(recording, 'endpointClosed'),
    );
    await Promise.all(closings);
    for (const endpointId of [...this.#endpoints.keys()]) this.#close(endpointId);
  }
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}
