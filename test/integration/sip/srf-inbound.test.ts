import { afterEach, beforeEach, expect, test } from 'vitest';
import { getHeader } from '../../../src/sip/wire/headers.ts';
import { PeerCall, SDP } from '../../support/sip-peer.ts';
import { type Bench, bench } from '../../support/srf-app.ts';

let b: Bench;
beforeEach(async () => {
  b = await bench();
});
afterEach(() => b.close());

test('[SIP70] a caller is answered by createUAS, acknowledges, and hangs up', async () => {
  const ended = new Promise<string>((resolve, reject) => {
    b.srf.invite(async (req, res) => {
      try {
        const dialog = await b.srf.createUAS(req, res, { localSdp: SDP(50_000) });
        expect(dialog.sip.callId).toBe(req.get('Call-ID'));
        dialog.on('destroy', () => resolve(dialog.id));
      } catch (error) {
        reject(error);
      }
    });
  });
  const call = new PeerCall(b.peer, b.server.sipPort);
  call.send('INVITE');
  await b.peer.response(100);
  const ok = call.learn(await b.peer.response(200));
  expect(ok.body.toString()).toContain('m=audio 50000');
  expect(getHeader(ok, 'contact')).toBe(`<sip:127.0.0.1:${b.server.sipPort}>`);
  call.ack();
  call.send('BYE');
  await b.peer.response(200, 'BYE');
  expect(await ended).toBe(`${call.callId};from-tag=${call.fromTag}`);
  expect(b.server.stats().dialogs).toBe(0);
});
