import Srf from 'drachtio-srf';
import { createLogger } from '../../src/shared/logger.ts';
import { type SipServer, type SipServerOptions, startSipServer } from '../../src/sip/server.ts';
import { type SipPeer, udpPeer } from './sip-peer.ts';

interface SrfHeaders {
  headers?: Record<string, string>;
  body?: string;
}

export interface SrfReq {
  body: string;
  get(name: string): string;
  on(event: 'cancel', heard: () => void): void;
  cancel(sent: () => void): void;
}

export interface SrfRes {
  send(status: number, options?: SrfHeaders): void;
}

type Handler = (req: SrfReq, res: SrfRes) => void;

export interface SrfDialog {
  id: string;
  sip: { callId: string };
  remote: { uri: string; sdp: string };
  on(event: 'destroy', heard: (message: unknown, reason: string) => void): void;
  on(event: string, heard: Handler): void;
  modify(sdp: string): Promise<string>;
  request(options: SrfHeaders & { method: string }): Promise<{ status: number }>;
  destroy(): Promise<unknown>;
}

interface UacOptions extends SrfHeaders {
  localSdp?: string;
  method?: string;
  auth?: { username: string; password: string };
}

/** What the tests use of drachtio-srf, as it behaves; the types that come with it leave much of this out. */
export interface TestSrf {
  disconnect(): void;
  invite(handler: Handler): void;
  register(handler: Handler): void;
  options(handler: Handler): void;
  subscribe(handler: Handler): void;
  createUAS(req: SrfReq, res: SrfRes, options: SrfHeaders & { localSdp?: string }): Promise<SrfDialog>;
  createUAC(
    uri: string,
    options: UacOptions,
    progress?: { cbRequest?: (error: unknown, req: SrfReq) => void; cbProvisional?: (res: { status: number }) => void },
  ): Promise<SrfDialog>;
}

export const SECRET = 'only for this test';

/** The server on ports of its own, with nothing in its log but what went wrong. */
export function testServer(options: Partial<SipServerOptions> = {}): Promise<SipServer> {
  return startSipServer({
    host: '127.0.0.1',
    port: 0,
    adminPort: 0,
    secret: SECRET,
    log: createLogger('sip', { level: process.env['TEST_LOG'] ?? 'error' }),
    ...options,
  });
}

/** A real drachtio-srf that is connected to the server. */
export async function connectSrf(server: SipServer, secret = SECRET): Promise<TestSrf> {
  const srf = new Srf();
  void srf.connect({ host: '127.0.0.1', port: server.adminPort, secret });
  srf.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    srf.on('connect', (error: Error | undefined) => (error ? reject(error) : resolve()));
  });
  return srf as unknown as TestSrf;
}

export interface Bench {
  server: SipServer;
  srf: TestSrf;
  peer: SipPeer;
  close(): Promise<void>;
}

/** Server, App and one phone. */
export async function bench(options: Partial<SipServerOptions> = {}): Promise<Bench> {
  const server = await testServer(options);
  const srf = await connectSrf(server);
  const peer = await udpPeer();
  return {
    server,
    srf,
    peer,
    close: async () => {
      srf.disconnect();
      await Promise.all([server.close(), peer.close()]);
    },
  };
}
