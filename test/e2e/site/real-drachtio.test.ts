import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFailed } from 'vitest';
import { SipLink } from '../../../src/adapters/drachtio/sip-link.ts';
import { createLogger } from '../../../src/shared/logger.ts';
import { systemClock } from '../../../src/shared/time.ts';
import { getHeader } from '../../../src/sip/wire/headers.ts';
import { phoneLineContract } from '../../contract/phone-line.ts';
import { startBrowser, type TestBrowser } from '../../support/browser.ts';
import { pageHears } from '../../support/browser-ear.ts';
import { newestRecord, openDesk, press } from '../../support/desk-page.ts';
import { describeWith } from '../../support/peers.ts';
import { type RealDrachtio, startRealDrachtio } from '../../support/real-drachtio.ts';
import { SDP } from '../../support/sip-peer.ts';
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

/** An app that answers 7002, lets 7001 ring and refuses all others. */
async function connectApp({ adminPort, secret }: RealDrachtio): Promise<SipLink> {
  const log = createLogger('app', { level: 'fatal' });
  const at = { host: '127.0.0.1', port: adminPort, secret, environment: {} };
  const app = new SipLink({ ...at, log, clock: systemClock });
  await app.open(({ calledNumber, signalling }) => {
    signalling.listen({
      answered: () => {},
      offerWanted: async () => SDP(),
      acknowledged: () => {},
      answerFailed: () => {},
      cancelled: () => {},
      ended: () => {},
      digit: () => {},
      reoffered: async () => SDP(),
    });
    if (calledNumber === '7001') signalling.ring();
    else if (calledNumber === '7002') signalling.answer(SDP(50_000));
    else signalling.refuse('number.unknown');
  });
  return app;
}

describeWith('drachtio-server', 'what differs at a real drachtio-server', () => {
  let drachtio: RealDrachtio;
  let phone: SipPhone;

  beforeAll(async () => {
    drachtio = await startRealDrachtio();
  }, 30_000);
  beforeEach(async () => {
    phone = await SipPhone.open(drachtio.sipPort);
  });
  afterEach(() => phone.close());
  afterAll(() => drachtio?.kill());

  /** 4711 is refused with 404 by an App that is there, and with 503 where there is none. */
  async function untilRefused(status: number): Promise<void> {
    const other = await SipPhone.open(drachtio.sipPort);
    // What comes in the moment of an App's leaving may never be answered: each try is a new call.
    const refusals = (): number => {
      other.invite('4711');
      return other.peer.count((m) => m.type === 'response' && m.status === status);
    };
    await expect.poll(refusals, { interval: 100, timeout: 5_000 }).toBeGreaterThan(0);
    await other.close();
  }

  async function withApp(run: (app: SipLink) => Promise<void>): Promise<void> {
    const app = await connectApp(drachtio);
    try {
      // srf says that it is connected before the server knows what it wants.
      await untilRefused(404);
      await run(app);
    } finally {
      app.close();
    }
    await untilRefused(503);
  }

  it('[C15] a server that hangs is noticed; its calls go on when it wakes', { timeout: 60_000 }, () =>
    withApp(async (app) => {
      await phone.dial('7002');
      process.kill(drachtio.pid(), 'SIGSTOP');
      await expect.poll(() => app.isConnected, { timeout: 40_000 }).toBe(false);
      process.kill(drachtio.pid(), 'SIGCONT');
      await expect.poll(() => app.isConnected, { timeout: 10_000 }).toBe(true);
      expect((await phone.request('OPTIONS')).status).toBe(200);
      await phone.hangUp();
    }),
  );

  it('[SD31] a BYE in a dialog whose App is gone gets 481', async () => {
    await withApp(() => phone.dial('7002'));
    expect((await phone.request('BYE')).status).toBe(481);
  });

  it('[SD32] a caller rings on when the App is gone, and may give up', async () => {
    await withApp(async () => {
      phone.invite('7001');
      await phone.peer.response(180, 'INVITE');
    });
    expect(phone.peer.count((m) => m.type === 'response' && m.status >= 200)).toBe(0);
    phone.cancel('7001');
    expect((await phone.final()).status).toBe(487);
  });

  it('[SD33] without an App an INVITE gets 503 and no Retry-After', async () => {
    phone.invite('7002');
    const final = await phone.final();
    expect([final.status, getHeader(final, 'retry-after')]).toEqual([503, undefined]);
  });

  it('[SD34] a scanner gets 603', async () => {
    phone.invite('7002', { headers: ['User-Agent: friendly-scanner'] });
    expect((await phone.final()).status).toBe(603);
  });

  it('[SD40] a session timer that cannot be read gets 400', () =>
    withApp(async () => {
      phone.invite('7002', { headers: ['Session-Expires: soon', 'Supported: timer'] });
      expect((await phone.final()).status).toBe(400);
    }));

  it('[SD38] with our configuration no message is written out, and no key that comes by INFO', async () => {
    await withApp(async () => {
      await phone.dial('7002');
      await phone.request('INFO', 'Signal=7\r\nDuration=160\r\n', ['Content-Type: application/dtmf-relay']);
      await phone.hangUp();
    });
    expect(drachtio.output()).not.toMatch(/Signal|alice|INVITE sip:/);
    expect(drachtio.output()).not.toContain(drachtio.secret);
  });
});
