import { afterAll, beforeAll, beforeEach, onTestFailed } from 'vitest';
import { startBrowser, type TestBrowser } from './browser.ts';
import { type Site, startSite } from './site.ts';
import { toneWav } from './tones.ts';

/** What an agent's microphone gives, in Hz. */
export const AGENT_HZ = 1_000;

export interface BrowserSite {
  site: Site;
  browser: TestBrowser;
}

/** A site and a browser for all tests of a file, whose microphone gives a tone; what the site printed is shown with a failure. */
export function browserSite(): BrowserSite {
  const both: Partial<BrowserSite> = {};
  beforeAll(async () => {
    const microphoneWav = toneWav(AGENT_HZ, 2_000, 48_000);
    [both.site, both.browser] = await Promise.all([startSite(), startBrowser({ microphoneWav })]);
  }, 180_000);
  beforeEach(() => {
    onTestFailed(() => console.log(both.site?.output()));
  });
  afterAll(async () => {
    await both.browser?.close();
    await both.site?.stop();
  });
  return both as BrowserSite;
}
