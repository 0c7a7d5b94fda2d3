import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startBrowser, type TestBrowser } from '../../support/browser.ts';
import { describeWith } from '../../support/peers.ts';
import { toneWav } from '../../support/tones.ts';
import { sampleRecord } from '../../support/web/fake-records.ts';
import { logInTo, startPageSite } from '../../support/web/page-site.ts';
import type { WebSite } from '../../support/web/web-site.ts';

const SECONDS = 20;

/** Runs in the page: seeks, plays a little, and tells how far it came. */
const PLAY_FROM_15 = `(async () => {
  const player = document.querySelector('audio');
  const once = (name) => new Promise((resolve) => player.addEventListener(name, resolve, { once: true }));
  if (player.readyState < 1) await once('loadedmetadata');
  player.currentTime = 15;
  await once('seeked');
  await player.play();
  while (player.currentTime < 15.2) await once('timeupdate');
  return { durationS: player.duration, atS: player.currentTime };
})()`;

/** For what a loaded machine may take its time over. */
const PATIENT = { timeout: 20_000 };

describeWith('chromium', 'the console', () => {
  let browser: TestBrowser;
  let site: WebSite;
  let page: Page;

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    const recording = sampleRecord().recordings[0] ?? expect.fail();
    const bytes = toneWav(440, SECONDS * 1_000);
    site = await startPageSite({
      records: [
        sampleRecord({ recordings: [{ ...recording, formats: ['wav'] }] }),
        sampleRecord({
          callId: 'call-2',
          startedAt: Date.UTC(2026, 10, 22),
          callerNumber: 'anonymous',
          outcome: 'abandoned',
          hasRecording: false,
        }),
      ],
      audioFiles: { 'rec-1.wav': { contentType: 'audio/wav', bytes } },
    });
    await browser.context.clearCookies();
    page = await browser.context.newPage();
  });
  afterEach(async () => {
    await page.close();
    await site.close();
  });

  it('[D27] lists calls newest first and narrows them', async () => {
    await logInTo(page, `${site.url}/console`, 'sam');
    const rows = page.locator('tbody tr');
    await rows.nth(1).waitFor();
    expect(await rows.first().textContent()).toContain('+49301234567');
    expect(await rows.nth(1).textContent()).toContain('Number withheld');
    await page.getByLabel('Outcome').selectOption('abandoned');
    await expect.poll(() => rows.count(), PATIENT).toBe(1);
    await page.getByLabel('Number contains').fill('555');
    await page.getByText('No call here matches').waitFor();
  });

  it('[D27] leads back in time', async () => {
    await logInTo(page, `${site.url}/console`, 'sam');
    await page.getByRole('button', { name: 'Older' }).click();
    await page.getByText('No calls yet').waitFor();
    await page.getByRole('button', { name: 'Newest' }).click();
    await expect.poll(() => page.locator('tbody tr').count(), PATIENT).toBe(2);
  });

  it('[D28] shows a whole record', async () => {
    await logInTo(page, `${site.url}/console`, 'sam');
    await page.locator('tbody tr a').first().click();
    const steps = page.getByRole('region', { name: 'Steps' });
    await steps.getByText('greeting').waitFor();
    await steps.locator('kbd', { hasText: '1' }).waitFor();
    await steps.getByText('Not kept').waitFor();
    const offers = page.getByRole('region', { name: 'Offers' });
    await offers.getByText('longest idle: 412 s').waitFor();
    await offers.getByText('Rang out').waitFor();
    await page.getByRole('region', { name: 'Legs' }).getByText('MOS 4.3').waitFor();
    await page.getByText('caller hung up').first().waitFor();
  });

  it('[D28,H20] plays a recording from any place', async () => {
    await logInTo(page, `${site.url}/console#/calls/call-1`, 'sam');
    await page.locator('audio').waitFor();
    const heard = (await page.evaluate(PLAY_FROM_15)) as { durationS: number; atS: number };
    expect(heard.durationS).toBeCloseTo(SECONDS, 1);
    expect(heard.atS).toBeGreaterThanOrEqual(15.2);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download WAV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('rec-1.wav');
  });

  it('[D28] a call that is not there is told in words', async () => {
    await logInTo(page, `${site.url}/console#/calls/call-77`, 'sam');
    await page.getByText('There is no such call.').waitFor();
  });

  it('[H14] an agent is told that this is not for them', async () => {
    await logInTo(page, `${site.url}/console`, 'amy');
    await page.getByText('This account may not see call records.').waitFor();
  });
});
