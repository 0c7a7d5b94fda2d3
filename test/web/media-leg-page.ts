import { LevelMeter } from '../../src/web/client/level-meter.ts';
import { MediaLeg, type MediaLegSnapshot } from '../../src/web/client/media-leg.ts';

/** The page of the media leg's tests: joins a leg whose signal is a function of the test, and answers its questions. */

type Ask = (ask: string, ...values: unknown[]) => Promise<never>;

declare global {
  interface Window {
    /** Given by the test: one ask to the gate. */
    signal: Ask;
    page: typeof page;
  }
}

let leg: MediaLeg | undefined;
let states: string[] = [];
let meter: LevelMeter | undefined;
const context = new AudioContext();
const analyser = context.createAnalyser();
analyser.fftSize = 8192;
analyser.smoothingTimeConstant = 0;
const loudspeaker = new Audio();

function ready(): MediaLeg {
  if (!leg) throw new Error('not started');
  return leg;
}

const page = {
  async start(): Promise<void> {
    const microphone = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
    meter = new LevelMeter(context, microphone);
    states = [];
    leg = new MediaLeg({
      signal: {
        open: () => window.signal('open'),
        connect: (transportId, dtlsParameters) => window.signal('connect', transportId, dtlsParameters),
        produce: (rtpParameters) => window.signal('produce', rtpParameters),
        consume: (rtpCapabilities) => window.signal('consume', rtpCapabilities),
        restartIce: (transportId) => window.signal('restartIce', transportId),
      },
      microphone,
      loudspeaker,
    });
    leg.subscribe(() => {
      const { state } = ready().snapshot;
      if (states.at(-1) !== state) states.push(state);
    });
    await page.again();
  },

  async again(): Promise<void> {
    await ready().start();
    context.createMediaStreamSource(loudspeaker.srcObject as MediaStream).connect(analyser);
  },

  /** The strongest frequency that is heard now, in Hz; 0 for silence. */
  heard(): number {
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    const best = bins.reduce((top, level, bin) => (level > (bins[top] ?? -Infinity) ? bin : top), 0);
    return (bins[best] ?? -Infinity) < -50 ? 0 : (best * context.sampleRate) / analyser.fftSize;
  },

  snapshot: (): MediaLegSnapshot => ready().snapshot,
  states: (): string[] => states,
  microphoneLevel: (): number => meter?.level() ?? 0,
  microphoneStates: (): string[] =>
    ready()
      .microphone.getTracks()
      .map(({ readyState }) => readyState),
  restartIce: (): void => ready().restartIce(),
  serverLost: (): void => ready().serverLost(),
  replaceMicrophone: (): Promise<void> => ready().replaceMicrophone(),
  setMuted: (muted: boolean): void => {
    ready().muted = muted;
  },
  close: (): void => ready().close(),
};

window.page = page;
