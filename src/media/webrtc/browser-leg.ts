import { isDeepStrictEqual } from 'node:util';
import type { types } from 'mediasoup';
import { ParleyError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { step } from '../../shared/machine.ts';
import type { Clock } from '../../shared/time.ts';
import type { WebRtcGate, WebRtcListener } from '../webrtc-port.ts';
import { type LegEvent, type LegState, legMachine } from './leg-machine.ts';
import type { LegTransports } from './leg-transports.ts';
import { readDtlsParameters, readRtpCapabilities, readRtpParameters } from './parameters.ts';
import { PCMU } from './worker-slot.ts';

type Json = Record<string, unknown>;
type Opened = Awaited<ReturnType<WebRtcGate['open']>>;
type Consumed = Awaited<ReturnType<WebRtcGate['consume']>>;

export interface BrowserLegDeps {
  endpointId: string;
  transports: LegTransports;
  listener: WebRtcListener;
  log: Logger;
  clock: Clock;
  /** How long a leg whose browser is away is kept, in ms. */
  graceMs: number;
  /** The leg is over and cleared; called once, before a loss is told. */
  ended: () => void;
}

/** One browser's audio: a transport each way, joined to the engine's socket through a plain transport. */
export class BrowserLeg {
  readonly #deps: BrowserLegDeps;
  #state: LegState = { kind: 'waiting' };
  #stopWait: (() => void) | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #connected = new Map<string, unknown>();
  #microphone: { parameters: unknown; producer: types.Producer } | undefined;
  #loudspeaker: Consumed | undefined;

  constructor(deps: BrowserLegDeps) {
    this.#deps = deps;
    for (const transport of deps.transports.browser) {
      transport.on('icestatechange', () => this.#look());
      transport.on('dtlsstatechange', (dtls) => {
        if (dtls === 'failed') this.#take({ kind: 'dtlsRefused' });
        else if (dtls === 'closed') this.#take({ kind: 'browserClosed' });
        else this.#look();
      });
    }
    this.#startWait();
  }

  get isOver(): boolean {
    return this.#state.kind === 'ended';
  }

  get opened(): Opened {
    return this.#deps.transports.opened;
  }

  /** Connecting a transport again with the same parameters changes nothing; with others it is refused. */
  connect(transportId: string, dtlsParameters: Json): Promise<void> {
    return this.#inTurn(async () => {
      const transport = this.#transport(transportId);
      const parameters = readDtlsParameters(dtlsParameters);
      if (isDeepStrictEqual(this.#connected.get(transportId), parameters)) return;
      await transport.connect({ dtlsParameters: structuredClone(parameters) });
      this.#connected.set(transportId, parameters);
    });
  }

  /** A second microphone takes the place of the first. */
  produce(rtpParameters: Json): Promise<{ producerId: string }> {
    return this.#inTurn(async () => {
      const parameters = readRtpParameters(rtpParameters);
      const present = this.#microphone;
      if (present && isDeepStrictEqual(present.parameters, parameters)) return { producerId: present.producer.id };
      present?.producer.close();
      this.#microphone = undefined;
      const { send, engine } = this.#deps.transports;
      const producer = await send.produce({
        kind: 'audio',
        rtpParameters: structuredClone(parameters) as types.RtpParameters,
      });
      try {
        // Nothing is negotiated with the engine: no header extension has a meaning there, and PCMU is always 0.
        await engine.consume({
          producerId: producer.id,
          rtpCapabilities: { codecs: [{ ...PCMU }], headerExtensions: [] },
        });
      } catch (error) {
        producer.close();
        throw error;
      }
      this.#microphone = { parameters, producer };
      return { producerId: producer.id };
    });
  }

  consume(rtpCapabilities: Json): Promise<Consumed> {
    return this.#inTurn(async () => {
      if (this.#loudspeaker) return this.#loudspeaker;
      const capabilities = readRtpCapabilities(rtpCapabilities) as types.RtpCapabilities;
      if (!capabilities.codecs?.some((codec) => codec.mimeType.toLowerCase() === PCMU.mimeType.toLowerCase())) {
        throw new ParleyError('media.noCommonCodec', { endpointId: this.#deps.endpointId });
      }
      const { receive, fromEngine } = this.#deps.transports;
      const consumer = await receive.consume({ producerId: fromEngine.id, rtpCapabilities: capabilities });
      this.#loudspeaker = {
        consumerId: consumer.id,
        producerId: fromEngine.id,
        rtpParameters: consumer.rtpParameters as unknown as Json,
      };
      return this.#loudspeaker;
    });
  }

  restartIce(transportId: string): Promise<{ iceParameters: Json }> {
    return this.#inTurn(async () => {
      const iceParameters = await this.#transport(transportId).restartIce();
      return { iceParameters: { ...iceParameters } };
    });
  }

  close(): void {
    this.#take({ kind: 'closeAsked' });
  }

  workerDied(): void {
    this.#take({ kind: 'workerDied' });
  }

  #transport(transportId: string): types.WebRtcTransport {
    const found = this.#deps.transports.browser.find((transport) => transport.id === transportId);
    if (!found) throw new ParleyError('media.badOrder', { endpointId: this.#deps.endpointId, transportId });
    return found;
  }

  /** One order at a time: a repeated one must find what the first has made. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(async () => {
      try {
        return await work();
      } catch (error) {
        if (error instanceof ParleyError) throw error;
        const code = this.isOver ? 'media.noWorker' : 'media.badOrder';
        throw new ParleyError(code, { endpointId: this.#deps.endpointId, reason: String(error) }, { cause: error });
      }
    });
    this.#turn = result.catch(() => {});
    return result;
  }

  #look(): void {
    const { browser } = this.#deps.transports;
    const through = browser.every(
      ({ iceState, dtlsState }) => dtlsState === 'connected' && (iceState === 'connected' || iceState === 'completed'),
    );
    if (through && this.#state.kind !== 'connected') this.#take({ kind: 'cameThrough' });
    if (!through && this.#state.kind === 'connected') this.#take({ kind: 'wentQuiet' });
  }

  #take(event: LegEvent): void {
    const { listener, endpointId, transports, log, ended } = this.#deps;
    const from = this.#state.kind;
    const move = step(legMachine, this.#state, event);
    this.#state = move.state;
    log.debug({ from, event: event.kind, to: move.state.kind }, 'browser leg moved');
    for (const effect of move.effects) {
      if (effect.do === 'tell') listener.state(endpointId, effect.state);
      else if (effect.do === 'tellLost') listener.lost(endpointId, effect.reason);
      else if (effect.do === 'startWait') this.#startWait();
      else if (effect.do === 'stopWait') this.#stopWait?.();
      else {
        transports.close();
        ended();
      }
    }
  }

  #startWait(): void {
    this.#stopWait?.();
    this.#stopWait = this.#deps.clock.after(this.#deps.graceMs, () => this.#take({ kind: 'waitedTooLong' }));
  }
}
