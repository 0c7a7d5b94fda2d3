import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { getHeader } from '../../../src/sip/wire/headers.ts';
import type { SipRequest } from '../../../src/sip/wire/message.ts';
import { answer, PeerCall, SDP, type SipPeer, tcpPeer } from '../../support/sip-peer.ts';
import { type Bench, bench, type SrfDialog } from '../../support/srf-app.ts';

let b: Bench;
const peers: SipPeer[] = [];
beforeEach(async () => {
  b = await bench();
});
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
  await b.close();
});

const reply = (request: SipRequest, status: number, options: Parameters<typeof answer>[3] = {}, peer = b.peer) =>
  peer.sendText(
    answer(request, status, 'X', {
      tag: 'pt',
      ...options,
      headers: [`Contact: <sip:bob@127.0.0.1:${peer.port}>`, ...(options.headers ?? [])],
    }),
    b.server.sipPort,
  );

async function talking(peer = b.peer): Promise<{ call: PeerCall; dialog: SrfDialog }> {
  const made = new Promise<SrfDialog>((resolve, reject) => {
    b.srf.invite((req, res) => {
      b.srf.createUAS(req, res, { localSdp: SDP(50_000) }).then(resolve, reject);
    });
  });
  const call = new PeerCall(peer, b.server.sipPort);
  call.send('INVITE');
  call.learn(await peer.response(200));
  call.ack();
  return { call, dialog: await made };
}

async function calling(): Promise<SrfDialog> {
  const made = b.srf.createUAC(`sip:bob@127.0.0.1:${b.peer.port}`, { localSdp: SDP(50_000) });
  reply(await b.peer.request('INVITE'), 200, { body: SDP() });
  const dialog = await made;
  await b.peer.request('ACK');
  return dialog;
}

test('[SIP90] dialog.modify re-invites the peer, and the peer’s re-INVITE raises modify', async () => {
  const { call, dialog } = await talking();
  const modified = dialog.modify(SDP(50_002));
  const invite = await b.peer.request('INVITE');
  expect(invite.body.toString()).toContain('50002');
  reply(invite, 200, { body: SDP() });
  await modified;
  await b.peer.request('ACK');
  dialog.on('modify', (_req, res) => void res.send(200, { body: SDP(50_004) }));
  call.send('INVITE');
  expect((await b.peer.response(200, 'INVITE')).body.toString()).toContain('50004');
});

test('[SIP90] INFO, UPDATE and MESSAGE go both ways in a dialog', async () => {
  const { call, dialog } = await talking();
  dialog.on('info', (_req, res) => void res.send(200));
  dialog.on('update', (_req, res) => void res.send(200, { headers: { 'X-Seen': 'update' } }));
  dialog.on('message', (_req, res) => void res.send(202));
  call.send('INFO');
  await b.peer.response(200, 'INFO');
  call.send('UPDATE', { body: SDP() });
  expect(getHeader(await b.peer.response(200, 'UPDATE'), 'x-seen')).toBe('update');
  call.send('MESSAGE', { body: 'hi', headers: ['Content-Type: text/plain'] });
  await b.peer.response(202, 'MESSAGE');
  const answered = dialog.request({ method: 'INFO', headers: { 'Content-Type': 'text/plain' }, body: '你好' });
  const info = await b.peer.request('INFO');
  expect(info.body.toString()).toBe('你好');
  reply(info, 200);
  expect((await answered).status).toBe(200);
});

test('[SIP101] REGISTER is challenged and answered by the App alone', async () => {
  b.srf.register((req, res) => {
    if (!req.get('Authorization')) {
      res.send(401, { headers: { 'WWW-Authenticate': 'Digest realm="r", nonce="n", algorithm=MD5' } });
    } else res.send(200, { headers: { Contact: `${req.get('Contact')};expires=60` } });
  });
  const phone = new PeerCall(b.peer, b.server.sipPort);
  const uri = `sip:127.0.0.1:${b.server.sipPort}`;
  phone.send('REGISTER', { uri });
  expect(getHeader(await b.peer.response(401), 'www-authenticate')).toContain('nonce="n"');
  phone.send('REGISTER', {
    uri,
    headers: ['Authorization: Digest username="a", realm="r", nonce="n", uri="x", response="y"'],
  });
  expect(getHeader(await b.peer.response(200), 'contact')).toContain('expires=60');
  phone.send('REGISTER', { uri, contact: '*', headers: ['Expires: 10'] });
  await b.peer.response(400, 'REGISTER');
});

