import type { Page } from 'playwright-core';
import { startWebRtcGate, type WebRtcGateTuning } from '../../src/media/webrtc/gate.ts';
import type { GateEnd, WebRtcGate } from '../../src/media/webrtc-port.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { startBrowser, type TestBrowser } from './browser.ts';
import { TestEngineEnd } from './engine-end.ts';
import { peer } from './peers.ts';
import { toneWav } from './tones.ts';
import { UdpRelay } from './udp-relay.ts';
import { servePage, type TestPage } from './web-page.ts';

/** What the browser's microphone hears, and what the other side says. */
export const BROWSER_HZ = 440;
export const ENGINE_HZ = 1_000;

let opened = 0;

type Fact = { fact: string; endpointId?: string; value?: string | number };
type Gate = Awaited<ReturnType<typeof startWebRtcGate>>;
type Offer = Awaited<ReturnType<WebRtcGate['open']>>['offer'];

/** How the browser reaches the worker: as it likes, through a line that can be cut, or over TCP alone. */
export type Way = 'direct' | 'relay' | 'tcp';

/** A gate on free ports that keeps what it is told. */
export interface GateBench {
  gate: Gate;
  facts: Fact[];
  /** Resolves when a fact fits; facts that came before count as well. */
  until(fits: (fact: Fact) => boolean, withinMs?: number): Promise<Fact>;
}

export async function startGateBench(tuning: WebRtcGateTuning = {}, workers = 1): Promise<GateBench> {
  const facts: Fact[] = [];
  let waiting: (() => void)[] = [];
  const tell = (fact: Fact) => {
    facts.push(fact);
    for (const look of waiting) look();
  };
  const gate = await startWebRtcGate(
    {
      host: '127.0.0.1',
      port: 0,
      workers,
      log: createLogger('test', { level: process.env['PARLEY_LOG'] ?? 'silent' }),
      listener: {
        state: (endpointId, value) => tell({ fact: 'state', endpointId, value }),
        lost: (endpointId, value) => tell({ fact: 'lost', endpointId, value }),
        workerReplaced: (value) => tell({ fact: 'workerReplaced', value }),
      },
    },
    { workerBin: peer('worker'), ...tuning },
  );
  const until = (fits: (fact: Fact) => boolean, withinMs = 30_000): Promise<Fact> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = facts.find(fits);
        if (!found) return;
        clearTimeout(giveUp);
        waiting = waiting.filter((one) => one !== look);
        resolve(found);
      };
      const giveUp = setTimeout(() => reject(new Error(`not told; told: ${JSON.stringify(facts)}`)), withinMs);
      waiting.push(look);
      look();
    });
  return { gate, facts, until };
}

/** A browser page whose leg ends at a gate, with a test's own RTP end behind it. */
export class LegBench {
  readonly bench: GateBench;
  readonly engine: TestEngineEnd;
  readonly page: Page;
  /** The page's leg is always the newest one opened. */
  endpointId = '';
  sendTo: GateEnd | undefined;
  relay: UdpRelay | undefined;
  readonly #way: Way;

  private constructor(bench: GateBench, engine: TestEngineEnd, page: Page, way: Way) {
    this.bench = bench;
    this.engine = engine;
    this.page = page;
    this.#way = way;
  }

  static async start(bench: GateBench, browser: TestBrowser, served: TestPage, way: Way = 'direct'): Promise<LegBench> {
    const page = await browser.context.newPage();
    const legs = new LegBench(bench, await TestEngineEnd.open(), page, way);
    await page.exposeFunction('signal', (ask: string, ...values: never[]) => legs.#ask(ask, values));
    await page.goto(served.url);
    await page.waitForFunction('window.page !== undefined');
    return legs;
  }

  /** Opens a leg from the page, lets the engine's end say its tone, and waits until both sides know that they are joined. */
  async join(call = 'start'): Promise<void> {
    await this.page.evaluate(`window.page.${call}()`);
    await this.bench.until(({ endpointId, value }) => endpointId === this.endpointId && value === 'connected');
    await this.page.waitForFunction('window.page.snapshot().state === "connected"');
  }

  /** Resolves when the page hears this tone; 0 is silence. */
  async pageHears(frequencyHz: number): Promise<void> {
    await this.page.waitForFunction(`Math.abs(window.page.heard() - ${frequencyHz}) < 15`, undefined, {
      polling: 50,
      timeout: 20_000,
    });
  }

  async close(): Promise<void> {
    if (!this.page.isClosed()) await this.page.close();
    this.bench.gate.close(this.endpointId);
    this.engine.close();
    this.relay?.close();
  }

  async #ask(ask: string, values: never[]): Promise<unknown> {
    const { gate } = this.bench;
    if (ask === 'open') return this.#open();
    const [first, second] = values;
    if (first === undefined) throw new Error(`${ask} without a value`);
    if (ask === 'connect') return gate.connect(this.endpointId, first, second ?? {});
    if (ask === 'produce') return gate.produce(this.endpointId, first);
    if (ask === 'consume') return gate.consume(this.endpointId, first);
    if (ask === 'restartIce') return gate.restartIce(this.endpointId, first);
    throw new Error(`no such ask: ${ask}`);
  }

  async #open(): Promise<Offer> {
    this.endpointId = `leg-${++opened}`;
    const { offer, sendTo } = await this.bench.gate.open(this.endpointId, this.engine.end);
    this.sendTo = sendTo;
    this.engine.say(ENGINE_HZ, sendTo);
    if (this.#way === 'tcp') return withCandidates(offer, (one) => one['protocol'] === 'tcp');
    return this.#way === 'relay' ? this.#overRelay(offer) : offer;
  }

  /** The same offer with the relay's port in place of the worker's, and no way around it over TCP. */
  async #overRelay(offer: Offer): Promise<Offer> {
    const udp = withCandidates(offer, (one) => one['protocol'] === 'udp');
    this.relay ??= await UdpRelay.to(Number(udp.send.iceCandidates[0]?.['port']));
    for (const side of [udp.send, udp.receive]) for (const one of side.iceCandidates) one['port'] = this.relay.port;
    return udp;
  }
}

/** The same offer with some of its candidates, so that the browser has no other way. */
function withCandidates(offer: Offer, wanted: (candidate: Record<string, unknown>) => boolean): Offer {
  const copy = structuredClone(offer);
  for (const side of [copy.send, copy.receive]) side.iceCandidates = side.iceCandidates.filter(wanted);
  return copy;
}

/** A browser whose microphone hears `BROWSER_HZ`. */
export function startToneBrowser(): Promise<TestBrowser> {
  return startBrowser({ microphoneWav: toneWav(BROWSER_HZ, 10_000, 48_000) });
}

export function serveLegPage(): Promise<TestPage> {
  return servePage(new URL('../web/media-leg-page.ts', import.meta.url).pathname);
}
