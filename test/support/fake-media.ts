import type { MediaPort } from '../../src/calls/media-port.ts';
import type { MediaFact, MediaOrderInput } from '../../src/media/protocol/messages.ts';
import type { ResultOf } from '../../src/media/protocol/results.ts';
import { type FailureCode, ParleyError } from '../../src/shared/errors.ts';

/** A media program at its port: it keeps book of what is open and tells the facts that a test wants told. */
export class FakeMedia implements MediaPort {
  readonly orders: MediaOrderInput[] = [];
  readonly endpoints = new Set<string>();
  readonly bridges = new Map<string, Record<string, string[]>>();
  readonly recordings = new Map<string, { callId: string | undefined; file: string }>();
  /** What plays, by endpoint. */
  readonly plays = new Map<string, { playId: string; loop: boolean; items: unknown[] }>();
  readonly secure = new Set<string>();
  /** Orders that fail from now on, with their failure. */
  readonly failing = new Map<MediaOrderInput['order'], FailureCode>();
  readonly #facts = new Set<(fact: MediaFact) => void>();
  readonly #links = new Set<(link: 'connected' | 'lost') => void>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  async order<O extends MediaOrderInput>(input: O): Promise<ResultOf<O['order']>> {
    this.orders.push(input);
    const failure = this.failing.get(input.order);
    if (failure) throw new ParleyError(failure);
    return this.#carryOut(input) as ResultOf<O['order']>;
  }

  onFact(listener: (fact: MediaFact) => void): () => void {
    this.#facts.add(listener);
    return () => this.#facts.delete(listener);
  }

  onLink(listener: (link: 'connected' | 'lost') => void): () => void {
    this.#links.add(listener);
    return () => this.#links.delete(listener);
  }

  link(link: 'connected' | 'lost'): void {
    for (const listener of this.#links) listener(link);
  }

  tell(fact: MediaFact): void {
    for (const listener of [...this.#facts]) listener(fact);
  }

  press(endpointId: string, digit: string): void {
    this.tell({ fact: 'digit', at: this.#now(), endpointId, digit, durationMs: 100, via: 'rfc4733' });
  }

  /** The running play comes to its end; a loop has none. */
  playToEnd(endpointId: string): void {
    const play = this.plays.get(endpointId);
    if (!play || play.loop) return;
    this.plays.delete(endpointId);
    this.tell({ fact: 'playEnded', at: this.#now(), endpointId, playId: play.playId, reason: 'finished' });
  }

  /** All plays that run come to their end, but for loops. */
  playAllToEnd(): void {
    for (const endpointId of [...this.plays.keys()]) this.playToEnd(endpointId);
  }

  /** Orders of one kind, in order. */
  of<O extends MediaOrderInput['order']>(order: O): Extract<MediaOrderInput, { order: O }>[] {
    return this.orders.filter((one): one is Extract<MediaOrderInput, { order: O }> => one.order === order);
  }

  /** The one carrier endpoint that is open. */
  get carrier(): string {
    const found = [...this.endpoints].find((endpointId) => endpointId.startsWith('leg-'));
    if (found === undefined) throw new Error('no carrier endpoint is open');
    return found;
  }

  /** Nothing of a call is left. */
  get isQuiet(): boolean {
    const hasCarrier = [...this.endpoints].some((endpointId) => endpointId.startsWith('leg-'));
    return !hasCarrier && this.bridges.size === 0 && this.recordings.size === 0 && this.plays.size === 0;
  }

  #carryOut(input: MediaOrderInput): Record<string, unknown> {
    switch (input.order) {
      case 'inventory':
        return {
          endpoints: [...this.endpoints].map((endpointId) => ({ endpointId, kind: 'rtp' })),
          bridges: [],
          recordings: [],
        };
      case 'endpoint.openRtp':
      case 'endpoint.offerRtp':
      case 'endpoint.openWebRtc':
        this.endpoints.add(input.endpointId);
        return { sdp: 'v=0 answer', send: { id: 'transport' } };
      case 'endpoint.connectWebRtc':
        this.tell({ fact: 'webrtcState', at: this.#now(), endpointId: input.endpointId, state: 'connected' });
        return {};
      case 'endpoint.reoffer':
        return { sdp: 'v=0 new answer' };
      case 'endpoint.offerAgain':
        this.#mustBeOpen(input.endpointId);
        return { sdp: 'v=0 new offer' };
      case 'endpoint.close':
        this.endpoints.delete(input.endpointId);
        this.plays.delete(input.endpointId);
        return {};
      case 'endpoint.play':
        this.#mustBeOpen(input.endpointId);
        this.plays.set(input.endpointId, { playId: input.playId, loop: input.loop ?? false, items: input.items });
        return {};
      case 'endpoint.stopPlay':
        this.plays.delete(input.endpointId);
        return {};
      case 'endpoint.setSecure':
        if (input.on) this.secure.add(input.endpointId);
        else this.secure.delete(input.endpointId);
        return {};
      case 'bridge.set':
        for (const endpointId of Object.keys(input.hears)) this.#mustBeOpen(endpointId);
        this.bridges.set(input.bridgeId, input.hears);
        return {};
      case 'bridge.close':
        this.bridges.delete(input.bridgeId);
        return {};
      case 'record.start':
        this.#mustBeOpen(input.left);
        this.recordings.set(input.recordingId, { callId: input.callId, file: input.file });
        return {};
      case 'record.stop':
        this.#closeRecording(input.recordingId);
        return {};
      default:
        return {};
    }
  }

  #mustBeOpen(endpointId: string): void {
    if (!this.endpoints.has(endpointId)) throw new ParleyError('media.unknownEndpoint');
  }

  #closeRecording(recordingId: string): void {
    const recording = this.recordings.get(recordingId);
    if (!recording) return;
    this.recordings.delete(recordingId);
    const { callId, file } = recording;
    queueMicrotask(() =>
      this.tell({
        ...{
          fact: 'recordingClosed',
          at: this.#now(),
          recordingId,
          file,
          sha256: 'a'.repeat(64),
          bytes: 1,
          durationMs: 5,
        },
        ...(callId !== undefined && { callId }),
        gaps: [],
        reason: 'stopped',
      }),
    );
  }
}
