import { afterEach, beforeEach, expect, test } from 'vitest';
import { getHeader } from '../../../src/sip/wire/headers.ts';
import { answer, SDP } from '../../support/sip-peer.ts';
import { type Bench, bench } from '../../support/srf-app.ts';

let b: Bench;
beforeEach(async () => {
  b = await bench();
});
afterEach(() => b.close());

test('[SIP80] createUAC calls a phone, hears it ring, talks and hangs up', async () => {
  const provisional: number[] = [];
  const made = b.srf.createUAC(
    `sip:bob@127.0.0.1:${b.peer.port}`,
    { localSdp: SDP(50_000), headers: { From: 'sip:1000@localhost', Contact: 'sip:1000@localhost' } },
    { cbProvisional: (res) => void provisional.push(res.status) },
  );
  const invite = await b.peer.request('INVITE');
  expect(getHeader(invite, 'from')).toMatch(new RegExp(`^<sip:1000@127.0.0.1:${b.server.sipPort}>;tag=`));
  b.peer.sendText(answer(invite, 100, 'Trying'), b.server.sipPort);
  b.peer.sendText(answer(invite, 180, 'Ringing', { tag: 'pt' }), b.server.sipPort);
  const contact = `Contact: <sip:bob@127.0.0.1:${b.peer.port}>`;
  b.peer.sendText(answer(invite, 200, 'OK', { tag: 'pt', headers: [contact], body: SDP() }), b.server.sipPort);
  const dialog = await made;
  expect(provisional).toEqual([180]);
  const ack = await b.peer.request('ACK');
  expect(getHeader(ack, 'cseq')).toBe(`${Number.parseInt(getHeader(invite, 'cseq') ?? '', 10)} ACK`);
  const over = dialog.destroy();
  const bye = await b.peer.request('BYE');
  b.peer.sendText(answer(bye, 200, 'OK'), b.server.sipPort);
  await over;
  await expect.poll(() => b.server.stats().dialogs).toBe(0);
});
