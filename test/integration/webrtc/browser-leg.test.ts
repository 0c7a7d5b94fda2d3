import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { TestBrowser } from '../../support/browser.ts';
import {
  BROWSER_HZ,
  ENGINE_HZ,
  type GateBench,
  LegBench,
  serveLegPage,
  startGateBench,
  startToneBrowser,
  type Way,
} from '../../support/leg-bench.ts';
import { describeWith } from '../../support/peers.ts';
import type { TestPage } from '../../support/web-page.ts';

describeWith(['chromium', 'worker'], 'a browser leg through the gate', () => {
  let browser: TestBrowser;
  let served: TestPage;
  let bench: GateBench;
  const open: LegBench[] = [];

  const startLeg = async (way: Way = 'direct'): Promise<LegBench> => {
    const leg = await LegBench.start(bench, browser, served, way);
    open.push(leg);
    return leg;
  };

  beforeAll(async () => {
    [browser, served, bench] = await Promise.all([startToneBrowser(), serveLegPage(), startGateBench()]);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((leg) => leg.close()));
  });
  afterAll(async () => {
    await browser?.close();
    await bench?.gate.stop();
    await served?.close();
  });

  it('[W10] carries PCMU both ways, each side hearing the other', async () => {
    const leg = await startLeg();
    await leg.join();
    await Promise.all([leg.engine.hears(BROWSER_HZ), leg.pageHears(ENGINE_HZ)]);
    expect([...leg.engine.payloadTypes]).toEqual([0]);
    expect(await leg.page.evaluate('window.page.states()')).toEqual(['connecting', 'connected']);
    expect(await leg.page.evaluate('window.page.microphoneLevel()')).toBeGreaterThan(0.5);
  });

  it('[W31] a muted microphone says silence, and the loudspeaker goes on', async () => {
    const leg = await startLeg();
    await leg.join();
    await leg.engine.hears(BROWSER_HZ);
    await leg.page.evaluate('window.page.setMuted(true)');
    await leg.engine.hearsSilence();
    await leg.pageHears(ENGINE_HZ);
    await leg.page.evaluate('window.page.setMuted(false)');
    await leg.engine.hears(BROWSER_HZ);
  });

  it('[W32] another microphone takes over in the same leg', async () => {
    const leg = await startLeg();
    await leg.join();
    await leg.engine.hears(BROWSER_HZ);
    await leg.page.evaluate('window.page.setMuted(true)');
    await leg.engine.hearsSilence();
    await leg.page.evaluate('window.page.replaceMicrophone()');
    expect(await leg.page.evaluate('window.page.snapshot().muted')).toBe(true);
    await leg.page.evaluate('window.page.setMuted(false)');
    leg.engine.forget();
    await leg.engine.hears(BROWSER_HZ);
    expect(bench.facts.filter(({ endpointId }) => endpointId === leg.endpointId)).toHaveLength(1);
  });

  it('[W14] restarting ICE keeps the audio', async () => {
    const leg = await startLeg();
    await leg.join();
    await leg.engine.hears(BROWSER_HZ);
    await leg.page.evaluate('window.page.restartIce()');
    await leg.page.waitForFunction('window.page.snapshot().state === "connected"');
    leg.engine.forget();
    await Promise.all([leg.engine.hears(BROWSER_HZ), leg.pageHears(ENGINE_HZ)]);
    expect(await leg.page.evaluate('window.page.states()')).toEqual([
      'connecting',
      'connected',
      'recovering',
      'connected',
    ]);
  });

  it('[W13] [W33] a cut line is told, and the leg comes back when the line does', async () => {
    const leg = await startLeg('relay');
    await leg.join();
    await leg.engine.hears(BROWSER_HZ);
    const { relay } = leg;
    if (!relay) throw new Error('no relay');
    relay.isCut = true;
    await bench.until(({ endpointId, value }) => endpointId === leg.endpointId && value === 'disconnected');
    await leg.page.waitForFunction('window.page.snapshot().state === "recovering"', undefined, { timeout: 30_000 });
    leg.engine.forget();
    relay.isCut = false;
    await leg.page.waitForFunction('window.page.snapshot().state === "connected"', undefined, { timeout: 30_000 });
    await Promise.all([leg.engine.hears(BROWSER_HZ), leg.pageHears(ENGINE_HZ)]);
    const told = bench.facts.filter(({ endpointId }) => endpointId === leg.endpointId).map(({ value }) => value);
    expect(told).toEqual(['connected', 'disconnected', 'connected']);
  }, 90_000);

  it('[W35] where UDP is blocked the leg comes through over TCP', async () => {
    const leg = await startLeg('tcp');
    await leg.join();
    await Promise.all([leg.engine.hears(BROWSER_HZ), leg.pageHears(ENGINE_HZ)]);
  });

  it('[W15] a page that goes away is told as closed', async () => {
    const leg = await startLeg();
    await leg.join();
    await leg.page.evaluate('window.page.close()');
    await bench.until(({ endpointId, value }) => endpointId === leg.endpointId && value === 'closed');
  });

  it.each(['close', 'reload'] as const)('[W15] a page that is left (%s) says goodbye', async (how) => {
    const leg = await startLeg();
    await leg.join();
    await leg.page[how]();
    await bench.until(({ endpointId, value }) => endpointId === leg.endpointId && value === 'closed');
  });

  it('[W33] a network that comes back makes the leg seek a new way', async () => {
    const leg = await startLeg();
    await leg.join();
    await leg.page.evaluate('window.dispatchEvent(new Event("online"))');
    await leg.page.waitForFunction('window.page.states().length === 4');
    leg.engine.forget();
    await Promise.all([leg.engine.hears(BROWSER_HZ), leg.pageHears(ENGINE_HZ)]);
    expect(await leg.page.evaluate('window.page.states().slice(2)')).toEqual(['recovering', 'connected']);
  });

  it('[W30] a closed leg gives back the microphone', async () => {
    const leg = await startLeg();
    await leg.join();
    expect(await leg.page.evaluate('window.page.microphoneStates()')).toEqual(['live']);
    await leg.page.evaluate('window.page.close()');
    expect(await leg.page.evaluate('window.page.microphoneStates()')).toEqual(['ended']);
    await expect(leg.page.evaluate('window.page.again()')).rejects.toThrow();
  });

  it('[W20] a killed worker is replaced, its leg told lost, and the page joins again', async () => {
    const leg = await startLeg();
    await leg.join();
    await leg.engine.hears(BROWSER_HZ);
    const [pid] = bench.gate.workerPids;
    if (pid === undefined) throw new Error('no worker');
    const lost = leg.endpointId;
    process.kill(pid, 'SIGKILL');
    await bench.until(
      ({ fact, endpointId, value }) => fact === 'lost' && endpointId === lost && value === 'workerDied',
    );
    await bench.until(({ fact }) => fact === 'workerReplaced');
    expect(bench.gate.workerPids).toHaveLength(1);
    expect(bench.gate.workerPids).not.toContain(pid);
    await leg.page.evaluate('window.page.serverLost()');
    expect(await leg.page.evaluate('window.page.snapshot().state')).toBe('failed');
    leg.engine.forget();
    await leg.join('again');
    await Promise.all([leg.engine.hears(BROWSER_HZ), leg.pageHears(ENGINE_HZ)]);
  });
});
