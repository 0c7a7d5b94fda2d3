import { expect, it } from 'vitest';
import { pageHears } from '../../support/browser-ear.ts';
import { AGENT_HZ, browserSite } from '../../support/browser-site.ts';
import { newestRecord, openDesk, press } from '../../support/desk-page.ts';
import { describeWith } from '../../support/peers.ts';
import { SipPhone } from '../../support/sip-phone.ts';
import type { Site } from '../../support/site.ts';
import { isOnlyTone, loudness } from '../../support/tones.ts';

const CALLER_HZ = 440;
const SAMPLES_PER_MS = 8;

describeWith(['chromium', 'worker', 'espeak-ng', 'ffmpeg'], 'a program is killed during a talk', () => {
  const run = browserSite();

  it('the app: the two go on hearing each other while it restarts, and the record is complete', {
    timeout: 120_000,
  }, async () => {
    const { site, browser } = run;
    const desk = await openDesk(browser.context, site);
    const phone = await SipPhone.open(site.sipPort);
    await phone.dial('1000');
    await phone.rtp.press('1');
    await desk.getByRole('region', { name: /Incoming call/ }).waitFor({ timeout: 20_000 });
    phone.rtp.toneHz = CALLER_HZ;
    await press(desk, 'Answer');
    await phone.rtp.until(() => isOnlyTone(phone.rtp.audio().slice(-800), AGENT_HZ));
    await pageHears(desk, CALLER_HZ);

    const app = site.pid('app');
    phone.rtp.heard.length = 0;
    process.kill(app, 'SIGKILL');
    await expect.poll(() => appPid(site) ?? app, { timeout: 30_000, interval: 100 }).not.toBe(app);
    await phone.rtp.until(() => phone.rtp.audio().length > 1_000 * SAMPLES_PER_MS);
    // Another app is starting; what was heard meanwhile has no hole.
    const heard = phone.rtp.audio();
    for (let at = 0; at + 100 * SAMPLES_PER_MS <= heard.length; at += 100 * SAMPLES_PER_MS) {
      expect(isOnlyTone(heard.slice(at, at + 100 * SAMPLES_PER_MS), AGENT_HZ), `at ${at / SAMPLES_PER_MS} ms`).toBe(
        true,
      );
    }
    await pageHears(desk, CALLER_HZ);

    await phone.hungUp();
    const record = await newestRecord(site, (one) => one.recordings[0]?.state === 'stored');
    expect(record).toMatchObject({ outcome: 'answered', endedBy: 'system', endReason: 'program restarted' });
    expect(record.steps.map(({ step }) => step)).toEqual(['greeting', 'choose', 'support']);
    expect(record.legs.every(({ endedAt }) => endedAt !== undefined)).toBe(true);
    expect(record.recordings[0]?.durationMs).toBeGreaterThan(100);

    await desk
      .getByRole('button', { name: /Go available|Take a break|Finish wrap-up/ })
      .first()
      .waitFor({ timeout: 30_000 });
    await phone.close();
    await desk.close();
  });

  it('the media program: the call ends, the record says so, and the next call is heard', {
    timeout: 120_000,
  }, async () => {
    const { site } = run;
    const phone = await SipPhone.open(site.sipPort);
    await phone.dial('1000');
    await phone.rtp.until(() => loudness(phone.rtp.audio().slice(-1_600)) > 200);
    process.kill(site.pid('media'), 'SIGKILL');
    await phone.hungUp();
    const record = await newestRecord(site, (one) => one.endedAt !== undefined);
    expect(record).toMatchObject({ endedBy: 'system', outcome: 'failed' });
    await phone.close();

    await expect.poll(async () => (await fetch(`${site.httpUrl}/readyz`)).status, { timeout: 30_000 }).toBe(200);
    const next = await SipPhone.open(site.sipPort);
    await next.dial('1000');
    await next.rtp.until(() => loudness(next.rtp.audio().slice(-1_600)) > 200);
    await next.hangUp();
    await next.close();
  });

  it('the SIP server: it comes back, and the next call is answered', { timeout: 60_000 }, async () => {
    const { site } = run;
    process.kill(site.pid('sip'), 'SIGKILL');
    await expect.poll(async () => (await fetch(`${site.httpUrl}/readyz`)).status, { timeout: 30_000 }).toBe(200);
    await expect.poll(async () => answers(site), { timeout: 40_000 }).toBe(true);
  });
});

function appPid(site: Site): number | undefined {
  try {
    return site.pid('app');
  } catch {
    return undefined;
  }
}

async function answers(site: Site): Promise<boolean> {
  const phone = await SipPhone.open(site.sipPort);
  try {
    await phone.dial('1000');
    await phone.hangUp();
    return true;
  } catch {
    return false;
  } finally {
    await phone.close();
  }
}
