import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SipServer } from '../../../src/sip/server.ts';
import { getHeader } from '../../../src/sip/wire/headers.ts';
import { RawApp } from '../../support/raw-app.ts';
import { PeerCall, SDP, type SipPeer, udpPeer } from '../../support/sip-peer.ts';
import { SECRET, testServer } from '../../support/srf-app.ts';

/** Short timers, so that what takes half a minute on the wire takes a second here. */
const T1 = 20;

let server: SipServer;
let peer: SipPeer;
let app: RawApp;

beforeEach(async () => {
  server = await testServer({ t1Ms: T1, t2Ms: 160, t4Ms: 100 });
  peer = await udpPeer();
  app = await RawApp.ready(server.adminPort, SECRET, 'invite');
});
afterEach(async () => {
  app.close();
  await Promise.all([server.close(), peer.close()]);
});

const ok = (transactionId: string, cseq = '1 INVITE') =>
  app.ask(
    `sip|${transactionId}|`,
    `SIP/2.0 200 OK\r\ncseq: ${cseq}\r\nContent-Type: application/sdp\r\n\r\n${SDP(50_000)}`,
  );

async function established(): Promise<{ call: PeerCall; dialogId: string }> {
  const call = new PeerCall(peer, server.sipPort);
  call.send('INVITE');
  const { transactionId } = await app.sip('INVITE');
  const echo = await ok(transactionId);
  call.learn(await peer.response(200));
  call.ack();
  await app.sip('ACK');
  return { call, dialogId: echo[8] ?? '' };
}

test('[SIP14] a repeated INVITE is answered with the last answer and shown once', async () => {
  const call = new PeerCall(peer, server.sipPort);
  const text = call.send('INVITE');
  await peer.response(100);
  const { transactionId } = await app.sip('INVITE');
  peer.sendText(text, server.sipPort);
  await peer.response(100);
  await app.ask(`sip|${transactionId}|`, 'SIP/2.0 180 Ringing\r\n\r\n');
  await peer.response(180);
  peer.sendText(text, server.sipPort);
  await peer.response(180);
  expect(app.frames.filter((frame) => frame.includes('\r\nINVITE '))).toHaveLength(1);
});

test('[SIP17] the same request by another path is refused with 482', async () => {
  const call = new PeerCall(peer, server.sipPort);
  call.send('INVITE');
  await app.sip('INVITE');
  call.send('INVITE', { cseq: 1 });
  await peer.response(482);
});

test('[SIP71] a 486 is repeated until its ACK, and the ACK is not shown', async () => {
  const call = new PeerCall(peer, server.sipPort);
  call.send('INVITE');
  const { transactionId } = await app.sip('INVITE');
  const echo = await app.ask(`sip|${transactionId}|`, 'SIP/2.0 486 Busy Here\r\n\r\n');
  expect(echo[8]).toBe(`${call.callId};from-tag=${call.fromTag}`);
  const busy = await peer.response(486);
  await peer.response(486);
  call.learn(busy);
  call.ack(true);
  await expect.poll(() => server.stats().serverTransactions).toBe(0);
  expect(app.frames.some((frame) => frame.includes('\r\nACK '))).toBe(false);
  expect(server.stats()).toMatchObject({ dialogs: 0, pendingRequests: 0 });
});

test('[SIP72] a 2xx is repeated until its ACK; the ACK is shown once', async () => {
  const call = new PeerCall(peer, server.sipPort);
  call.send('INVITE');
  await ok((await app.sip('INVITE')).transactionId);
  for (let i = 0; i < 3; i += 1) call.learn(await peer.response(200));
  call.ack();
  call.ack();
  await app.sip('ACK');
  const sent = peer.count((m) => m.type === 'response' && m.status === 200);
  call.send('INFO');
  await app.sip('INFO');
  expect(peer.count((m) => m.type === 'response' && m.status === 200)).toBe(sent);
  expect(app.frames.filter((frame) => frame.includes('\r\nACK '))).toHaveLength(1);
});

test('[SIP72] the 2xx of a re-INVITE is repeated as well', async () => {
  const { call } = await established();
  call.send('INVITE');
  await ok((await app.sip('INVITE')).transactionId, '2 INVITE');
  await peer.response(200, 'INVITE');
  await peer.response(200, 'INVITE');
  call.ack();
  await app.sip('ACK');
});

