import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SipServer } from '../../../src/sip/server.ts';
import { RawApp } from '../../support/raw-app.ts';
import { PeerCall, type SipPeer, tcpPeer, udpPeer } from '../../support/sip-peer.ts';
import { SECRET, testServer } from '../../support/srf-app.ts';
import { tortureMessages } from '../../support/torture.ts';

let server: SipServer;
let app: RawApp;
let phone: SipPeer;

beforeAll(async () => {
  server = await testServer();
  app = await RawApp.ready(server.adminPort, SECRET, 'options', 'invite', 'register', 'message');
  phone = await udpPeer();
});
afterAll(async () => {
  app.close();
  await Promise.all([server.close(), phone.close()]);
});

/** Asks the server, by way of the App, whether it is still there. */
async function answersOptions(peer: SipPeer): Promise<void> {
  const call = new PeerCall(peer, server.sipPort);
  call.send('OPTIONS');
  const asked = await app.next((frame) => frame.includes(`\r\nCall-ID: ${call.callId}\r\n`), 'OPTIONS');
  await app.ask(`sip|${asked.split('|')[8]}|`, 'SIP/2.0 200 OK\r\n\r\n');
  await peer.response(200, 'OPTIONS');
}

test.each(tortureMessages())('[SW17] over UDP, $file leaves the server answering', async ({ bytes, verdict }) => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const answers: string[] = [];
  socket.on('message', (answer) => answers.push(answer.toString()));
  socket.send(bytes, server.sipPort, '127.0.0.1');
  await answersOptions(phone);
  if (typeof verdict === 'number') {
    await expect.poll(() => answers.length, { timeout: 15_000 }).toBeGreaterThan(0);
    expect(answers[0]).toMatch(new RegExp(`^SIP/2\\.0 ${verdict} `));
  } else if (verdict === 'drop') expect(answers).toEqual([]);
  socket.close();
  expect(server.stats().faults).toBe(0);
});

test.each(tortureMessages())('[SW17] over TCP, $file leaves the server answering', async ({ bytes }) => {
  const socket = connect(server.sipPort, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  socket.write(bytes);
  const peer = await tcpPeer();
  await answersOptions(peer);
  await peer.close();
  socket.destroy();
  expect(server.stats().faults).toBe(0);
});

test('[SW17] a refused request is answered to the port it came from, with its own headers', async () => {
  const call = new PeerCall(phone, server.sipPort);
  phone.sendText(call.text('OPTIONS', { cseq: 1 }).replace('CSeq: 1 OPTIONS', 'CSeq: 1 INVITE'), server.sipPort);
  const refused = await phone.response(400);
  expect(refused.headers.find(({ key }) => key === 'call-id')?.value).toBe(call.callId);
});
