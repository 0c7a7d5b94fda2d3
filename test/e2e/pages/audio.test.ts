import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startWebRtcGate } from '../../../src/media/webrtc/gate.ts';
import type { StartWebRtcGate } from '../../../src/media/webrtc-port.ts';
import type { DeskAsk } from '../../../src/protocol/desk.ts';
import type { PhoneAsk } from '../../../src/protocol/phone.ts';
import { ParleyError } from '../../../src/shared/errors.ts';
import { startBrowser, type TestBrowser } from '../../support/browser.ts';
import { type MediaUnderTest, startMedia } from '../../support/media-program.ts';
import { describeWith, peer } from '../../support/peers.ts';
import { logInTo, startPageSite } from '../../support/web/page-site.ts';
import type { WebSite } from '../../support/web/web-site.ts';

type Answer = Record<string, unknown>;

/** Carries media asks to the real media program, each page on an endpoint of its own. */
function mediaOf(media: MediaUnderTest): (ask: DeskAsk | PhoneAsk, page: object) => Promise<Answer> {
  const endpoints = new Map<object, string>();
  let opened = 0;
  return async (ask, page): Promise<Answer> => {
    if (ask.ask === 'media.open') {
      const former = endpoints.get(page);
      if (former !== undefined) await media.client.order({ order: 'endpoint.close', endpointId: former });
      opened += 1;
      endpoints.set(page, `leg-${opened}`);
    }
    const endpointId = endpoints.get(page) ?? '';
    switch (ask.ask) {
      case 'media.open':
        return { ...(await media.client.order({ order: 'endpoint.openWebRtc', endpointId })) };
      case 'media.connect': {
        const { transportId, dtlsParameters } = ask;
        return media.client.order({ order: 'endpoint.connectWebRtc', endpointId, transportId, dtlsParameters });
      }
      case 'media.produce':
        return media.client.order({ order: 'endpoint.produce', endpointId, rtpParameters: ask.rtpParameters });
      case 'media.consume':
        return media.client.order({ order: 'endpoint.consume', endpointId, rtpCapabilities: ask.rtpCapabilities });
      case 'media.restartIce':
        return media.client.order({ order: 'endpoint.restartIce', endpointId, transportId: ask.transportId });
      default:
        return expect.fail('not about media');
    }
  };
}

/** For what a loaded machine may take its time over. */
const PATIENT = { timeout: 20_000 };

describeWith(['chromium', 'worker'], "the pages' audio", () => {
  let browser: TestBrowser;
  let media: MediaUnderTest;
  let site: WebSite;
  let page: Page;

  beforeAll(async () => {
    const startWebRtc: StartWebRtcGate = (options) => startWebRtcGate(options, { workerBin: peer('worker') });
    [browser, media] = await Promise.all([startBrowser(), startMedia({ startWebRtc })]);
  });
  afterAll(async () => {
    await browser?.close();
    await media?.stop();
  });

  beforeEach(async () => {
    site = await startPageSite();
    site.desk.media = mediaOf(media);
    site.phone.media = mediaOf(media);
    await browser.context.clearCookies();
    page = await browser.context.newPage();
  });
  afterEach(async () => {
    await page.close();
    await site.close();
  });

  const connected = () => page.getByText('Audio is connected').waitFor();
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  it('[D2] the desk is joined to the server as soon as it is open', async () => {
    await logInTo(page, `${site.url}/desk`, 'amy');
    await connected();
    const inventory = await media.client.order({ order: 'inventory' });
    expect(inventory.endpoints.map(({ kind }) => kind)).toContain('webrtc');
  });

  it('[D4] a leg that the server lost is set up again', async () => {
    await logInTo(page, `${site.url}/desk`, 'amy');
    await connected();
    const served = await site.desk.pages.next();
    const opens = () => served.asks.filter(({ ask }) => ask === 'media.open').length;
    const before = opens();
    served.socket.send({ event: 'mediaLost' });
    await expect.poll(opens, PATIENT).toBe(before + 1);
    await connected();
  });

  it('[D4] a server that no longer knows the leg gets a new one, one that knows it keeps it', async () => {
    const carry = mediaOf(media);
    let knowsLeg = true;
    site.desk.media = (ask, served) => {
      if (ask.ask === 'media.restartIce' && !knowsLeg) throw new ParleyError('media.unknownEndpoint');
      return carry(ask, served);
    };
    await logInTo(page, `${site.url}/desk`, 'amy');
    await connected();
    const served = await site.desk.pages.next();
    const count = (name: string) => served.asks.filter(({ ask }) => ask === name).length;
    site.desk.set({ ...site.desk.state, mediaReady: false });
    await served.asked('media.restartIce');
    await connected();
    expect(count('media.open')).toBe(1);
    knowsLeg = false;
    await expect.poll(() => count('media.open'), PATIENT).toBe(2);
    site.desk.set({ ...site.desk.state, mediaReady: true });
    await connected();
  });

  it('[D16] a reload in mid-call comes back to the call with audio', async () => {
    await logInTo(page, `${site.url}/desk`, 'amy');
    await connected();
    site.desk.ring();
    await button('Answer').click();
    await button('Hang up').waitFor();
    await page.reload();
    await button('Hang up').waitFor();
    await connected();
    await button('Mute').click();
    await page.getByText('Muted', { exact: true }).waitFor();
  });

  it('[D25] the phone dials, sends digits and hangs up', async () => {
    await logInTo(page, `${site.url}/call`, 'amy');
    await connected();
    expect(await page.getByLabel('Number').inputValue()).toBe('1000');
    await button('Call').click();
    await page.getByText('Connected to 1000').waitFor();
    await button('1').click();
    const served = await site.phone.pages.next();
    expect(await served.asked('sendDigits')).toEqual({ ask: 'sendDigits', digits: '1' });
    await button('Hang up').click();
    await page.getByText('Call ended after').waitFor();
  });

  it('[D25] the phone tells that a number is unknown', async () => {
    await logInTo(page, `${site.url}/call`, 'amy');
    await connected();
    await page.getByLabel('Number').fill('20');
    await button('9').click();
    expect(await page.getByLabel('Number').inputValue()).toBe('209');
    await button('Call').click();
    await page.getByRole('alert').getByText('There is no such number here.').waitFor();
  });
});
