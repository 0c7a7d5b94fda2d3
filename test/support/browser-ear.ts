import type { Page } from 'playwright-core';

/** How loud (dB below full scale) the strongest frequency is that still counts as sound. */
const SOUND_DB = -65;

/**
 * Lets a test hear what a page's loudspeaker plays: every stream that is given to a media element is also looked at by an
 * analyser. To be called before the page is opened.
 */
export async function fitEar(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const property = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
    if (!property?.set) throw new Error('media elements have no srcObject here');
    const set = property.set;
    const listen = (stream: MediaStream): void => {
      const context = new AudioContext();
      const analyser = context.createAnalyser();
      analyser.fftSize = 8_192;
      analyser.smoothingTimeConstant = 0;
      context.createMediaStreamSource(stream).connect(analyser);
      const bins = new Float32Array(analyser.frequencyBinCount);
      Object.assign(globalThis, {
        strongest: () => {
          analyser.getFloatFrequencyData(bins);
          let best = 0;
          for (let i = 1; i < bins.length; i += 1) if ((bins[i] ?? -200) > (bins[best] ?? -200)) best = i;
          return { hz: (best * context.sampleRate) / analyser.fftSize, db: bins[best] ?? -200 };
        },
      });
    };
    Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
      ...property,
      set(this: HTMLMediaElement, value: MediaProvider | null) {
        set.call(this, value);
        if (value instanceof MediaStream && value.getAudioTracks().length > 0) listen(value);
      },
    });
  });
}

/** Resolves when the page plays mostly this frequency. */
export async function pageHears(page: Page, frequencyHz: number, withinMs = 15_000): Promise<void> {
  await page.waitForFunction(
    ({ hz, db }) => {
      const ear = (globalThis as { strongest?: () => { hz: number; db: number } }).strongest?.();
      return ear !== undefined && ear.db > db && Math.abs(ear.hz - hz) < 15;
    },
    { hz: frequencyHz, db: SOUND_DB },
    { timeout: withinMs, polling: 20 },
  );
}

/** Resolves when the page plays nothing. */
export async function pageHearsNothing(page: Page, withinMs = 15_000): Promise<void> {
  await page.waitForFunction(
    (db) => {
      const ear = (globalThis as { strongest?: () => { hz: number; db: number } }).strongest?.();
      return ear !== undefined && ear.db < db;
    },
    SOUND_DB,
    { timeout: withinMs, polling: 20 },
  );
}
