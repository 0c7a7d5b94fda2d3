import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed } from 'vitest';
import { phoneLineContract } from '../../contract/phone-line.ts';
import { startBrowser, type TestBrowser } from '../../support/browser.ts';
import { pageHears } from '../../support/browser-ear.ts';
import { newestRecord, openDesk, press } from '../../support/desk-page.ts';
import { describeWith } from '../../support/peers.ts';
import { type RealDrachtio, startRealDrachtio } from '../../support/real-drachtio.ts';
import { SipPhone } from '../../support/sip-phone.ts';
import { type Site, startSite } from '../../support/site.ts';
import { isOnlyTone, toneWav } from '../../support/tones.ts';

const CALLER_HZ = 440;
const AGENT_HZ = 1_000;

/** The program that DRACHTIO_SERVER_BIN names, with the configuration that we ship, in place of our SIP server. */
describeWith(['drachtio-server', 'sipp', 'espeak-ng', 'ffmpeg'], 'a real drachtio-server', () => {
  phoneLineContract('a real drachtio-server', async (env) => {
    const drachtio = await startRealDrachtio();
    const site = await startSite({ env: { ...env, DRACHTIO_URL: drachtio.url } });
    return {
      site,
      sipPort: drachtio.sipPort,
      replaceServer: async () => {
        await drachtio.kill();
        await drachtio.start();
      },
      output: () => `${site.output()}\n${drachtio.output()}`,
      stop: async () => {
        await site.stop();
        await drachtio.kill();
      },
    };
  });
});

describeWith(['drachtio-server', 'chromium', 'worker', 'espeak-ng'], 'an agent behind a real drachtio-server', () => {
  let drachtio: RealDrachtio;
  let site: Site;
  let browser: TestBrowser;

  beforeAll(async () => {
    drachtio = await startRealDrachtio();
    [site, browser] = await Promise.all([
      startSite({ env: { DRACHTIO_URL: drachtio.url } }),
      startBrowser({ microphoneWav: toneWav(AGENT_HZ, 2_000, 48_000) }),
    ]);
  }, 180_000);
  beforeEach(() => {
    onTestFailed(() => console.log(site.output(), drachtio.output()));
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    await drachtio?.kill();
  });

  it('[C1] talks with a caller and hangs up', { timeout: 90_000 }, async () => {
    const desk = await openDesk(browser.context, site);
    const phone = await SipPhone.open(drachtio.sipPort);
    await phone.dial('1000');
    await phone.rtp.press('1');
    await desk.getByRole('region', { name: /Incoming call/ }).waitFor({ timeout: 20_000 });
    phone.rtp.toneHz = CALLER_HZ;
    await press(desk, 'Answer');
    await Promise.all([
      phone.rtp.until(() => isOnlyTone(phone.rtp.audio().slice(-800), AGENT_HZ)),
      pageHears(desk, CALLER_HZ),
    ]);
    await press(desk, 'Hang up');
    await phone.hungUp();
    await phone.close();
    const record = await newestRecord(site, ({ endedAt }) => endedAt !== undefined);
    expect(record).toMatchObject({ outcome: 'answered', endedBy: 'agent', queue: 'support' });
    await desk.close();
  });
});