test('[SIP73] without ACK the server hangs up and tells the App', async () => {
  const call = new PeerCall(peer, server.sipPort);
  call.send('INVITE');
  await ok((await app.sip('INVITE')).transactionId);
  const bye = await peer.request('BYE');
  expect(getHeader(bye, 'reason')).toContain('ACK timeout');
  const told = await app.sip('BYE');
  expect(told.transactionId).toBe('unsolicited');
  expect(told.dialogId).toBe(`${call.callId};from-tag=${call.fromTag}`);
  expect(server.stats().dialogs).toBe(0);
});

test.each([
  ['before any answer', false],
  ['after 180', true],
])('[SIP52] CANCEL %s: 200 and 487 by the server, one CANCEL to the App', async (_when, ring) => {
  const call = new PeerCall(peer, server.sipPort);
  call.send('INVITE');
  const { transactionId } = await app.sip('INVITE');
  if (ring) await app.ask(`sip|${transactionId}|`, 'SIP/2.0 180 Ringing\r\n\r\n');
  const cancel = call.send('CANCEL');
  peer.sendText(cancel, server.sipPort);
  await peer.response(200, 'CANCEL');
  call.learn(await peer.response(487, 'INVITE'));
  call.ack(true);
  const told = await app.sip('CANCEL');
  expect(told.transactionId).toBe(transactionId);
  expect(told.dialogId).toBe(ring ? `${call.callId};from-tag=${call.fromTag}` : '');
  expect((await app.ask(`sip|${transactionId}|`, 'SIP/2.0 487 Request Terminated\r\n\r\n'))[0]).toBe('NOK');
  expect(app.frames.filter((frame) => frame.includes('\r\nCANCEL '))).toHaveLength(1);
  expect(server.stats()).toMatchObject({ dialogs: 0, pendingRequests: 0 });
});

test('[SIP53] a CANCEL that crosses the 200 gets 481 and the dialog stays', async () => {
  const call = new PeerCall(peer, server.sipPort);
  call.send('INVITE');
  await ok((await app.sip('INVITE')).transactionId);
  call.learn(await peer.response(200));
  call.send('CANCEL');
  await peer.response(481, 'CANCEL');
  call.ack();
  await app.sip('ACK');
  expect(server.stats().dialogs).toBe(1);
});

test('[SIP53] a CANCEL of nothing gets 481', async () => {
  const call = new PeerCall(peer, server.sipPort);
  call.lastBranch = 'z9hG4bKnothing';
  call.cseq = 1;
  call.send('CANCEL');
  await peer.response(481, 'CANCEL');
});

test('[SIP54] an App may choose the To tag of its first answer', async () => {
  const call = new PeerCall(peer, server.sipPort);
  call.send('INVITE');
  const { transactionId } = await app.sip('INVITE');
  await app.ask(`sip|${transactionId}|`, 'SIP/2.0 180 Ringing\r\nTo: <sip:bob@127.0.0.1>;tag=mine\r\n\r\n');
  expect(getHeader(await peer.response(180), 'to')).toMatch(/;tag=mine$/);
});

test('[SIP90] re-INVITE, INFO and UPDATE of the peer reach the App, and its answers the peer', async () => {
  const { call, dialogId } = await established();
  for (const method of ['INVITE', 'INFO', 'UPDATE']) {
    call.send(method);
    const shown = await app.sip(method);
    expect(shown.dialogId).toBe(dialogId);
    const [, ...echo] = await ok(shown.transactionId, `${call.cseq} ${method}`);
    expect(echo[7]).toBe(dialogId);
    await peer.response(200, method);
    if (method === 'INVITE') call.ack();
  }
  await peer.response(100, 'INVITE');
});

