import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SipServer } from '../../../src/sip/server.ts';
import { getHeader } from '../../../src/sip/wire/headers.ts';
import type { SipRequest } from '../../../src/sip/wire/message.ts';
import { RawApp } from '../../support/raw-app.ts';
import { answer, SDP, type SipPeer, udpPeer } from '../../support/sip-peer.ts';
import { SECRET, testServer } from '../../support/srf-app.ts';

let server: SipServer;
let peer: SipPeer;
let app: RawApp;

beforeEach(async () => {
  server = await testServer({ t1Ms: 20, t2Ms: 160, t4Ms: 100 });
  peer = await udpPeer();
  app = await RawApp.ready(server.adminPort, SECRET);
});
afterEach(async () => {
  app.close();
  await Promise.all([server.close(), peer.close()]);
});

const cseqNumber = (request: SipRequest): number => Number.parseInt(getHeader(request, 'cseq') ?? '', 10);

/** Sends an INVITE; resolves to what the peer got and the transactionId of the echo. */
async function invite(headers = ''): Promise<{ request: SipRequest; transactionId: string }> {
  const text = `INVITE sip:bob@127.0.0.1:${peer.port} SIP/2.0\r\n${headers}Content-Type: application/sdp\r\n\r\n${SDP()}`;
  const echo = await app.ask('sip||', text);
  expect(echo[0]).toBe('OK');
  return { request: await peer.request('INVITE'), transactionId: echo[7] ?? '' };
}

const reply = (request: SipRequest, status: number, tag = 'pt', body = '') =>
  peer.sendText(
    answer(request, status, 'X', { tag, body, headers: [`Contact: <sip:bob@127.0.0.1:${peer.port}>`] }),
    server.sipPort,
  );

async function answered(): Promise<{ request: SipRequest; dialogId: string }> {
  const { request } = await invite();
  reply(request, 200, 'pt', SDP());
  const { dialogId } = await app.sip('SIP/2.0 200');
  await app.ask(`sip||${dialogId}`, 'ACK sip:placeholder SIP/2.0\r\n\r\n');
  await peer.request('ACK');
  return { request, dialogId };
}

test('[SIP80] an INVITE is repeated until something comes back, and the ACK of its 2xx is the App’s', async () => {
  const { request, transactionId } = await invite();
  await peer.request('INVITE');
  reply(request, 100);
  reply(request, 180);
  const ringing = await app.sip('SIP/2.0 180');
  expect(ringing.transactionId).toBe(transactionId);
  expect(ringing.dialogId).toMatch(/;from-tag=/);
  reply(request, 200, 'pt', SDP());
  await app.sip('SIP/2.0 200');
  const echo = await app.ask(
    `sip||${ringing.dialogId}`,
    `ACK sip:x SIP/2.0\r\nContent-Type: application/sdp\r\n\r\n${SDP()}`,
  );
  expect(echo[0]).toBe('OK');
  const ack = await peer.request('ACK');
  expect(getHeader(ack, 'cseq')).toBe(`${cseqNumber(request)} ACK`);
  expect(ack.body.toString()).toContain('m=audio');
  expect(app.frames.some((frame) => frame.includes('SIP/2.0 100'))).toBe(false);
});

test('[SIP81] a repeated 2xx is acknowledged again by the server and shown once', async () => {
  const { request } = await answered();
  reply(request, 200, 'pt', SDP());
  await peer.request('ACK');
  expect(app.frames.filter((frame) => frame.includes('SIP/2.0 200'))).toHaveLength(1);
});

test('[SIP82] a failure is acknowledged by the server; the App’s own ACK is refused', async () => {
  const { request } = await invite();
  reply(request, 486);
  const { dialogId } = await app.sip('SIP/2.0 486');
  const ack = await peer.request('ACK');
  expect(getHeader(ack, 'via')).toBe(getHeader(request, 'via'));
  const [nok, why] = await app.ask(`sip||${dialogId}`, 'ACK sip:placeholder SIP/2.0\r\n\r\n');
  expect(nok).toBe('NOK');
  expect(why).toContain('automatically generated');
  reply(request, 486);
  await peer.request('ACK');
});

test('[SIP83] a CANCEL waits for a provisional answer; the 487 comes as the INVITE’s answer', async () => {
  const { request, transactionId } = await invite();
  const echo = await app.ask(
    `sip|${transactionId}|`,
    `CANCEL sip:bob@127.0.0.1:${peer.port} SIP/2.0\r\nReason: SIP;cause=200\r\n\r\n`,
  );
  expect(echo.slice(0, 3)).toEqual(['OK', 'application', '0']);
  expect(peer.count((m) => m.type === 'request' && m.method === 'CANCEL')).toBe(0);
  reply(request, 180);
  const cancel = await peer.request('CANCEL');
  expect(getHeader(cancel, 'via')).toBe(getHeader(request, 'via'));
  expect(getHeader(cancel, 'cseq')).toBe(`${cseqNumber(request)} CANCEL`);
  expect(getHeader(cancel, 'reason')).toBe('SIP;cause=200');
  reply(cancel, 200);
  reply(request, 487);
  expect((await app.sip('SIP/2.0 487')).transactionId).toBe(transactionId);
  expect(app.frames.some((frame) => frame.includes('SIP/2.0 200'))).toBe(false);
});

