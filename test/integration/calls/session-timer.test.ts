import { afterAll, beforeAll, expect, test } from 'vitest';
import { getHeader } from '../../../src/sip/wire/headers.ts';
import type { SipMessage } from '../../../src/sip/wire/message.ts';
import { LateSite, TALK } from '../../support/late-site.ts';
import { answer } from '../../support/sip-peer.ts';
import type { SipPhone } from '../../support/sip-phone.ts';

let site: LateSite;

beforeAll(async () => {
  site = await LateSite.start();
}, 180_000);
afterAll(() => site.stop());

const timerOf = (message: SipMessage) => [getHeader(message, 'session-expires'), getHeader(message, 'require')];

/** A talk with a session of 1,800 s, as carriers ask for one. */
async function talking(caller: SipPhone, asks: { expires?: string; lateOffer?: boolean } = {}): Promise<SipMessage> {
  const headers = [`Session-Expires: ${asks.expires ?? '1800'}`, 'Supported: timer', 'Min-SE: 90'];
  caller.invite(TALK, { headers, lateOffer: asks.lateOffer === true });
  const ok = await caller.final();
  caller.accept(ok);
  await site.joined(caller);
  return ok;
}

/** Lets time pass once all that the caller has sent was read: an ACK under way would come too late. */
async function later(caller: SipPhone, ms: number): Promise<void> {
  await caller.request('INFO');
  site.clock.pass(ms);
}

test.each([false, true])(
  '[C75] [C77] a caller who does not refresh is hung up, and so is the other (late offer: %s)',
  async (lateOffer) => {
    const record = await site.calling(async (caller) => {
      expect(timerOf(await talking(caller, { lateOffer }))).toEqual(['1800;refresher=uac', 'timer']);
      await later(caller, 1_760_000);
      await site.bothHear(caller);
      await later(caller, 10_000);
      await caller.hungUp();
      await site.party.hungUp();
    });
    expect(record).toMatchObject({ outcome: 'answered', endedBy: 'system', endReason: 'Session timer expired' });
  },
);

test('[C77] [C75] re-INVITEs with and without an offer and UPDATEs refresh the session', async () => {
  await site.calling(async (caller) => {
    await talking(caller);
    const headers = ['Session-Expires: 1800;refresher=uac', 'Supported: timer'];
    const promise = ['1800;refresher=uac', 'timer'];
    for (const refresh of [
      () => caller.reinvite(caller.rtp.sdp('sendrecv', 1), '', headers),
      () => caller.reinvite('', caller.rtp.sdp('sendrecv', 1), headers),
      () => caller.request('UPDATE', '', headers),
      () => caller.request('UPDATE', caller.rtp.sdp('sendrecv', 1), headers),
    ]) {
      await later(caller, 1_700_000);
      const ok = await refresh();
      expect([ok.status, ...timerOf(ok)]).toEqual([200, ...promise]);
    }
    await site.bothHear(caller);
    await site.over(caller);
  });
});

test('[C75] who wants us to refresh is refreshed with what we said last', async () => {
  await site.calling(async (caller) => {
    const ok = await talking(caller, { expires: '1800;refresher=uas', lateOffer: true });
    expect(timerOf(ok)).toEqual(['1800;refresher=uas', 'timer']);
    await later(caller, 900_000);
    const refresh = await caller.peer.request('INVITE');
    expect(refresh.body.toString()).toBe(ok.type === 'response' ? ok.body.toString() : '');
    const headers = [`Contact: <sip:alice@127.0.0.1:${caller.peer.port}>`, 'Session-Expires: 1800;refresher=uac'];
    const body = caller.rtp.sdp();
    caller.peer.sendText(answer(refresh, 200, 'OK', { headers, body }), site.app.sip.sipPort);
    await caller.peer.request('ACK');
    await site.bothHear(caller);
    await site.over(caller);
  });
});

