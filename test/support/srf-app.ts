import Srf from 'drachtio-srf';
import { createLogger } from '../../src/shared/logger.ts';
import { type SipServer, type SipServerOptions, startSipServer } from '../../src/sip/server.ts';
import { type SipPeer, udpPeer } from './sip-peer.ts';

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
export async function connectSrf(server: SipServer, secret = SECRET): Promise<Srf> {
  const srf = new Srf();
  void srf.connect({ host: '127.0.0.1', port: server.adminPort, secret });
  srf.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    srf.on('connect', (error: Error | undefined) => (error ? reject(error) : resolve()));
  });
  return srf;
}

export interface Bench {
  server: SipServer;
  srf: Srf;
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
