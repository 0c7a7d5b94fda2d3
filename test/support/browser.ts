import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { peer } from './peers.ts';

export interface TestBrowser {
  context: BrowserContext;
  close(): Promise<void>;
}

export interface TestBrowserOptions {
  /** What the browser's microphone hears, as a WAV file; it is repeated without end. */
  microphoneWav?: Buffer;
}

/** A headless Chromium with a profile of its own, in which microphones are granted and pages may play at once. */
export async function startBrowser(options: TestBrowserOptions = {}): Promise<TestBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-browser-'));
  const microphone = join(folder, 'microphone.wav');
  if (options.microphoneWav) writeFileSync(microphone, options.microphoneWav);
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: peer('chromium'),
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      ...(existsSync(microphone) ? [`--use-file-for-fake-audio-capture=${microphone}`] : []),
    ],
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
