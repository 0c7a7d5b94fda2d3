import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed } from 'vitest';
import { startBrowser, type TestBrowser } from '../../support/browser.ts';
import { pageHears } from '../../support/browser-ear.ts';
import { CalledPhone } from '../../support/called-phone.ts';
import { newestRecord, openDesk, press } from '../../support/desk-page.ts';
import { describeWith } from '../../support/peers.ts';
import { SipPhone } from '../../support/sip-phone.ts';
import { type Site, startSite } from '../../support/site.ts';
import { isOnlyTone, toneWav } from '../../support/tones.ts';

const CUSTOMER_HZ = 440;
const AGENT_HZ = 1_000;

const FLOW = `flow: later
version: 1
languages: [en]
start: wait
steps:
  wait: { queue: { name: support, callbackKey: "*" }, onTimeout: end, onCallback: book }
  book: { callback: { queue: support, number: "+4930100" }, next: booked, onError: end }
  booked: { tag: { booked: "yes" }, next: end }
  end: { hangup: {} }
`;

describeWith(['chromium', 'worker'], 'a callback is booked, and the app is killed', () => {
  let folder: string;
  let site: Site;
  let browser: TestBrowser;
  let customer: CalledPhone;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-callback-'));
    customer = await CalledPhone.open();
    customer.rtp.toneHz = CUSTOMER_HZ;
    const flows = join(folder, 'flows');
    const sip = join(folder, 'sip');
    for (const one of [join(flows, 'queues'), join(flows, 'prompts'), sip]) mkdirSync(one, { recursive: true });
    writeFileSync(join(flows, 'later.yaml'), FLOW);
    writeFileSync(join(flows, 'queues', 'support.yaml'), 'queue: support\nversion: 1\nannounce: { position: false }\n');
    writeFileSync(join(sip, 'numbers.yaml'), 'version: 1\nnumbers: { "6000": later }\n');
    writeFileSync(
      join(sip, 'trunks.yaml'),
      `trunks:\n  local: { from: [127.0.0.0/8] }\n  carrier: { to: "127.0.0.1:${customer.peer.port}", dial: ["+4930*"] }\n`,
    );
    [site, browser] = await Promise.all([
      startSite({ env: { PARLEY_FLOWS_DIR: flows, PARLEY_SIP_CONFIG_DIR: sip } }),
      startBrowser({ microphoneWav: toneWav(AGENT_HZ, 2_000, 48_000) }),
    ]);
  }, 180_000);
  beforeEach(() => {
    onTestFailed(() => console.log(site.output()));
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
    await customer.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('[Q51] [R80] the next app calls the customer back, with an agent at a desk in a browser', {
    timeout: 120_000,
  }, async () => {
    const desk = await openDesk(browser.context, site);
    await press(desk, 'Take a break');
    const caller = await SipPhone.open(site.sipPort);
    await caller.dial('6000');
    await caller.rtp.press('*');
    await caller.hungUp();

    const app = site.pid('app');
    process.kill(app, 'SIGKILL');
    await expect.poll(() => pidOf(site) ?? app, { timeout: 30_000, interval: 100 }).not.toBe(app);
    await caller.close();

    await desk.getByRole('button', { name: 'Go available' }).click({ timeout: 30_000 });
    await desk.getByRole('region', { name: 'Call +4930100 back' }).waitFor({ timeout: 30_000 });
    await press(desk, 'Answer');
    await customer.called();
    customer.ring();
    await desk.getByRole('region', { name: /^Calling \+4930100/ }).waitFor({ timeout: 10_000 });
    await customer.pickUp();
    await customer.rtp.until(() => isOnlyTone(customer.rtp.audio().slice(-800), AGENT_HZ));
    await pageHears(desk, CUSTOMER_HZ);
    const over = customer.hungUp();
    await press(desk, 'Hang up');
    await over;
    const record = await newestRecord(site, (one) => one.endedAt !== undefined);
    expect(record).toMatchObject({ outcome: 'answered', endedBy: 'agent', callerNumber: '+4930100', queue: 'support' });
    await desk.close();
  });
});

function pidOf(site: Site): number | undefined {
  try {
    return site.pid('app');
  } catch {
    return undefined;
  }
}
