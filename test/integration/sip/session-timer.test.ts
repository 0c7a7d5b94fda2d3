import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SipServer } from '../../../src/sip/server.ts';
import { getHeader } from '../../../src/sip/wire/headers.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { RawApp } from '../../support/raw-app.ts';
import { answer, PeerCall, SDP, type SipPeer, udpPeer } from '../../support/sip-peer.ts';
import { SECRET, testServer } from '../../support/srf-app.ts';

let clock: ManualClock;
let server: SipServer;
let peer: SipPeer;
let app: RawApp;

beforeEach(async () => {
  clock = new ManualClock();
  server = await testServer({ clock });
  peer = await udpPeer();
  app = await RawApp.ready(server.adminPort, SECRET, 'invite');
});
afterEach(async () => {
  app.close();
  await Promise.all([server.close(), peer.close()]);
});

async function talking(refresher: 'uac' | 'uas', seconds = 100): Promise<PeerCall> {
  const call = new PeerCall(peer, server.sipPort);
  call.send('INVITE', { headers: [`Session-Expires: ${seconds};refresher=${refresher}`] });
  const { transactionId } = await app.sip('INVITE');
  await app.ask(`sip|${transactionId}|`, `SIP/2.0 200 OK\r\n\r\n${SDP(50_000)}`);
  call.learn(await peer.response(200));
  call.ack();
  await app.sip('ACK');
  return call;
}

test('[SIP100] the server refreshes by itself at half the interval with the last SDP, again and again', async () => {
  await talking('uas');
  for (let round = 0; round < 2; round += 1) {
    clock.pass(50_000);
    const refresh = await peer.request('INVITE');
    expect(getHeader(refresh, 'session-expires')).toBe('100;refresher=uac');
    expect(refresh.body.toString()).toBe(SDP(50_000));
    const headers = [`Contact: <sip:alice@127.0.0.1:${peer.port}>`, 'Session-Expires: 100;refresher=uac'];
    peer.sendText(answer(refresh, 200, 'OK', { headers, body: SDP() }), server.sipPort);
    await peer.request('ACK');
  }
  expect(app.frames.filter((frame) => frame.includes('\r\nINVITE '))).toHaveLength(1);
});

test('[SIP100] a refresh that the peer refuses ends the call, one that crosses an offer is tried again', async () => {
  await talking('uas');
  clock.pass(50_000);
  peer.sendText(answer(await peer.request('INVITE'), 491, 'Request Pending'), server.sipPort);
  await peer.request('ACK');
  clock.pass(4_000);
  peer.sendText(answer(await peer.request('INVITE'), 481, 'Gone'), server.sipPort);
  expect(getHeader(await peer.request('BYE'), 'reason')).toContain('Session timer expired');
  expect((await app.sip('BYE')).transactionId).toBe('unsolicited');
});

test('[SIP100] a peer that promised to refresh and does not is hung up before the end of the interval', async () => {
  await talking('uac');
  clock.pass(60_000);
  expect(server.stats().dialogs).toBe(1);
  clock.pass(10_000);
  await peer.request('BYE');
  expect((await app.sip('BYE')).transactionId).toBe('unsolicited');
});

test('[SIP100] a refresh of the peer starts the interval anew', async () => {
  const call = await talking('uac');
  clock.pass(50_000);
  call.send('UPDATE', { headers: ['Session-Expires: 100;refresher=uac'] });
  const { transactionId } = await app.sip('UPDATE');
  await app.ask(`sip|${transactionId}|`, 'SIP/2.0 200 OK\r\ncseq: 2 UPDATE\r\n\r\n');
  expect(getHeader(await peer.response(200, 'UPDATE'), 'session-expires')).toBe('100;refresher=uac');
  clock.pass(60_000);
  expect(server.stats().dialogs).toBe(1);
  clock.pass(10_000);
  await peer.request('BYE');
});

test('[SIP100] an interval of years is watched for 20 days, which is as long as a timer of the machine can run', async () => {
  await talking('uac', 999_999_999);
  clock.pass(20 * 86_400_000 - 33_000);
  expect(server.stats().dialogs).toBe(1);
  clock.pass(1_000);
  await peer.request('BYE');
});

test('[SIP51] an App that says nothing for 64 s loses the INVITE and hears of it', async () => {
  const call = new PeerCall(peer, server.sipPort);
  call.send('INVITE');
  const { transactionId } = await app.sip('INVITE');
  clock.pass(64_000);
  expect(getHeader(await peer.response(503, 'INVITE'), 'retry-after')).toMatch(/^\d+$/);
  expect((await app.sip('CANCEL')).transactionId).toBe(transactionId);
});
