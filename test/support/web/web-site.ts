import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import type { HttpDeps } from '../../../src/adapters/http/deps.ts';
import { startHttpServer } from '../../../src/adapters/http/server.ts';
import type { CallRecord } from '../../../src/protocol/http.ts';
import { systemClock } from '../../../src/shared/time.ts';
import type { LogInThrottle } from '../../../src/users/login-throttle.ts';
import { fakeFlows } from './fake-flows.ts';
import { FakeSessions, fakeAccounts, fakeAudio, fakeCallRecords, PASSWORD, sampleRecord } from './fake-records.ts';
import { FakeDesk, FakePhone } from './fake-services.ts';

/** The real HTTP and WebSocket surface over fakes that stand at our own ports. */
export interface WebSite {
  url: string;
  desk: FakeDesk;
  phone: FakePhone;
  sessions: FakeSessions;
  /** Everything logged so far, as text. */
  logged(): string;
  /** Logs in and gives the `Cookie` header. */
  cookieOf(name: string): Promise<string>;
  close(): Promise<void>;
}

export interface WebSiteOptions extends Partial<HttpDeps> {
  records?: CallRecord[];
  audioFiles?: Parameters<typeof fakeAudio>[0];
}

const noThrottle: LogInThrottle = { waitMs: () => 0, failed: () => {}, succeeded: () => {} };

export async function startWebSite(options: WebSiteOptions = {}): Promise<WebSite> {
  const { records = [sampleRecord()], audioFiles = {}, ...overrides } = options;
  const desk = new FakeDesk();
  const phone = new FakePhone();
  const sessions = new FakeSessions();
  const lines: string[] = [];
  const sink = new PassThrough().on('data', (chunk) => lines.push(String(chunk)));
  const flows = await fakeFlows();
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    accounts: fakeAccounts(),
    sessions,
    throttle: noThrottle,
    callRecords: fakeCallRecords(records),
    ...fakeAudio(audioFiles),
    callbacks: { open: async () => [], cancel: async () => false },
    numbers: () => [{ number: '1000', flow: 'welcome', title: 'Welcome' }],
    flows,
    desk,
    phone,
    webRoot: '/nowhere',
    ready: async () => ({ media: true, sip: true }),
    version: '0.0.0',
    log: pino({ level: 'debug' }, sink),
    clock: systemClock,
    ...overrides,
  });
  const url = `http://127.0.0.1:${server.httpPort}`;
  return {
    url,
    desk,
    phone,
    sessions,
    logged: () => lines.join(''),
    cookieOf: async (name) => {
      const response = await fetch(`${url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name, password: PASSWORD }),
      });
      return (response.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
    },
    close: async () => {
      flows.close();
      await server.close();
    },
  };
}
