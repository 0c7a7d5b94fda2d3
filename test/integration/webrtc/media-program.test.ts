import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startWebRtcGate, type WebRtcGateTuning } from '../../../src/media/webrtc/gate.ts';
import type { WebRtcGateOptions } from '../../../src/media/webrtc-port.ts';
import type { TestBrowser } from '../../support/browser.ts';
import { BROWSER_HZ, serveLegPage, startToneBrowser } from '../../support/leg-bench.ts';
import { type MediaUnderTest, startMedia } from '../../support/media-program.ts';
import { describeWith, peer } from '../../support/peers.ts';
import { RtpPhone } from '../../support/rtp-phone.ts';
import { isOnlyTone, loudness } from '../../support/tones.ts';
import type { TestPage } from '../../support/web-page.ts';

const CALLER_HZ = 1_000;

describeWith(['chromium', 'worker'], 'a browser and a carrier leg in the media program', () => {
  let browser: TestBrowser;
  let served: TestPage;
  let media: MediaUnderTest;
  let gate: Awaited<ReturnType<typeof startWebRtcGate>>;
  let caller: RtpPhone;
  let page: Page;

  const startGate = async (options: WebRtcGateOptions) => {
    const tuning: WebRtcGateTuning = { workerBin: peer('worker') };
    gate = await startWebRtcGate(options, tuning);
    return gate;
  };

  /** One ask of the page, as the order it becomes. */
  const carry = async (ask: string, first: never, second: never): Promise<unknown> => {
    const { client } = media;
    const endpointId = 'agent';
    if (ask === 'open') return client.order({ order: 'endpoint.openWebRtc', endpointId });
    if (ask === 'produce') return client.order({ order: 'endpoint.produce', endpointId, rtpParameters: first });
    if (ask === 'consume') return client.order({ order: 'endpoint.consume', endpointId, rtpCapabilities: first });
    if (ask === 'restartIce') return client.order({ order: 'endpoint.restartIce', endpointId, transportId: first });
    const connect = { transportId: first, dtlsParameters: second };
    return client.order({ order: 'endpoint.connectWebRtc', endpointId, ...connect });
  };

  const pageHears = (frequencyHz: number) =>
    page.waitForFunction(`Math.abs(window.page.heard() - ${frequencyHz}) < 20`, undefined, { polling: 50 });
  /** Looks at the last 200 ms; older packets are let go. */
  const callerHears = (isMet: (last: Int16Array) => boolean) =>
    caller.until(() => {
      caller.heard.splice(0, caller.heard.length - 10);
      const last = caller.audio();
      return last.length >= 1_600 && isMet(last);
    });
  const bridge = (hears: Record<string, string[]>) =>
    media.client.order({ order: 'bridge.set', bridgeId: 'talk', hears });

  beforeAll(async () => {
    [browser, served, media] = await Promise.all([
      startToneBrowser(),
      serveLegPage(),
      startMedia({ startWebRtc: startGate }),
    ]);
    caller = await RtpPhone.open();
    const { sdp } = await media.client.order({
      order: 'endpoint.openRtp',
      endpointId: 'caller',
      offer: caller.sdp(),
    });
    caller.toneHz = CALLER_HZ;
    caller.start(sdp);
  });
  afterAll(async () => {
    await browser?.close();
    caller?.close();
    await media?.stop();
    await served?.close();
  });
  beforeEach(async () => {
    await media.client.order({ order: 'endpoint.close', endpointId: 'agent' });
    page = await browser.context.newPage();
    await page.exposeFunction('signal', carry);
    await page.goto(served.url);
    await page.waitForFunction('window.page !== undefined');
    await page.evaluate('window.page.start()');
    await page.waitForFunction('window.page.snapshot().state === "connected"');
    return () => page.close();
  });

  it('[W10] a table joins and parts them: talk, mute, silence', async () => {
    await bridge({ caller: ['agent'], agent: ['caller'] });
    await Promise.all([pageHears(CALLER_HZ), callerHears((last) => isOnlyTone(last, BROWSER_HZ))]);
    await bridge({ caller: [], agent: ['caller'] });
    await callerHears((last) => loudness(last) < 50);
    await pageHears(CALLER_HZ);
    await bridge({ caller: [], agent: [] });
    await pageHears(0);
  });

  it('[W20] a killed worker is told as a lost endpoint, and the page talks again on the new one', async () => {
    await bridge({ caller: ['agent'], agent: ['caller'] });
    await callerHears((last) => isOnlyTone(last, BROWSER_HZ));
    process.kill(gate.workerPids[0] ?? Number.NaN, 'SIGKILL');
    const lost = await media.fact('endpointLost');
    expect(lost).toMatchObject({ endpointId: 'agent', reason: 'workerDied' });
    expect(await media.fact('workerReplaced')).toMatchObject({ worker: 'mediasoup', index: 0 });
    caller.heard.length = 0;
    await page.evaluate('window.page.serverLost()');
    await page.evaluate('window.page.again()');
    await bridge({ caller: ['agent'], agent: ['caller'] });
    await Promise.all([pageHears(CALLER_HZ), callerHears((last) => isOnlyTone(last, BROWSER_HZ))]);
  });
});
