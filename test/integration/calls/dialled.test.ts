import { afterEach, beforeEach, expect, test } from 'vitest';
import { SipLink } from '../../../src/adapters/drachtio/sip-link.ts';
import type { DialListener } from '../../../src/calls/dialler.ts';
import type { TrunkOut } from '../../../src/calls/trunk-out.ts';
import { createLogger } from '../../../src/shared/logger.ts';
import { systemClock } from '../../../src/shared/time.ts';
import type { SipServer } from '../../../src/sip/server.ts';
import { getHeader } from '../../../src/sip/wire/headers.ts';
import { CalledPhone } from '../../support/called-phone.ts';
import { answer, SDP, type SipPeer, tcpPeer } from '../../support/sip-peer.ts';
import { SECRET, testServer } from '../../support/srf-app.ts';

let server: SipServer;
let isServing = true;
let link: SipLink;
let phone: CalledPhone;
const undo: (() => unknown)[] = [];

beforeEach(async () => {
  server = await testServer({ t1Ms: 20, t2Ms: 160 });
  isServing = true;
  link = await connected();
  phone = await CalledPhone.open();
});
afterEach(async () => {
  for (const one of undo.splice(0)) await one();
  await phone.close();
  if (isServing) await server.close();
});

async function connected(): Promise<SipLink> {
  const log = createLogger('app', { level: process.env['TEST_LOG'] ?? 'fatal' });
  const where = { host: '127.0.0.1', port: server.adminPort, secret: SECRET };
  const made = new SipLink({ ...where, environment: {}, log, clock: systemClock });
  undo.push(() => made.close());
  await made.open(() => {});
  return made;
}

/** Dials, and tells in words what is heard of it. */
function dial(out: Partial<TrunkOut>) {
  const heard: string[] = [];
  const listener: DialListener = {
    sent: () => heard.push('sent'),
    ringing: () => heard.push('ringing'),
    answered: (_dialogId, sdp) => heard.push(`answered ${sdp.includes('m=audio') ? 'with SDP' : 'without'}`),
    refused: (status) => heard.push(`refused ${status}`),
    ended: (by, reason) => heard.push(`ended ${by} ${reason}`),
    digit: (digit) => heard.push(`digit ${digit}`),
    reoffered: async () => SDP(),
    offerWanted: async () => SDP(),
    acknowledged: () => {},
  };
  const trunk: TrunkOut = { host: '127.0.0.1', port: phone.peer.port, transport: 'udp', dial: ['+*'], maxCalls: 1 };
  const order = { out: { ...trunk, ...out }, number: '+4930#1', callerId: '+49301000', offer: SDP(40_000) };
  return { heard, line: link.dial(order, listener) };
}

test('[C42] a number is dialled at the trunk’s host with our number, signs in it escaped', async () => {
  const { heard, line } = dial({});
  const invite = await phone.called();
  expect(invite.uri).toBe(`sip:+4930%231@127.0.0.1:${phone.peer.port}`);
  expect(getHeader(invite, 'from')).toContain('<sip:+49301000@');
  expect(getHeader(invite, 'content-type')).toBe('application/sdp');
  await phone.pickUp();
  await expect.poll(() => heard).toEqual(['sent', 'answered with SDP']);
  line.hangUp('done');
  await phone.hungUp();
  await expect.poll(() => server.stats().dialogs).toBe(0);
});

test('[C42] a trunk by TCP is called by TCP', async () => {
  const peer: SipPeer = await tcpPeer();
  const { heard, line } = dial({ port: peer.port, transport: 'tcp' });
  const { message: invite, port } = await peer.nextHeard(({ message }) => message.type === 'request', 'INVITE');
  expect(getHeader(invite, 'via')).toContain('SIP/2.0/TCP');
  peer.sendText(answer(invite, 180, 'Ringing', { tag: 'far' }), port);
  await expect.poll(() => heard).toEqual(['sent', 'ringing']);
  line.cancel();
  const cancel = await peer.request('CANCEL');
  peer.sendText(answer(cancel, 200, 'OK'), port);
  peer.sendText(answer(invite, 487, 'Request Terminated', { tag: 'far' }), port);
  await peer.request('ACK');
  await expect.poll(() => heard.at(-1)).toBe('refused 487');
  await peer.close();
});

test('[C44] a CANCEL that is asked for before anything came back waits for it', async () => {
  const { heard, line } = dial({});
  line.cancel();
  await phone.called();
  expect(phone.peer.count((m) => m.type === 'request' && m.method === 'CANCEL')).toBe(0);
  phone.ring();
  await phone.cancelled();
  await expect.poll(() => heard.at(-1)).toBe('refused 487');
});

test('[C45] a host without a name is 503, one that never answers 408', async () => {
  const nowhere = dial({ host: 'no-such-host.invalid' });
  await expect.poll(() => nowhere.heard, { timeout: 15_000 }).toEqual(['sent', 'refused 503']);
  const silent = dial({});
  await phone.called();
  await expect.poll(() => silent.heard, { timeout: 15_000 }).toEqual(['sent', 'refused 408']);
});

test('[C15] [C43] a SIP server that dies ends what rings and what talks; without one nothing can be dialled', async () => {
  const talking = dial({});
  await phone.called();
  await phone.pickUp();
  await expect.poll(() => talking.heard).toContain('answered with SDP');
  const ringing = dial({});
  await phone.called();
  phone.ring();
  await expect.poll(() => ringing.heard).toContain('ringing');
  isServing = false;
  await server.close();
  await expect.poll(() => talking.heard.at(-1), { timeout: 10_000 }).toBe('ended system SIP server lost');
  expect(ringing.heard.at(-1)).toBe('refused 503');
  const none = dial({});
  await expect.poll(() => none.heard.at(-1), { timeout: 10_000 }).toBe('refused 503');
});