test('[SIP91] requests of the App in the dialog use its target, tags and next CSeq', async () => {
  const { call, dialogId } = await established();
  const [status] = await app.ask(
    `sip||${dialogId}`,
    'INFO sip:placeholder SIP/2.0\r\nCall-ID: other\r\nFrom: <sip:evil@x>\r\n\r\n',
  );
  expect(status).toBe('OK');
  const info = await peer.request('INFO');
  expect(info.uri).toBe(`sip:alice@127.0.0.1:${peer.port}`);
  expect(getHeader(info, 'call-id')).toBe(call.callId);
  expect(getHeader(info, 'to')).toContain(`;tag=${call.fromTag}`);
  expect(getHeader(info, 'from')).toBe(`<sip:bob@127.0.0.1:${server.sipPort}>;tag=${call.toTag}`);
  expect(getHeader(info, 'cseq')).toBe('2 INFO');
});

test('[SIP92] a re-INVITE of the peer that meets one of ours gets 491, one of ours that meets the peer’s as well', async () => {
  const { call, dialogId } = await established();
  const reinvite = `INVITE sip:placeholder SIP/2.0\r\nContact: <sip:a@localhost>\r\nContent-Type: application/sdp\r\n\r\n${SDP()}`;
  await app.ask(`sip||${dialogId}`, reinvite);
  expect(getHeader(await peer.request('INVITE'), 'contact')).toBe(`<sip:a@127.0.0.1:${server.sipPort}>`);
  call.send('INVITE');
  await peer.response(491, 'INVITE');
  call.ack(true);
  const [status] = await app.ask(`sip||${dialogId}`, reinvite);
  expect(status).toBe('OK');
  expect((await app.sip('SIP/2.0 491')).tokens.slice(5, 7)).toEqual(['', '0']);
});

test('[SIP92] a second re-INVITE while the first waits gets 500 with Retry-After', async () => {
  const { call } = await established();
  call.send('INVITE');
  await app.sip('INVITE');
  call.send('INVITE');
  expect(getHeader(await peer.response(500, 'INVITE'), 'retry-after')).toMatch(/^\d+$/);
});

test('[SIP93] a request with an old CSeq gets 500', async () => {
  const { call } = await established();
  call.cseq = 10;
  call.send('INFO');
  await app.sip('INFO');
  call.send('INFO', { cseq: 5 });
  await peer.response(500, 'INFO');
});

test.each(['BYE', 'UPDATE', 'INVITE', 'INFO'])(
  '[SIP55] %s with a To tag that nobody knows gets 481',
  async (method) => {
    const call = new PeerCall(peer, server.sipPort);
    call.toTag = 'zz';
    call.send(method);
    await peer.response(481, method);
  },
);

test('[SIP94] BYE ends the dialog before the App answers; a re-INVITE that waited gets 487', async () => {
  const { call, dialogId } = await established();
  call.send('INVITE');
  await app.sip('INVITE');
  call.send('BYE');
  await peer.response(487, 'INVITE');
  const bye = await app.sip('BYE');
  expect(server.stats().dialogs).toBe(0);
  expect((await app.ask(`sip||${dialogId}`, 'INFO sip:placeholder SIP/2.0\r\n\r\n'))[1]).toContain(
    'unable to find dialog',
  );
  const echo = await ok(bye.transactionId, `${call.cseq} BYE`);
  expect(echo[8]).toBe('');
  await peer.response(200, 'BYE');
});

test('[SIP75] a reliable 183 carries RSeq, is repeated until PRACK, and the PRACK is shown', async () => {
  const call = new PeerCall(peer, server.sipPort);
  call.send('INVITE', { headers: ['Supported: 100rel'] });
  const { transactionId } = await app.sip('INVITE');
  await app.ask(`sip|${transactionId}|`, 'SIP/2.0 183 Session Progress\r\nRequire: 100rel\r\n\r\n');
  const first = call.learn(await peer.response(183));
  await peer.response(183);
  expect(getHeader(first, 'contact')).toBe(`<sip:127.0.0.1:${server.sipPort}>`);
  call.send('PRACK', { headers: [`RAck: ${getHeader(first, 'rseq')} 1 INVITE`] });
  const prack = await app.sip('PRACK');
  expect(prack.dialogId).toBe(`${call.callId};from-tag=${call.fromTag}`);
  await ok(prack.transactionId, '2 PRACK');
  await peer.response(200, 'PRACK');
  call.send('PRACK', { headers: ['RAck: 1 1 INVITE'] });
  await peer.response(481, 'PRACK');
  await ok(transactionId);
  await peer.response(200, 'INVITE');
});