test('[SIP102] a challenged INVITE is sent again by srf under the same Call-ID and tag with credentials', async () => {
  const made = b.srf.createUAC(`sip:bob@127.0.0.1:${b.peer.port}`, {
    localSdp: SDP(50_000),
    auth: { username: 'bob', password: 'pw' },
  });
  const first = await b.peer.request('INVITE');
  reply(first, 407, { headers: ['Proxy-Authenticate: Digest realm="r", nonce="n1", algorithm=MD5'] });
  await b.peer.request('ACK');
  const second = await b.peer.request('INVITE');
  const credentials = getHeader(second, 'proxy-authorization') ?? '';
  const uri = /uri="([^"]*)"/.exec(credentials)?.[1] ?? '';
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  expect(credentials).toContain(`response="${md5(`${md5('bob:r:pw')}:n1:${md5(`INVITE:${uri}`)}`)}"`);
  expect(getHeader(second, 'call-id')).toBe(getHeader(first, 'call-id'));
  expect(getHeader(second, 'from')).toBe(getHeader(first, 'from'));
  expect(Number.parseInt(getHeader(second, 'cseq') ?? '', 10)).toBe(
    Number.parseInt(getHeader(first, 'cseq') ?? '', 10) + 1,
  );
  reply(second, 200, { body: SDP() });
  await made;
});

test('[SIP103] REFER and its NOTIFYs run in the dialog of the call', async () => {
  const dialog = await calling();
  const referred = dialog.request({ method: 'REFER', headers: { 'Refer-To': 'sip:carol@example.test' } });
  const refer = await b.peer.request('REFER');
  expect(getHeader(refer, 'contact')).toBeDefined();
  reply(refer, 202);
  expect((await referred).status).toBe(202);
  const notified = new Promise<string>((resolve) => {
    dialog.on('notify', (req, res) => {
      res.send(200);
      resolve(req.body);
    });
  });
  const call = new PeerCall(b.peer, b.server.sipPort);
  call.send('NOTIFY', {
    callId: getHeader(refer, 'call-id') ?? '',
    fromTag: 'pt',
    toTag: /tag=(\w+)/.exec(getHeader(refer, 'from') ?? '')?.[1] ?? '',
    headers: ['Event: refer', 'Subscription-State: terminated;reason=noresource', 'Content-Type: message/sipfrag'],
    body: 'SIP/2.0 200 OK',
  });
  expect(await notified).toContain('SIP/2.0 200 OK');
  await b.peer.response(200, 'NOTIFY');
  expect(b.server.stats().dialogs).toBe(1);
});

test('[SIP104] a SUBSCRIBE of a peer makes a dialog that its last NOTIFY ends', async () => {
  const subscribed = new Promise<SrfDialog>((resolve, reject) => {
    b.srf.subscribe((req, res) => {
      b.srf.createUAS(req, res, { headers: { Expires: '300' } }).then(resolve, reject);
    });
  });
  const call = new PeerCall(b.peer, b.server.sipPort);
  call.send('SUBSCRIBE', { headers: ['Event: presence', 'Expires: 300'] });
  call.learn(await b.peer.response(202));
  const dialog = await subscribed;
  const states = ['active;expires=300', 'terminated;reason=timeout'];
  for (const state of states) {
    const sent = dialog.request({ method: 'NOTIFY', headers: { Event: 'presence', 'Subscription-State': state } });
    const notify = await b.peer.request('NOTIFY');
    expect(getHeader(notify, 'subscription-state')).toBe(state);
    reply(notify, 200);
    await sent;
  }
  await expect.poll(() => b.server.stats().dialogs).toBe(0);
});