test('[SIP84] a 200 that crosses our CANCEL is hung up after the App’s ACK', async () => {
  const { request, transactionId } = await invite();
  reply(request, 180);
  await app.sip('SIP/2.0 180');
  await app.ask(`sip|${transactionId}|`, 'CANCEL sip:bob SIP/2.0\r\n\r\n');
  const cancel = await peer.request('CANCEL');
  reply(request, 200, 'pt', SDP());
  reply(cancel, 481);
  const { dialogId } = await app.sip('SIP/2.0 200');
  await app.ask(`sip||${dialogId}`, 'ACK sip:placeholder SIP/2.0\r\n\r\n');
  await peer.request('ACK');
  expect(getHeader(await peer.request('BYE'), 'reason')).toContain('cancel race');
  expect((await app.sip('BYE')).transactionId).toBe('unsolicited');
});

test('[SIP85] after a CANCEL that nobody heeds the App gets 408', async () => {
  const { request, transactionId } = await invite();
  reply(request, 180);
  await app.sip('SIP/2.0 180');
  await app.ask(`sip|${transactionId}|`, 'CANCEL sip:bob SIP/2.0\r\n\r\n');
  reply(await peer.request('CANCEL'), 200);
  expect((await app.sip('SIP/2.0 408')).transactionId).toBe(transactionId);
  expect(server.stats()).toMatchObject({ dialogs: 0, outgoingRequests: 0 });
});

test('[SIP86] of a forked INVITE the first 2xx is kept, the others are acknowledged and hung up', async () => {
  const { request } = await invite();
  reply(request, 180, 'one');
  reply(request, 180, 'two');
  reply(request, 200, 'two', SDP());
  const { dialogId } = await app.sip('SIP/2.0 200');
  await app.ask(`sip||${dialogId}`, 'ACK sip:placeholder SIP/2.0\r\n\r\n');
  expect(getHeader(await peer.request('ACK'), 'to')).toContain('tag=two');
  expect(server.stats().dialogs).toBe(1);
  reply(request, 200, 'one', SDP());
  expect(getHeader(await peer.request('ACK'), 'to')).toContain('tag=one');
  expect(getHeader(await peer.request('BYE'), 'to')).toContain('tag=one');
  expect(app.frames.filter((frame) => frame.includes('SIP/2.0 200'))).toHaveLength(1);
  await app.ask(`sip||${dialogId}`, 'INFO sip:placeholder SIP/2.0\r\n\r\n');
  expect(getHeader(await peer.request('INFO'), 'to')).toContain('tag=two');
});

test('[SIP87] nobody answers: 408 from nowhere', async () => {
  const echo = await app.ask('sip||', `OPTIONS sip:bob@127.0.0.1:${peer.port} SIP/2.0\r\n\r\n`);
  const failure = await app.sip('SIP/2.0 408');
  expect(failure.transactionId).toBe(echo[7]);
  expect(failure.tokens.slice(3, 7)).toEqual(['0', 'udp', '', '0']);
  expect(peer.count((m) => m.type === 'request')).toBeGreaterThan(3);
});

test('[SIP88] a TCP port where nobody listens: 503; a name that does not exist: 503 DNS Error', async () => {
  const closed = await udpPeer();
  await closed.close();
  const echo = await app.ask('sip||', `OPTIONS sip:x@127.0.0.1:${closed.port};transport=tcp SIP/2.0\r\n\r\n`);
  expect(echo.slice(3, 6)).toEqual(['tcp', '127.0.0.1', String(closed.port)]);
  await app.sip('SIP/2.0 503 Service Unavailable');
  const unknown = await app.ask('sip||', 'OPTIONS sip:x@nohost.invalid SIP/2.0\r\n\r\n');
  expect(unknown.slice(2, 6)).toEqual(['0', 'unknown', '', '0']);
  await app.sip('SIP/2.0 503 DNS Error');
});