test('[SIP75] without 100rel at the caller a reliable answer is refused, without PRACK the INVITE gets 504', async () => {
  const plain = new PeerCall(peer, server.sipPort);
  plain.send('INVITE');
  const reliable = 'SIP/2.0 183 Session Progress\r\nRequire: 100rel\r\n\r\n';
  const { transactionId } = await app.sip('INVITE');
  expect(await app.ask(`sip|${transactionId}|`, reliable)).toEqual(['NOK', 'Remote endpoint does not support 100rel']);
  const call = new PeerCall(peer, server.sipPort);
  call.send('INVITE', { headers: ['Supported: 100rel'] });
  await app.ask(`sip|${(await app.sip('INVITE')).transactionId}|`, reliable);
  await peer.response(504, 'INVITE');
  await app.sip('CANCEL');
});

test('[SIP76] an early UPDATE has the transactionId of its INVITE, its answer is told apart by CSeq', async () => {
  const call = new PeerCall(peer, server.sipPort);
  call.send('INVITE');
  const { transactionId } = await app.sip('INVITE');
  await app.ask(`sip|${transactionId}|`, 'SIP/2.0 183 Session Progress\r\n\r\n');
  call.learn(await peer.response(183));
  call.send('UPDATE', { body: SDP() });
  expect((await app.sip('UPDATE')).transactionId).toBe(transactionId);
  await ok(transactionId, '2 UPDATE');
  await peer.response(200, 'UPDATE');
  await ok(transactionId, '1 INVITE');
  await peer.response(200, 'INVITE');
});

test('[SIP95] a peer behind a NAT is answered where it sends from', async () => {
  const call = new PeerCall(peer, server.sipPort);
  call.send('INVITE', { contact: '<sip:alice@10.9.8.7:5060>' });
  const echo = await ok((await app.sip('INVITE')).transactionId);
  call.learn(await peer.response(200));
  call.ack();
  await app.ask(`sip||${echo[8]}`, 'BYE sip:placeholder SIP/2.0\r\n\r\n');
  expect((await peer.request('BYE')).uri).toBe('sip:alice@10.9.8.7:5060');
});

test('[SIP96] Record-Route becomes the route set', async () => {
  const call = new PeerCall(peer, server.sipPort);
  const proxy = `<sip:127.0.0.1:${peer.port};lr>`;
  call.send('INVITE', { headers: [`Record-Route: ${proxy}`], contact: '<sip:alice@10.9.8.7:5060>' });
  const echo = await ok((await app.sip('INVITE')).transactionId);
  const answered = call.learn(await peer.response(200));
  expect(getHeader(answered, 'record-route')).toBe(proxy);
  call.ack();
  await app.ask(`sip||${echo[8]}`, 'BYE sip:placeholder SIP/2.0\r\n\r\n');
  const bye = await peer.request('BYE');
  expect(bye.uri).toBe('sip:alice@10.9.8.7:5060');
  expect(getHeader(bye, 'route')).toBe(proxy);
});

test('[SIP50] no App for the verb: INVITE gets 100 and 503 with Retry-After, OPTIONS 503', async () => {
  await app.ask('remove_route|invite');
  const call = new PeerCall(peer, server.sipPort);
  call.send('INVITE');
  await peer.response(100);
  expect(getHeader(await peer.response(503, 'INVITE'), 'retry-after')).toMatch(/^\d+$/);
  new PeerCall(peer, server.sipPort).send('OPTIONS');
  await peer.response(503, 'OPTIONS');
});

test('[SIP100] a caller that names the refresher gets its session timer, one below 90 s gets 422 in the dialog', async () => {
  const call = new PeerCall(peer, server.sipPort);
  call.send('INVITE', { headers: ['Session-Expires: 1800;refresher=uac'] });
  await ok((await app.sip('INVITE')).transactionId);
  const answered = call.learn(await peer.response(200));
  expect(getHeader(answered, 'session-expires')).toBe('1800;refresher=uac');
  call.ack();
  call.send('INVITE', { headers: ['Session-Expires: 60'] });
  expect(getHeader(await peer.response(422, 'INVITE'), 'min-se')).toBe('90');
});