test('[C75] an interval of years is no reason to hang up, and who asks for none has none', async () => {
  await site.calling(async (caller) => {
    expect(timerOf(await talking(caller, { expires: '999999999' }))).toEqual(['999999999;refresher=uac', 'timer']);
    await later(caller, 86_400_000);
    await site.bothHear(caller);
    // An offer without the header takes the timer away (RFC 4028 section 7.2).
    expect(timerOf(await caller.reinvite(caller.rtp.sdp('sendrecv', 2)))).toEqual([undefined, undefined]);
    await later(caller, 30 * 86_400_000);
    await site.bothHear(caller);
    await site.over(caller);
  });
});

test('[C76] too short an interval gets 422 with ours and no record, and the call comes with a longer one', async () => {
  const before = await site.records();
  const record = await site.calling(async (caller) => {
    caller.invite(TALK, { headers: ['Session-Expires: 60', 'Supported: timer'] });
    const refused = await caller.final();
    expect([refused.status, getHeader(refused, 'min-se')]).toEqual([422, '90']);
    expect(timerOf(await talking(caller, { expires: '90' }))).toEqual(['90;refresher=uac', 'timer']);
    expect((await caller.reinvite('', '', ['Session-Expires: 60', 'Supported: timer'])).status).toBe(422);
    await site.bothHear(caller);
    await site.over(caller);
  });
  expect(record.outcome).toBe('answered');
  expect(await site.records()).toBe(before + 1);
});

test('[C75] [C76] what cannot be read, or is too short from one who cannot ask again, gets no timer', async () => {
  for (const headers of [['Session-Expires: soon', 'Supported: timer'], ['Session-Expires: 60']]) {
    await site.calling(async (caller) => {
      caller.invite(TALK, { headers });
      const ok = await caller.final();
      expect([ok.status, ...timerOf(ok)]).toEqual([200, undefined, undefined]);
      caller.accept(ok);
      await site.joined(caller);
      await later(caller, 86_400_000);
      await site.bothHear(caller);
      await site.over(caller);
    });
  }
});

test('[C78] one whom we call may want us to refresh, and hears nothing of it in the call', async () => {
  await site.calling(async (caller) => {
    await caller.dial(TALK);
    await site.joined(caller, ['Session-Expires: 1800;refresher=uac', 'Require: timer']);
    const { party } = site;
    expect(getHeader(party.invite, 'supported')).toContain('timer');
    expect(getHeader(party.invite, 'session-expires')).toBeUndefined();
    for (let round = 0; round < 2; round += 1) {
      await later(caller, 900_000);
      const refresh = await party.peer.request('INVITE');
      expect(refresh.body.toString()).toBe(party.invite.body.toString());
      const headers = [`Contact: <sip:bob@127.0.0.1:${party.peer.port}>`, 'Session-Expires: 1800;refresher=uac'];
      party.peer.sendText(answer(refresh, 200, 'OK', { headers, body: party.rtp.sdp() }), site.app.sip.sipPort);
      await party.peer.request('ACK');
    }
    await site.bothHear(caller);
    await site.over(caller);
  });
});

test.each(['uac', 'uas'])(
  '[C78] [C77] one whom we called and whose session runs out is hung up, and the flow goes on (%s)',
  async (refresher) => {
    const record = await site.calling(async (caller) => {
      await caller.dial(TALK);
      await site.joined(caller, [`Session-Expires: 1800;refresher=${refresher}`, 'Require: timer']);
      const { party } = site;
      if (refresher === 'uac') {
        await later(caller, 900_000);
        const refresh = await party.peer.request('INVITE');
        party.peer.sendText(answer(refresh, 481, 'Call Does Not Exist'), site.app.sip.sipPort);
        await party.peer.request('ACK');
      } else await later(caller, 1_770_000);
      await party.hungUp();
      await caller.hungUp();
    });
    const leg = record.legs.find(({ role }) => role === 'party');
    expect(leg).toMatchObject({ endReason: 'Session timer expired' });
    expect(record.steps.map(({ step, exit }) => `${step}:${exit}`)).toEqual(['over:ended', 'end:end']);
  },
);
