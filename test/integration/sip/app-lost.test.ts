import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SipServer } from '../../../src/sip/server.ts';
import { getHeader } from '../../../src/sip/wire/headers.ts';
import { RawApp } from '../../support/raw-app.ts';
import { answer, PeerCall, SDP, type SipPeer, udpPeer } from '../../support/sip-peer.ts';
import { SECRET, testServer } from '../../support/srf-app.ts';

let server: SipServer;
let peer: SipPeer;
const apps: RawApp[] = [];

beforeEach(async () => {
  server = await testServer({ t1Ms: 20, t2Ms: 160, t4Ms: 100, orphanMs: 1_500 });
  peer = await udpPeer();
});
afterEach(async () => {
  for (const app of apps.splice(0)) app.close();
  await Promise.all([server.close(), peer.close()]);
});

async function newApp(): Promise<RawApp> {
  const app = await RawApp.ready(server.adminPort, SECRET, 'invite');
  apps.push(app);
  return app;
}

async function orphan(): Promise<{ call: PeerCall; dialogId: string }> {
  const app = await newApp();
  const call = new PeerCall(peer, server.sipPort);
  call.send('INVITE');
  const { transactionId } = await app.sip('INVITE');
  const echo = await app.ask(`sip|${transactionId}|`, `SIP/2.0 200 OK\r\n\r\n${SDP()}`);
  call.learn(await peer.response(200));
  call.ack();
  await app.sip('ACK');
  app.close();
  await expect.poll(() => server.stats().apps).toBe(0);
  return { call, dialogId: echo[8] ?? '' };
}

test('[SIP110] a caller that waits for an answer gets 503 with Retry-After', async () => {
  const app = await newApp();
  const call = new PeerCall(peer, server.sipPort);
  call.send('INVITE');
  await app.sip('INVITE');
  app.close();
  expect(getHeader(await peer.response(503, 'INVITE'), 'retry-after')).toMatch(/^\d+$/);
  expect(server.stats().pendingRequests).toBe(0);
});

test('[SIP111] a phone that rings is cancelled; if it answers all the same, it is acknowledged and hung up', async () => {
  const app = await newApp();
  await app.ask('sip||', `INVITE sip:bob@127.0.0.1:${peer.port} SIP/2.0\r\n\r\n${SDP()}`);
  const invite = await peer.request('INVITE');
  peer.sendText(answer(invite, 180, 'Ringing', { tag: 'pt' }), server.sipPort);
  await app.sip('SIP/2.0 180');
  app.close();
  await peer.request('CANCEL');
  const contact = `Contact: <sip:bob@127.0.0.1:${peer.port}>`;
  peer.sendText(answer(invite, 200, 'OK', { tag: 'pt', headers: [contact], body: SDP() }), server.sipPort);
  await peer.request('ACK');
  await peer.request('BYE');
  expect(server.stats().dialogs).toBe(0);
});

test('[SIP112] in an orphaned dialog offers get 503, other requests 480, and BYE ends it with 200', async () => {
  const { call } = await orphan();
  call.send('INVITE');
  expect(getHeader(await peer.response(503, 'INVITE'), 'retry-after')).toBe('5');
  call.ack(true);
  call.send('INFO');
  await peer.response(480, 'INFO');
  call.send('BYE');
  await peer.response(200, 'BYE');
  expect(server.stats().dialogs).toBe(0);
});

test('[SIP113] an App that sends a request in an orphaned dialog becomes its owner', async () => {
  const { call, dialogId } = await orphan();
  const heir = await newApp();
  expect((await heir.ask(`sip||${dialogId}`, 'INFO sip:placeholder SIP/2.0\r\n\r\n'))[0]).toBe('OK');
  peer.sendText(answer(await peer.request('INFO'), 200, 'OK'), server.sipPort);
  await heir.sip('SIP/2.0 200');
  call.send('INFO');
  expect((await heir.sip('INFO')).dialogId).toBe(dialogId);
  expect((await heir.ask(`sip||${dialogId}`, 'BYE sip:placeholder SIP/2.0\r\n\r\n'))[0]).toBe('OK');
  peer.sendText(answer(await peer.request('BYE'), 200, 'OK'), server.sipPort);
  await expect.poll(() => server.stats().dialogs).toBe(0);
});

test('[SIP114] an orphan that nobody adopts is hung up when its time is over', async () => {
  await orphan();
  expect(getHeader(await peer.request('BYE'), 'reason')).toContain('application lost');
  expect(server.stats().dialogs).toBe(0);
});

test('[SIP115] a 2xx whose App died before its ACK is acknowledged', async () => {
  const app = await newApp();
  await app.ask('sip||', `INVITE sip:bob@127.0.0.1:${peer.port} SIP/2.0\r\n\r\n${SDP()}`);
  const invite = await peer.request('INVITE');
  const contact = `Contact: <sip:bob@127.0.0.1:${peer.port}>`;
  peer.sendText(answer(invite, 200, 'OK', { tag: 'pt', headers: [contact], body: SDP() }), server.sipPort);
  await app.sip('SIP/2.0 200');
  app.close();
  await peer.request('ACK');
  expect(server.stats().dialogs).toBe(1);
});