test('[SIP60] what the App sets and what it may not set', async () => {
  const { request } = await invite(
    [
      'From: "Line" <sip:+1555@localhost>',
      'Contact: sip:agent@localhost:9',
      'Call-ID: my-own',
      'Via: SIP/2.0/UDP 1.2.3.4',
      'Route: <sip:9.9.9.9;lr>',
      'x-lower: v',
      'P-Asserted-Identity: <sip:+1555@localhost>',
      'Max-Forwards: 12',
      '',
    ].join('\r\n'),
  );
  const own = `127.0.0.1:${server.sipPort}`;
  expect(getHeader(request, 'from')).toMatch(new RegExp(`^"Line" <sip:\\+1555@${own}>;tag=\\w+$`));
  expect(getHeader(request, 'to')).toBe(`<sip:bob@127.0.0.1:${peer.port}>`);
  expect(getHeader(request, 'contact')).toBe(`<sip:agent@${own}>`);
  expect(getHeader(request, 'call-id')).toBe('my-own');
  expect(getHeader(request, 'via')).toMatch(new RegExp(`^SIP/2.0/UDP ${own};rport;branch=z9hG4bK\\w+$`));
  expect(getHeader(request, 'route')).toBeUndefined();
  expect(getHeader(request, 'x-lower')).toBe('v');
  expect(getHeader(request, 'p-asserted-identity')).toBe(`<sip:+1555@${own}>`);
  expect(getHeader(request, 'max-forwards')).toBe('12');
});

test('[SIP61] a next hop is where the request goes, its URI stays', async () => {
  const text = 'OPTIONS sip:bob@example.test SIP/2.0\r\n\r\n';
  await app.ask(`sip|||sip:127.0.0.1:${peer.port}`, text);
  expect((await peer.request('OPTIONS')).uri).toBe('sip:bob@example.test');
});

test('[SIP97] BYE of the App ends the dialog with its answer, a challenge does not', async () => {
  const { dialogId } = await answered();
  await app.ask(`sip||${dialogId}`, 'BYE sip:placeholder SIP/2.0\r\n\r\n');
  reply(await peer.request('BYE'), 401);
  await app.sip('SIP/2.0 401');
  expect(server.stats().dialogs).toBe(1);
  await app.ask(`sip||${dialogId}`, 'BYE sip:placeholder SIP/2.0\r\n\r\n');
  reply(await peer.request('BYE'), 200);
  await app.sip('SIP/2.0 200 X\r\nVia');
  expect(server.stats().dialogs).toBe(0);
});

test('[SIP98] a re-INVITE of ours: its 2xx is acknowledged by the App, its failure by the server', async () => {
  const { dialogId } = await answered();
  const again = `INVITE sip:placeholder SIP/2.0\r\nContent-Type: application/sdp\r\n\r\n${SDP()}`;
  await app.ask(`sip||${dialogId}`, again);
  const first = await peer.request('INVITE');
  reply(first, 488);
  await app.sip('SIP/2.0 488');
  expect(getHeader(await peer.request('ACK'), 'cseq')).toBe(`${cseqNumber(first)} ACK`);
  await app.ask(`sip||${dialogId}`, again);
  const second = await peer.request('INVITE');
  expect(cseqNumber(second)).toBe(cseqNumber(first) + 1);
  reply(second, 200, 'pt', SDP());
  await app.next(
    (frame) => frame.includes(`CSeq: ${cseqNumber(second)} INVITE`) && frame.includes('SIP/2.0 200'),
    '200',
  );
  await app.ask(`sip||${dialogId}`, 'ACK sip:placeholder SIP/2.0\r\n\r\n');
  expect(getHeader(await peer.request('ACK'), 'cseq')).toBe(`${cseqNumber(second)} ACK`);
});

test('[SIP97] BYE while a re-INVITE of ours waits cancels that first', async () => {
  const { dialogId } = await answered();
  await app.ask(`sip||${dialogId}`, `INVITE sip:placeholder SIP/2.0\r\n\r\n${SDP()}`);
  const again = await peer.request('INVITE');
  reply(again, 100);
  await app.ask(`sip||${dialogId}`, 'BYE sip:placeholder SIP/2.0\r\n\r\n');
  reply(await peer.request('CANCEL'), 200);
  reply(again, 487);
  reply(await peer.request('BYE'), 200);
  await app.sip('SIP/2.0 487');
  await expect.poll(() => server.stats()).toMatchObject({ dialogs: 0, outgoingRequests: 0 });
});

test('[SIP89] a reliable 183 of the peer: the App sends PRACK in the early dialog', async () => {
  const { request } = await invite('Supported: 100rel\r\n');
  peer.sendText(
    answer(request, 183, 'Progress', {
      tag: 'pt',
      headers: ['Require: 100rel', 'RSeq: 7', `Contact: <sip:bob@127.0.0.1:${peer.port}>`],
    }),
    server.sipPort,
  );
  const { dialogId } = await app.sip('SIP/2.0 183');
  await app.ask(`sip||${dialogId}`, `PRACK sip:placeholder SIP/2.0\r\nRAck: 7 ${cseqNumber(request)} INVITE\r\n\r\n`);
  const prack = await peer.request('PRACK');
  expect(getHeader(prack, 'to')).toContain('tag=pt');
  expect(cseqNumber(prack)).toBe(cseqNumber(request) + 1);
  reply(prack, 200);
  reply(request, 200, 'pt', SDP());
  await app.next((frame) => frame.includes('SIP/2.0 200') && frame.includes(' INVITE\r\n'), '200 of the INVITE');
});
