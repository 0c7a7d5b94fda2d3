import { Device, type types } from 'mediasoup-client';
import type { WebRtcOffer } from '../../protocol/media.ts';
import { type MediaLegEvent, type MediaLegState, mediaLegTable } from './media-leg-machine.ts';

type Json = Record<string, unknown>;

/** How the leg reaches the server; whatever socket carries it, each function is one ask of `protocol/media.ts`. */
export interface MediaSignal {
  open(): Promise<WebRtcOffer>;
  connect(transportId: string, dtlsParameters: Json): Promise<unknown>;
  produce(rtpParameters: Json): Promise<{ producerId: string }>;
  consume(rtpCapabilities: Json): Promise<{ consumerId: string; producerId: string; rtpParameters: Json }>;
  restartIce(transportId: string): Promise<{ iceParameters: Json }>;
}

export interface MediaLegOptions {
  signal: MediaSignal;
  microphone: MediaStream;
  /** Plays what the server sends. */
  loudspeaker: HTMLAudioElement;
  /** Calls `run` once after `delayMs`; the answer cancels it. By default the page's own timer. */
  after?: (delayMs: number, run: () => void) => () => void;
}

/** What a page shows of the leg; a new object after every change, so that it can be compared. */
export interface MediaLegSnapshot {
  state: MediaLegState;
  muted: boolean;
  /** False when the microphone was unplugged or taken away: the leg stands, nothing is said. */
  hasMicrophone: boolean;
  /** True when the browser wants a click before it plays anything: call `resumeAudio` from one. */
  needsClick: boolean;
}

/**
 * After a restart the browser goes on checking by itself for some 15 s, and the server counts 10 s without an answer as
 * lost, but starts that count anew at each restart: so the next one comes after both had their time. One that did not
 * even reach the server is repeated soon.
 */
const RESTART_EVERY_MS = 12_000;
const ASK_AGAIN_MS = 2_000;
/** How long a new way is sought altogether, in ms; the server keeps our leg a little longer. */
const GIVE_UP_AFTER_MS = 45_000;

const pageTimer = (delayMs: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
};

/** The constraints a telephone wants: the browser's echo canceller, noise suppression and gain, of one channel. */
export function microphoneConstraints(deviceId?: string): MediaStreamConstraints {
  return {
    audio: {
      ...(deviceId === undefined ? {} : { deviceId: { exact: deviceId } }),
      channelCount: 1,
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    },
  };
}

/** The browser's half of a leg: microphone out, loudspeaker in, kept alive across changes of network and device. */
export class MediaLeg {
  readonly #signal: MediaSignal;
  readonly #loudspeaker: HTMLAudioElement;
  readonly #after: (delayMs: number, run: () => void) => () => void;
  readonly #listeners = new Set<() => void>();
  #microphone: MediaStream;
  #snapshot: MediaLegSnapshot = { state: 'idle', muted: false, hasMicrophone: true, needsClick: false };
  #transports: types.Transport[] = [];
  #producer: types.Producer | undefined;
  #cancelRound: (() => void) | undefined;
  #cancelGivingUp: (() => void) | undefined;
  /** Counts the beginnings, so that what a former one still does is recognised and dropped. */
  #attempt = 0;
  #pageEvents = new AbortController();

  constructor(options: MediaLegOptions) {
    this.#signal = options.signal;
    this.#microphone = options.microphone;
    this.#loudspeaker = options.loudspeaker;
    this.#after = options.after ?? pageTimer;
  }

  get snapshot(): MediaLegSnapshot {
    return this.#snapshot;
  }

