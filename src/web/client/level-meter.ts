/** 0 dBFS is full scale; what lies below this counts as silence. */
const SILENCE_DB = -60;

/** How loud a stream is: for the microphone check, and for showing that someone speaks. */
export class LevelMeter {
  readonly #source: MediaStreamAudioSourceNode;
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;

  /** `context` is the page's own: a page may have only a few, and one that was resumed by a click. */
  constructor(context: AudioContext, stream: MediaStream) {
    this.#source = context.createMediaStreamSource(stream);
    this.#analyser = context.createAnalyser();
    this.#analyser.fftSize = 2048;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#source.connect(this.#analyser);
  }

  /** Loudness of the last 40 ms or so, from 0 (silence) to 1 (full scale), even steps in decibels. */
  level(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length;
    const db = 10 * Math.log10(power + 1e-12);
    return Math.min(1, Math.max(0, 1 - db / SILENCE_DB));
  }

  close(): void {
    this.#source.disconnect();
  }
}