test('[SIP105] a subscription of the App ends with the last NOTIFY, once the App has answered it', async () => {
  const made = b.srf.createUAC(`sip:bob@127.0.0.1:${b.peer.port}`, {
    method: 'SUBSCRIBE',
    headers: { Event: 'presence', Expires: '60' },
  });
  const subscribe = await b.peer.request('SUBSCRIBE');
  const ours = {
    callId: getHeader(subscribe, 'call-id') ?? '',
    fromTag: 'pt',
    toTag: /tag=(\w+)/.exec(getHeader(subscribe, 'from') ?? '')?.[1] ?? '',
  };
  reply(subscribe, 202, { headers: ['Expires: 60'] });
  const dialog = await made;
  dialog.on('notify', (_req, res) => void res.send(200));
  const call = new PeerCall(b.peer, b.server.sipPort);
  call.send('NOTIFY', { ...ours, headers: ['Event: presence', 'Subscription-State: active'] });
  await b.peer.response(200, 'NOTIFY');
  call.send('NOTIFY', { ...ours, headers: ['Event: presence', 'Subscription-State: terminated'] });
  await b.peer.response(200, 'NOTIFY');
  await expect.poll(() => b.server.stats().dialogs).toBe(0);
});

test('[SIP6] a call over TCP stays on its connection, both ways', async () => {
  const phone = await tcpPeer();
  peers.push(phone);
  const { dialog } = await talking(phone);
  expect(dialog.remote.uri).toContain('transport=tcp');
  const over = dialog.destroy();
  const bye = await phone.request('BYE');
  expect(getHeader(bye, 'via')).toMatch(/^SIP\/2.0\/TCP/);
  reply(bye, 200, {}, phone);
  await over;
  expect(b.server.stats().tcpConnections).toBe(1);
});

test('[SIP6] an outbound call over TCP', async () => {
  const phone = await tcpPeer();
  peers.push(phone);
  const made = b.srf.createUAC(`sip:bob@127.0.0.1:${phone.port};transport=tcp`, { localSdp: SDP(50_000) });
  const invite = await phone.request('INVITE');
  const sent = phone.heard[0]?.port ?? 0;
  phone.sendText(
    answer(invite, 200, 'OK', {
      tag: 'pt',
      headers: [`Contact: <sip:bob@127.0.0.1:${phone.port};transport=tcp>`],
      body: SDP(),
    }),
    sent,
  );
  const dialog = await made;
  await phone.request('ACK');
  const over = dialog.destroy();
  phone.sendText(answer(await phone.request('BYE'), 200, 'OK'), sent);
  await over;
});

test('[SIP3] CRLF CRLF over TCP is answered with CRLF', async () => {
  const phone = await tcpPeer();
  peers.push(phone);
  phone.sendText('\r\n\r\n', b.server.sipPort);
  b.srf.options((_req, res) => void res.send(200));
  const call = new PeerCall(phone, b.server.sipPort);
  call.send('OPTIONS');
  await phone.response(200, 'OPTIONS');
});

test('[SIP52] req.cancel of an outbound call, and the cancel event of an inbound one', async () => {
  const rejected = new Promise<number>((resolve) => {
    b.srf
      .createUAC(
        `sip:bob@127.0.0.1:${b.peer.port}`,
        { localSdp: SDP() },
        { cbRequest: (_error, req) => req.cancel(() => undefined) },
      )
      .then(
        () => resolve(200),
        (error: { status: number }) => resolve(error.status),
      );
  });
  const invite = await b.peer.request('INVITE');
  reply(invite, 180);
  reply(await b.peer.request('CANCEL'), 200);
  reply(invite, 487);
  expect(await rejected).toBe(487);
  const cancelled = new Promise<void>((resolve) => {
    b.srf.invite((req, res) => {
      req.on('cancel', () => resolve());
      res.send(180);
    });
  });
  const call = new PeerCall(b.peer, b.server.sipPort);
  call.send('INVITE');
  await b.peer.response(180);
  call.send('CANCEL');
  await b.peer.response(487, 'INVITE');
  await cancelled;
});