  /** Tells of every change; the answer ends it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Opens the leg and joins microphone and loudspeaker to it. Resolves when both directions have been set up (`connected`
   * follows when packets can flow); rejects with what the server or the browser refused, and the leg is then `failed`.
   * Does nothing unless the leg is `idle` or `failed`.
   */
  async start(): Promise<void> {
    if (!this.#take('startAsked')) return;
    const attempt = ++this.#attempt;
    this.#dropTransports();
    this.#listenToPage();
    try {
      const offer = await this.#signal.open();
      const device = await Device.factory();
      await device.load({ routerRtpCapabilities: offer.routerRtpCapabilities as types.RtpCapabilities });
      if (attempt !== this.#attempt || this.#snapshot.state === 'closed') return;
      const send = this.#watch(device.createSendTransport(transportOptions(offer.send)));
      const receive = this.#watch(device.createRecvTransport(transportOptions(offer.receive)));
      await Promise.all([this.#speak(device, send), this.#listen(device, receive)]);
    } catch (error) {
      if (attempt === this.#attempt) this.#take('startFailed');
      throw error;
    }
  }

  /** The server said that our leg is gone (its worker died, or we were away too long). */
  serverLost(): void {
    this.#take('serverLost');
  }

  close(): void {
    this.#take('closeAsked');
  }

  /** Mutes at the source. The server mutes as well, in its table of who hears whom. */
  set muted(muted: boolean) {
    this.#change({ muted });
    this.#applyMute();
  }

  get muted(): boolean {
    return this.#snapshot.muted;
  }

  /** Takes another microphone without a new negotiation. Rejects as `getUserMedia` does; the old one then stays. */
  async replaceMicrophone(deviceId?: string): Promise<void> {
    const next = await navigator.mediaDevices.getUserMedia(microphoneConstraints(deviceId));
    const [track] = next.getAudioTracks();
    if (!track) throw new Error('this device gives no audio');
    track.enabled = !this.#snapshot.muted;
    try {
      if (this.#producer && !this.#producer.closed) await this.#producer.replaceTrack({ track });
    } catch (error) {
      track.stop();
      throw error;
    }
    for (const old of this.#microphone.getTracks()) old.stop();
    this.#microphone = next;
    this.#watchMicrophone(track);
    this.#change({ hasMicrophone: true });
  }

  /** The microphone in use, for a `LevelMeter`. */
  get microphone(): MediaStream {
    return this.#microphone;
  }

  /** Plays through another device; does nothing where the browser lets only the system choose. */
  async setOutput(deviceId: string): Promise<void> {
    if ('setSinkId' in this.#loudspeaker) await this.#loudspeaker.setSinkId(deviceId);
  }

  /** To be called from a click when `needsClick` is set. */
  async resumeAudio(): Promise<void> {
    await this.#loudspeaker.play();
    this.#change({ needsClick: false });
  }

  /** Seeks a new way to the server. The leg does so by itself when it lost the old one or the network came back. */
  restartIce(): void {
    if (this.#take('wayLost')) return;
    if (this.#snapshot.state === 'recovering') void this.#tryRestart(this.#attempt);
  }

  async #speak(device: Device, transport: types.Transport): Promise<void> {
    const [track] = this.#microphone.getAudioTracks();
    if (!track) throw new Error('there is no microphone');
    const codec = device.sendRtpCapabilities.codecs?.find(({ mimeType }) => mimeType.toLowerCase() === 'audio/pcmu');
    if (!codec) throw new Error('this browser does not offer PCMU');
    this.#watchMicrophone(track);
    this.#producer = await transport.produce({ track, codec, stopTracks: false, disableTrackOnPause: false });
    this.#applyMute();
  }

  async #listen(device: Device, transport: types.Transport): Promise<void> {
    const answer = await this.#signal.consume(device.recvRtpCapabilities as unknown as Json);
    const consumer = await transport.consume({
      id: answer.consumerId,
      producerId: answer.producerId,
      kind: 'audio',
      rtpParameters: answer.rtpParameters as unknown as types.RtpParameters,
    });
    this.#loudspeaker.srcObject = new MediaStream([consumer.track]);
    // A page without a click may not make sound: that is told, not an error.
    this.#loudspeaker.play().then(
      () => this.#change({ needsClick: false }),
      (error: unknown) => {
        if (error instanceof DOMException && error.name === 'NotAllowedError') this.#change({ needsClick: true });
      },
    );
  }

  /** Wires one transport's questions to the signal and its state to ours. */
  #watch(transport: types.Transport): types.Transport {
    this.#transports.push(transport);
    transport.on('connect', ({ dtlsParameters }, done, refuse) => {
      this.#signal.connect(transport.id, dtlsParameters as unknown as Json).then(() => done(), refuse);
    });
    transport.on('produce', ({ rtpParameters }, done, refuse) => {
      this.#signal.produce(rtpParameters as unknown as Json).then(({ producerId }) => done({ id: producerId }), refuse);
    });
    transport.on('connectionstatechange', (state) => {
      if (!this.#transports.includes(transport)) return;
      if (state === 'disconnected' || state === 'failed') this.#take('wayLost');
      else if (this.#isThrough()) this.#take('cameThrough');
    });
    return transport;
  }

  #isThrough(): boolean {
    return this.#transports.length === 2 && this.#transports.every((one) => one.connectionState === 'connected');
  }

  #watchMicrophone(track: MediaStreamTrack): void {
    track.onended = () => {
      if (this.#microphone.getTracks().includes(track)) this.#change({ hasMicrophone: false });
    };
  }

  #applyMute(): void {
    for (const track of this.#microphone.getAudioTracks()) track.enabled = !this.#snapshot.muted;
  }

  /** Takes an arrow of the table and does what the new state asks for. False if the event means nothing here. */
  #take(event: MediaLegEvent): boolean {
    const next = mediaLegTable[this.#snapshot.state][event];
    if (next === undefined) return false;
    this.#change({ state: next });
    this.#stopRecovery();
    if (next === 'recovering') this.#recover();
    if (next === 'failed' || next === 'closed') this.#dropTransports();
    if (next === 'closed') {
      this.#pageEvents.abort();
      for (const track of this.#microphone.getTracks()) track.stop();
    }
    return true;
  }

  /** A network that comes back asks for a new way; a page that goes says goodbye, so that the server need not wait. */
  #listenToPage(): void {
    this.#pageEvents.abort();
    this.#pageEvents = new AbortController();
    const { signal } = this.#pageEvents;
    window.addEventListener('online', () => this.restartIce(), { signal });
    window.addEventListener('pagehide', () => this.close(), { signal });
  }

  #recover(): void {
    this.#cancelGivingUp = this.#after(GIVE_UP_AFTER_MS, () => this.#take('gaveUp'));
    void this.#tryRestart(this.#attempt);
  }

  /** One round: new ICE parameters for both transports, and the next round booked in case this one does not help. */
  async #tryRestart(attempt: number): Promise<void> {
    const isStillWanted = () => attempt === this.#attempt && this.#snapshot.state === 'recovering';
    const again = (delayMs: number) => {
      if (!isStillWanted()) return;
      this.#cancelRound?.();
      this.#cancelRound = this.#after(delayMs, () => void this.#tryRestart(attempt));
    };
    try {
      for (const transport of this.#transports) {
        const { iceParameters } = await this.#signal.restartIce(transport.id);
        if (!isStillWanted()) return;
        await transport.restartIce({ iceParameters: iceParameters as unknown as types.IceParameters });
      }
      if (isStillWanted() && this.#isThrough()) this.#take('cameThrough');
      again(RESTART_EVERY_MS);
    } catch {
      // The socket that carries the signal is down as well, perhaps.
      again(ASK_AGAIN_MS);
    }
  }

  #stopRecovery(): void {
    this.#cancelRound?.();
    this.#cancelGivingUp?.();
  }

  #dropTransports(): void {
    for (const transport of this.#transports.splice(0)) transport.close();
    this.#producer = undefined;
    this.#loudspeaker.srcObject = null;
  }

  #change(change: Partial<MediaLegSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function transportOptions(offer: WebRtcOffer['send']): types.TransportOptions {
  return offer as unknown as types.TransportOptions;
}
