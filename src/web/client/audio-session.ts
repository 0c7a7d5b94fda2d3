import { LevelMeter } from './level-meter.ts';
import { MediaLeg, type MediaLegSnapshot, type MediaSignal, microphoneConstraints } from './media-leg.ts';
import { AskError } from './page-client.ts';
import { Store } from './store.ts';

/** Whether the page has a microphone to speak into. `insecure`: browsers give none to pages without HTTPS or localhost. */
export type MicrophoneState = 'unasked' | 'asking' | 'granted' | 'denied' | 'missing' | 'insecure';

export interface AudioDevice {
  id: string;
  label: string;
}

/** What a page shows of its audio; a new object after every change. */
export interface AudioSnapshot {
  microphone: MicrophoneState;
  leg: MediaLegSnapshot | undefined;
  microphones: AudioDevice[];
  /** Empty where the browser lets only the system choose. */
  speakers: AudioDevice[];
  microphoneId: string | undefined;
  speakerId: string | undefined;
}

const NOTHING: AudioSnapshot = {
  microphone: 'unasked',
  leg: undefined,
  microphones: [],
  speakers: [],
  microphoneId: undefined,
  speakerId: undefined,
};

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
const MICROPHONE_KEY = 'parley.microphone';
const SPEAKER_KEY = 'parley.speaker';

