import type { Page } from 'playwright-core';

/** How loud (dB below full scale) the strongest frequency is that still counts as sound. */
const SOUND_DB = -65;

/** How often the ear listens, and how many moments it remembers. */
const EVERY_MS = 10;
const MEMORY = 3_000;

/** Runs in the page, which has types of its own: every stream given to a media element is also looked at by an analyser. */
const EAR = `
const property = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject');
globalThis.moments = [];
function listen(stream) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  analyser.smoothingTimeConstant = 0;
  context.createMediaStreamSource(stream).connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount);
  setInterval(() => {
    analyser.getFloatFrequencyData(bins);
    const best = bins.reduce((at, level, index) => (index > 0 && level > bins[at] ? index : at), 0);
    const hz = bins[best] > ${SOUND_DB} ? (best * context.sampleRate) / analyser.fftSize : 0;
    globalThis.moments.push({ at: Date.now(), hz });
    if (globalThis.moments.length > ${MEMORY}) globalThis.moments.shift();
  }, ${EVERY_MS});
}
Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
  ...property,
  set(value) {
    property.set.call(this, value);
    if (value instanceof MediaStream && value.getAudioTracks().length > 0) listen(value);
  },
});
`;

/** What the page played at one moment: its strongest frequency, 0 for silence. `at` is UTC ms. */
interface Moment {
  at: number;
  hz: number;
}

type Ear = { moments?: Moment[] };

/** Lets a test hear what a page's loudspeaker plays. To be called before the page is opened. */
export async function fitEar(page: Page): Promise<void> {
  await page.addInitScript(EAR);
}

/** Resolves when the page plays mostly this frequency, with the moment at which that began after `since` (UTC ms). */
export async function pageHears(
  page: Page,
  frequencyHz: number,
  since = Date.now(),
  withinMs = 15_000,
): Promise<number> {
  const found = await page.waitForFunction(
    ({ hz, from }) => (globalThis as Ear).moments?.find((one) => one.at >= from && Math.abs(one.hz - hz) < 15)?.at,
    { hz: frequencyHz, from: since },
    { timeout: withinMs, polling: 20 },
  );
  return (await found.jsonValue()) ?? 0;
}

/** Resolves when the page has played nothing for half a second. */
export async function pageHearsNothing(page: Page, withinMs = 15_000): Promise<void> {
  await page.waitForFunction(
    () => {
      const last = (globalThis as Ear).moments?.slice(-50) ?? [];
      return last.length === 50 && last.every(({ hz }) => hz === 0);
    },
    undefined,
    { timeout: withinMs, polling: 50 },
  );
}
