import type { Page } from 'playwright-core';

/** How loud (dB below full scale) the strongest frequency is that still counts as sound. */
const SOUND_DB = -65;

/** Runs in the page, which has types of its own: every stream given to a media element is also looked at by an analyser. */
const EAR = `
const property = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
function listen(stream) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 8192;
  analyser.smoothingTimeConstant = 0;
  context.createMediaStreamSource(stream).connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount);
  globalThis.strongest = () => {
    analyser.getFloatFrequencyData(bins);
    const best = bins.reduce((at, level, index) => (index > 0 && level > bins[at] ? index : at), 0);
    return { hz: (best * context.sampleRate) / analyser.fftSize, db: bins[best] };
  };
}
Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
  ...property,
  set(value) {
    property.set.call(this, value);
    if (value instanceof MediaStream && value.getAudioTracks().length > 0) listen(value);
  },
});
`;

/** Lets a test hear what a page's loudspeaker plays. To be called before the page is opened. */
export async function fitEar(page: Page): Promise<void> {
  await page.addInitScript(EAR);
}

/** Resolves when the page plays mostly this frequency. */
export async function pageHears(page: Page, frequencyHz: number, withinMs = 15_000): Promise<void> {
  const heard = `globalThis.strongest && globalThis.strongest().db > ${SOUND_DB} && Math.abs(globalThis.strongest().hz - ${frequencyHz}) < 15`;
  await page.waitForFunction(heard, undefined, { timeout: withinMs, polling: 20 });
}

/** Resolves when the page plays nothing. */
export async function pageHearsNothing(page: Page, withinMs = 15_000): Promise<void> {
  const silent = `globalThis.strongest && globalThis.strongest().db < ${SOUND_DB}`;
  await page.waitForFunction(silent, undefined, { timeout: withinMs, polling: 20 });
}