/** A page's microphone, loudspeaker and media leg, kept up for as long as the page lives. */
export class AudioSession extends Store<AudioSnapshot> {
  readonly #signal: MediaSignal;
  readonly #loudspeaker = new Audio();
  #context: AudioContext | undefined;
  #leg: MediaLeg | undefined;
  #meter: LevelMeter | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(signal: MediaSignal) {
    super({ ...NOTHING, microphoneId: remembered(MICROPHONE_KEY), speakerId: remembered(SPEAKER_KEY) });
    this.#signal = { ...signal, restartIce: (transportId) => this.#restartIce(signal, transportId) };
  }

  /** Asks for the microphone and joins the server. May be called again after a refusal. */
  async start(): Promise<void> {
    if (this.getSnapshot().microphone === 'asking' || this.#leg) return;
    if (!navigator.mediaDevices) return this.change({ microphone: 'insecure' });
    this.change({ microphone: 'asking' });
    try {
      const microphone = await openMicrophone(this.getSnapshot().microphoneId);
      await this.#begin(microphone);
    } catch (error) {
      const denied = error instanceof DOMException && error.name === 'NotAllowedError';
      this.change({ microphone: denied ? 'denied' : 'missing' });
    }
  }

  /** Joins the server anew if the leg is gone; `lost` when the server says that it is. */
  rejoin(lost = false): void {
    if (lost) this.#leg?.serverLost();
    if (this.#leg?.snapshot.state === 'failed') void this.#join();
  }

  /**
   * The server says that it has no sound from us although we believe to have joined: seek a new way. That mends a leg
   * that is cut, does no harm to one that stands, and shows when the server has none.
   */
  verify(): void {
    if (this.#leg?.snapshot.state === 'connected') this.#leg.restartIce();
  }

  async chooseMicrophone(id: string): Promise<void> {
    await this.#leg?.replaceMicrophone(id);
    localStorage.setItem(MICROPHONE_KEY, id);
    this.change({ microphoneId: id });
    this.#meterMicrophone();
  }

  async chooseSpeaker(id: string): Promise<void> {
    await this.#leg?.setOutput(id);
    localStorage.setItem(SPEAKER_KEY, id);
    this.change({ speakerId: id });
  }

  /** Loudness of the microphone now, from 0 to 1. */
  level(): number {
    return this.#meter?.level() ?? 0;
  }

  set muted(muted: boolean) {
    if (this.#leg && this.#leg.muted !== muted) this.#leg.muted = muted;
  }

  /** To be called from a click when the browser wants one before it plays. */
  async resume(): Promise<void> {
    await this.#context?.resume();
    await this.#leg?.resumeAudio();
  }

  /** A short tone in the chosen loudspeaker. */
  async playTestTone(): Promise<void> {
    const context = this.context();
    await context.resume();
    const tone = new OscillatorNode(context, { frequency: 660 });
    const volume = new GainNode(context, { gain: 0 });
    const start = context.currentTime;
    volume.gain.linearRampToValueAtTime(0.2, start + 0.05);
    volume.gain.setValueAtTime(0.2, start + 0.7);
    volume.gain.linearRampToValueAtTime(0, start + 0.9);
    const player = new Audio();
    const output = new MediaStreamAudioDestinationNode(context);
    tone.connect(volume).connect(output);
    player.srcObject = output.stream;
    const { speakerId } = this.getSnapshot();
    if (speakerId !== undefined && 'setSinkId' in player) await player.setSinkId(speakerId).catch(() => {});
    tone.start();
    tone.stop(start + 1);
    await player.play();
    await new Promise((resolve) => tone.addEventListener('ended', resolve));
    player.srcObject = null;
  }

  /** The page's one audio context. */
  context(): AudioContext {
    if (this.#context) return this.#context;
    const context = new AudioContext();
    // A page that nobody has touched yet may stay silent: the first touch gives it its voice, and so the ring.
    for (const touch of ['pointerdown', 'keydown']) {
      addEventListener(touch, () => context.state === 'suspended' && void context.resume());
    }
    this.#context = context;
    return context;
  }

  async #begin(microphone: MediaStream): Promise<void> {
    const leg = new MediaLeg({ signal: this.#signal, microphone, loudspeaker: this.#loudspeaker });
    this.#leg = leg;
    leg.subscribe(() => this.#legChanged(leg.snapshot));
    this.change({ microphone: 'granted', leg: leg.snapshot });
    this.#meterMicrophone();
    await this.#listDevices();
    navigator.mediaDevices.addEventListener('devicechange', () => void this.#listDevices());
    const { speakerId } = this.getSnapshot();
    // A headset that is not plugged in today: the system's own loudspeaker serves.
    if (speakerId !== undefined) await leg.setOutput(speakerId).catch(() => this.change({ speakerId: undefined }));
    await this.#join();
  }

  async #restartIce(signal: MediaSignal, transportId: string): ReturnType<MediaSignal['restartIce']> {
    try {
      return await signal.restartIce(transportId);
    } catch (error) {
      if (error instanceof AskError && error.code === 'media.unknownEndpoint') this.rejoin(true);
      throw error;
    }
  }

  async #join(): Promise<void> {
    clearTimeout(this.#retry);
    try {
      await this.#leg?.start();
    } catch {
      // The leg's state says `failed`, and with it the next try is booked.
    }
  }

  #legChanged(leg: MediaLegSnapshot): void {
    const before = this.getSnapshot().leg?.state;
    this.change({ leg });
    if (leg.state === 'connected') this.#pauseMs = FIRST_PAUSE_MS;
    if (leg.state !== 'failed' || before === 'failed') return;
    this.#retry = setTimeout(() => void this.#join(), this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  #meterMicrophone(): void {
    this.#meter?.close();
    this.#meter = this.#leg && new LevelMeter(this.context(), this.#leg.microphone);
  }

  async #listDevices(): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const of = (kind: MediaDeviceKind): AudioDevice[] =>
      devices
        .filter((one) => one.kind === kind && one.deviceId !== '')
        .map((one) => ({ id: one.deviceId, label: one.label }));
    const inUse = this.#leg?.microphone.getAudioTracks()[0]?.getSettings().deviceId;
    this.change({
      microphones: of('audioinput'),
      speakers: 'setSinkId' in this.#loudspeaker ? of('audiooutput') : [],
      microphoneId: inUse ?? this.getSnapshot().microphoneId,
    });
  }
}

/** The remembered microphone, or any when it is not plugged in today. */
async function openMicrophone(id: string | undefined): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia(microphoneConstraints(id));
  } catch (error) {
    if (id === undefined || (error instanceof DOMException && error.name === 'NotAllowedError')) throw error;
    return navigator.mediaDevices.getUserMedia(microphoneConstraints());
  }
}

function remembered(key: string): string | undefined {
  return localStorage.getItem(key) ?? undefined;
}
