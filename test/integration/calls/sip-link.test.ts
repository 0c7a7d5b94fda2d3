import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { SipLink } from '../../../src/adapters/drachtio/sip-link.ts';
import type { IncomingCall } from '../../../src/calls/signalling.ts';
import { createLogger } from '../../../src/shared/logger.ts';
import { systemClock } from '../../../src/shared/time.ts';
import type { SipServer } from '../../../src/sip/server.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { SDP } from '../../support/sip-peer.ts';
import { SipPhone } from '../../support/sip-phone.ts';
import { SECRET, testServer } from '../../support/srf-app.ts';

const log = createLogger('app', { level: process.env['TEST_LOG'] ?? 'fatal' });
const undo: (() => unknown)[] = [];

afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

function link(server: SipServer): SipLink {
  const made = new SipLink({
    host: '127.0.0.1',
    port: server.adminPort,
    secret: SECRET,
    environment: {},
    log,
    clock: systemClock,
  });
  undo.push(() => made.close());
  return made;
}

/** Answers every call, and tells how each ended. */
function answering(ends: string[], dialogs: string[] = []): (call: IncomingCall) => void {
  return ({ signalling }) => {
    signalling.listen({
      answered: (dialogId) => dialogs.push(dialogId ?? ''),
      answerFailed: (reason) => ends.push(reason),
      cancelled: () => ends.push('cancelled'),
      ended: (by, reason) => ends.push(`${by}: ${reason}`),
      digit: () => {},
      reoffered: async () => SDP(),
      offerWanted: async () => SDP(),
      acknowledged: () => {},
    });
    signalling.answer(SDP(50_000));
  };
}

async function phoneOn(server: SipServer): Promise<SipPhone> {
  const phone = await SipPhone.open(server.sipPort);
  undo.push(() => phone.close());
  return phone;
}

test('[C14] a caller who never acknowledges is hung up by the server, and the leg is told why', async () => {
  const server = await testServer({ t1Ms: 10, t2Ms: 40 });
  undo.push(() => server.close());
  const ends: string[] = [];
  await link(server).open(answering(ends));
  const phone = await phoneOn(server);
  phone.invite('1000');
  phone.call.learn(await phone.peer.response(200));
  await expect.poll(() => ends, { timeout: 10_000 }).toEqual([expect.stringMatching(/^system: .+/)]);
});

test('[C50] a dialog of a dead app is hung up by the next one', async () => {
  const server = await testServer();
  undo.push(() => server.close());
  const dialogs: string[] = [];
  const first = link(server);
  await first.open(answering([], dialogs));
  const phone = await phoneOn(server);
  await phone.dial('1000');
  first.close();
  const second = link(server);
  await second.open(answering([]));
  await expect.poll(() => server.stats().apps).toBe(1);
  const told = second.hangUpOrphan(dialogs[0] ?? '', 'program restarted');
  const bye = await phone.hungUp();
  expect(bye.headers.some(({ value }) => value.includes('program restarted'))).toBe(true);
  expect(await told).toBe(true);
  expect(await second.hangUpOrphan('no-such-dialog;from-tag=x', 'test')).toBe(false);
});

test('[C15] when the SIP server dies its calls end, and the next server is found again', async () => {
  const server = await testServer();
  const ends: string[] = [];
  const line = link(server);
  await line.open(answering(ends));
  const phone = await phoneOn(server);
  await phone.dial('1000');
  await server.close();
  await expect.poll(() => ends, { timeout: 10_000 }).toEqual(['system: SIP server lost']);
  expect(line.isConnected).toBe(false);
  const next = await testServer({ adminPort: server.adminPort });
  undo.push(() => next.close());
  await expect.poll(() => line.isConnected, { timeout: 15_000 }).toBe(true);
  await (await phoneOn(next)).dial('1000');
});

test('[C6] a wrong secret, or no server at all, is told in words', async () => {
  const server = await testServer();
  const wrong = new SipLink({
    host: '127.0.0.1',
    port: server.adminPort,
    secret: 'no',
    environment: {},
    log,
    clock: systemClock,
  });
  undo.push(() => wrong.close());
  await expect(wrong.open(() => {})).rejects.toMatchObject({ code: 'trunk.unreachable' });
  await server.close();
});

/** A SIP server that takes every app and every order, as long as it is awake; what comes while it sleeps is never answered. */
async function sleepyServer(): Promise<{
  adminPort: number;
  connections: () => number;
  sleep: () => void;
  wake: () => void;
}> {
  let isAwake = true;
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const orders = chunk.toString().matchAll(/\d+#([\w-]{36})\|(\w+)/g);
      for (const [, id, type] of isAwake ? orders : []) {
        const more = type === 'authenticate' ? '|udp/127.0.0.1:5060|v0.9.10|udp/127.0.0.1:5060' : '';
        const frame = `${randomUUID()}|response|${id}|OK${more}`;
        socket.write(`${frame.length}#${frame}`);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    adminPort: (server.address() as AddressInfo).port,
    connections: () => sockets.length,
    sleep: () => {
      isAwake = false;
    },
    wake: () => {
      isAwake = true;
    },
  };
}

test('[C15] a SIP server that answers no sign of life is not ready, until it answers again', async () => {
  const server = await sleepyServer();
  const clock = new ManualClock();
  const line = new SipLink({ host: '127.0.0.1', port: server.adminPort, secret: SECRET, environment: {}, log, clock });
  undo.push(() => line.close());
  await line.open(() => {});
  const beat = async (): Promise<void> => {
    clock.pass(5_000);
    // The answer comes over a socket, in no time that the clock knows.
    await new Promise((resolve) => setTimeout(resolve, 50));
  };
  for (let i = 0; i < 10; i += 1) await beat();
  expect([line.isConnected, server.connections()]).toEqual([true, 1]);
  server.sleep();
  for (let i = 0; i < 3; i += 1) await beat();
  expect(line.isConnected).toBe(true);
  await beat();
  await beat();
  expect(line.isConnected).toBe(false);
  server.wake();
  await beat();
  expect([line.isConnected, server.connections()]).toEqual([true, 1]);
});
