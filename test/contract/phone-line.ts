import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import { writeCallerAudio } from '../../bench/support/caller-audio.ts';
import { callWithSipp } from '../../bench/support/tools.ts';
import { getHeader } from '../../src/sip/wire/headers.ts';
import { CalledPhone } from '../support/called-phone.ts';
import {
  callersOf,
  LINE_TONE_HZ,
  lineSettings,
  type Parties,
  recordOf,
  statusFrom,
  stepsOf,
  untilReady,
} from '../support/phone-line.ts';
import { SipPhone } from '../support/sip-phone.ts';
import type { Site } from '../support/site.ts';
import { isOnlyTone, loudness } from '../support/tones.ts';

const CALLER_HZ = 700;
const PARTY_HZ = 1_100;
const ROOT = join(import.meta.dirname, '../..');

/** A whole site, and the SIP server that its callers meet. */
export interface SiteOnLine {
  site: Site;
  sipPort: number;
  /** Ends the SIP server without a word and sees to it that there is another one. */
  replaceServer(): Promise<void>;
  /** Everything printed so far, for failures. */
  output(): string;
  stop(): Promise<void>;
}

/** What a caller meets at a whole site, whichever SIP server stands in front of the app. */
export function phoneLineContract(name: string, open: (env: Record<string, string>) => Promise<SiteOnLine>): void {
  describe(`a caller at a site with ${name}`, () => {
    let folder: string;
    let line: SiteOnLine;
    let parties: Parties;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'parley-line-'));
      parties = { udp: await CalledPhone.open('udp'), tcp: await CalledPhone.open('tcp') };
      line = await open(lineSettings(folder, parties));
    }, 180_000);
    beforeEach(() => {
      onTestFailed(() => console.log(line.output()));
    });
    afterAll(async () => {
      await line?.stop();
      await Promise.all([parties.udp.close(), parties.tcp.close()]);
      if (folder) rmSync(folder, { recursive: true, force: true });
    });

    async function withPhone(run: (phone: SipPhone) => Promise<void>): Promise<void> {
      const phone = await SipPhone.open(line.sipPort);
      try {
        await run(phone);
      } finally {
        await phone.close();
      }
    }

    it('[C1] [C13] hears the greeting, leads on by a key and hangs up', () =>
      withPhone(async (phone) => {
        await phone.dial('1000');
        await phone.rtp.until(() => loudness(phone.rtp.audio().slice(-800)) > 1_000);
        await phone.rtp.press('2');
        await phone.rtp.hear(500);
        await phone.hangUp();
        const record = await recordOf(line.site, phone);
        expect(stepsOf(record)).toEqual(['greeting', 'choose', 'openingHours']);
        expect(record).toMatchObject({ outcome: 'selfService', endedBy: 'caller', endReason: 'caller hung up' });
      }));

    it('[C10] is hung up when the flow is over', () =>
      withPhone(async (phone) => {
        await phone.dial('7000');
        await phone.rtp.until(() => isOnlyTone(phone.rtp.audio().slice(-800), LINE_TONE_HZ));
        const bye = await phone.hungUp();
        expect(getHeader(bye, 'reason')).toMatch(/^Q\.850;cause=16/);
        expect(await recordOf(line.site, phone)).toMatchObject({ endedBy: 'system' });
      }));

    it('[C11] [C27] hears ringing and gives up: 487, and nothing is answered afterwards', () =>
      withPhone(async (phone) => {
        phone.invite('7001');
        await phone.peer.response(180, 'INVITE');
        phone.cancel('7001');
        await phone.peer.response(200, 'CANCEL');
        expect((await phone.final()).status).toBe(487);
        expect(await recordOf(line.site, phone)).toMatchObject({ outcome: 'abandoned', endedBy: 'caller' });
      }));

    it('[C11] gives up at once: 487, or a call like any other', () =>
      withPhone(async (phone) => {
        phone.invite('1000');
        phone.cancel('1000');
        const final = await phone.final();
        if (final.status === 200) {
          phone.accept(final);
          await phone.hangUp();
        } else expect(final.status).toBe(487);
        expect(await recordOf(line.site, phone)).toMatchObject({ endedBy: 'caller' });
      }));

    it('[C3] [C5] is refused plainly: unknown number, no codec of ours, no description', async () => {
      const bare = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n';
      expect(await refusal('4711')).toBe(404);
      expect(await refusal('1000', `${bare}m=audio 4000 RTP/AVP 18\r\n`)).toBe(488);
      expect(await refusal('1000', 'this is no session description')).toBe(488);
    });

    it('[C70] [C73] calls without an offer, and asks for one again inside the call', () =>
      withPhone(async (phone) => {
        const hears = () => phone.rtp.until(() => isOnlyTone(phone.rtp.audio().slice(-800), LINE_TONE_HZ));
        await phone.dial('7002', { lateOffer: true });
        await hears();
        await phone.reinvite(phone.rtp.sdp('inactive', 2));
        const again = await phone.reinvite('', phone.rtp.sdp('sendrecv', 3));
        expect([again.status, again.body.toString()]).toEqual([200, expect.stringContaining('a=sendrecv')]);
        phone.rtp.heard.length = 0;
        await hears();
        await phone.hangUp();
        expect(await recordOf(line.site, phone)).toMatchObject({ endedBy: 'caller' });
      }));

    it('[C71] calls without an offer and acknowledges without an answer: hung up, and the record says why', () =>
      withPhone(async (phone) => {
        phone.invite('7002', { lateOffer: true });
        phone.accept(await phone.final(), '');
        const reason = 'no answer in the ACK';
        expect(getHeader(await phone.hungUp(), 'reason')).toContain(reason);
        expect(await recordOf(line.site, phone)).toMatchObject({ endedBy: 'system', endReason: reason });
      }));

    it('[C75] [C76] is promised the session timer it asks for, or told the shortest', () =>
      withPhone(async (phone) => {
        const asks = (seconds: number) => [`Session-Expires: ${seconds}`, 'Supported: timer'];
        phone.invite('7002', { headers: asks(60) });
        const tooShort = await phone.final();
        expect([tooShort.status, getHeader(tooShort, 'min-se')]).toEqual([422, '90']);
        phone.invite('7002', { headers: asks(1_800) });
        const ok = await phone.final();
        phone.accept(ok);
        const headers = ['Session-Expires: 1800;refresher=uac', 'Supported: timer'];
        const answers = [
          ok,
          await phone.reinvite(phone.rtp.sdp(), '', headers),
          await phone.request('UPDATE', '', headers),
        ];
        for (const answer of answers) {
          expect(getHeader(answer, 'session-expires')).toBe('1800;refresher=uac');
          expect(getHeader(answer, 'require')).toBe('timer');
        }
        await phone.hangUp();
      }));

    it('[C2] [C8] calls from an address that is no trunk: 403 and no record; refused otherwise has one', () =>
      withPhone(async (phone) => {
        expect(await statusFrom('127.0.0.2', line.sipPort)).toBe(403);
        phone.invite('4711');
        expect((await phone.final()).status).toBe(404);
        expect(await recordOf(line.site, phone)).toMatchObject({ outcome: 'rejected', endReason: 'number.unknown' });
        expect(await callersOf(line.site)).not.toContain('stranger');
      }));

    it('[C16] [C17] [C18] offers anew, presses keys by INFO, asks for what we do not do', () =>
      withPhone(async (phone) => {
        await phone.dial('1000');
        const held = await phone.reinvite(phone.rtp.sdp('sendonly', 2));
        expect([held.status, held.body.toString()]).toEqual([200, expect.stringContaining('a=recvonly')]);
        const odd = phone.rtp.sdp('sendrecv', 3).replace(/RTP\/AVP .*/, 'RTP/AVP 18');
        expect((await phone.reinvite(odd.replaceAll(/a=rtpmap.*\r\n/g, ''))).status).toBe(488);
        const answer = await phone.reinvite(phone.rtp.sdp('sendrecv', 4));
        expect(answer.status).toBe(200);
        expect(getHeader(answer, 'contact')).toContain(`:${line.sipPort}`);
        expect((await phone.request('UPDATE')).status).toBe(200);
        expect((await phone.request('REFER', '', ['Refer-To: <sip:1@h>'])).status).toBe(603);
        expect((await phone.request('MESSAGE', 'hi', ['Content-Type: text/plain'])).status).toBe(405);
        expect((await phone.request('OPTIONS')).status).toBe(200);
        const xml = ['Content-Type: application/media_control+xml'];
        expect((await phone.request('INFO', '<x/>', xml)).status).toBe(415);
        const relay = ['Content-Type: application/dtmf-relay'];
        expect((await phone.request('INFO', 'Signal=2\r\nDuration=160\r\n', relay)).status).toBe(200);
        await phone.hangUp();
        expect(stepsOf(await recordOf(line.site, phone))).toContain('openingHours');
      }));

    it('[C18] is given a sign of life outside of calls', () =>
      withPhone(async (phone) => {
        phone.invite('4711');
        await phone.final();
        phone.call.toTag = '';
        phone.call.send('OPTIONS', { body: '' });
        expect(getHeader(await phone.peer.response(200, 'OPTIONS'), 'allow')).toContain('INVITE');
        phone.call.send('REGISTER', { body: '' });
        await phone.peer.response(405, 'REGISTER');
      }));

    for (const [transport, caller, rule] of [
      ['udp', 'caller-hangs-up', 'C1'],
      ['tcp', 'caller-hangs-up', 'C1'],
      ['udp', 'late-offer', 'C70] [C73] [C75'],
    ] as const) {
      it(`[${rule}] is sipp over ${transport}, three times: ${caller}`, { timeout: 60_000 }, async () => {
        const at = join(folder, `sipp-${transport}-${caller}`);
        mkdirSync(at);
        const audio = join(at, 'caller.pcap');
        writeCallerAudio(audio, 7, 2, 2_000);
        const scenario = join(ROOT, `test/fixtures/sipp/${caller}.xml`);
        const target = `127.0.0.1:${line.sipPort}`;
        const run = { scenario, folder: at, target, number: '1000', audio, transport };
        const outcome = await callWithSipp({ ...run, callsAtOnce: 3, total: 3, callsPerSecond: 1 });
        expect(outcome).toEqual({ succeeded: 3, failed: 0 });
      });
    }

    for (const [transport, number] of [
      ['udp', '7003'],
      ['tcp', '7004'],
    ] as const) {
      it(`[C43] is transferred by a trunk over ${transport}, and the party hangs up`, () =>
        withPhone(async (phone) => {
          const party = parties[transport];
          await transfer(phone, number, party);
          const contact = getHeader(party.invite, 'contact');
          expect(contact).toContain(`:${line.sipPort}`);
          expect(contact?.includes('transport=tcp')).toBe(transport === 'tcp');
          await Promise.all([party.hangUp(), phone.hungUp()]);
          expect(await recordOf(line.site, phone)).toMatchObject({ outcome: 'answered', endedBy: 'party' });
        }));

      it(`[C44] gives up while it rings at a trunk over ${transport}`, () =>
        withPhone(async (phone) => {
          await phone.dial(number);
          await parties[transport].called();
          parties[transport].ring();
          await phone.rtp.hear(300);
          await Promise.all([parties[transport].cancelled(), phone.hangUp()]);
          expect(await recordOf(line.site, phone)).toMatchObject({ endedBy: 'caller' });
        }));
    }

    it('[C50] is hung up, and the party too, when the app was killed in their talk', { timeout: 90_000 }, () =>
      withPhone(async (phone) => {
        await transfer(phone, '7003', parties.udp);
        await phone.rtp.hear(1_000);
        await killApp();
        phone.rtp.heard.length = 0;
        await phone.rtp.until(() => isOnlyTone(phone.rtp.audio().slice(-800), PARTY_HZ));
        await Promise.all([phone.hungUp(), parties.udp.hungUp()]);
        const record = await recordOf(line.site, phone);
        expect(record).toMatchObject({ outcome: 'answered', endedBy: 'system', endReason: 'program restarted' });
      }),
    );

    it('[C50] goes on hearing while the app is killed and restarts, then is hung up', { timeout: 90_000 }, () =>
      withPhone(async (phone) => {
        await phone.dial('7002');
        await phone.rtp.until(() => isOnlyTone(phone.rtp.audio().slice(-800), LINE_TONE_HZ));
        // What happened in the last moment before a kill may not be in the journal yet.
        await phone.rtp.hear(1_000);
        await killApp();
        expect(isOnlyTone(phone.rtp.audio().slice(-800), LINE_TONE_HZ)).toBe(true);
        expect(getHeader(await phone.hungUp(), 'reason')).toContain('program restarted');
        const record = await recordOf(line.site, phone);
        expect(record).toMatchObject({ endedBy: 'system', endReason: 'program restarted' });
      }),
    );

    it('[C50] does not hear an app for ever that was killed in the moment of its answer', { timeout: 90_000 }, () =>
      withPhone(async (phone) => {
        await phone.dial('7002');
        await killApp();
        const packets = (): number => phone.rtp.heard.splice(0).length;
        await expect.poll(packets, { interval: 500, timeout: 20_000 }).toBe(0);
      }),
    );

    it(
      '[C15] has no call any more when the SIP server dies, and is answered by the next one',
      { timeout: 90_000 },
      () =>
        withPhone(async (phone) => {
          await phone.dial('7002');
          await line.replaceServer();
          expect(await recordOf(line.site, phone)).toMatchObject({ endedBy: 'system', endReason: 'SIP server lost' });
          await untilReady(line.site);
          await withPhone(async (next) => {
            await next.dial('1000');
            await next.rtp.until(() => loudness(next.rtp.audio().slice(-800)) > 1_000);
            await next.hangUp();
          });
        }),
    );

    /** The caller and the one who is called hear each other. */
    async function transfer(phone: SipPhone, number: string, party: CalledPhone): Promise<void> {
      phone.rtp.toneHz = CALLER_HZ;
      party.rtp.toneHz = PARTY_HZ;
      party.rtp.heard.length = 0;
      await phone.dial(number);
      await party.called();
      party.ring();
      await party.pickUp();
      await phone.rtp.until(() => isOnlyTone(phone.rtp.audio().slice(-800), PARTY_HZ));
      await party.rtp.until(() => isOnlyTone(party.rtp.audio().slice(-800), CALLER_HZ));
    }

    async function killApp(): Promise<void> {
      const app = line.site.pid('app');
      process.kill(app, 'SIGKILL');
      await untilReady(line.site, app);
    }

    async function refusal(number: string, body?: string): Promise<number> {
      const phone = await SipPhone.open(line.sipPort);
      phone.invite(number, body === undefined ? {} : { body, headers: ['Content-Type: application/sdp'] });
      const { status } = await phone.final();
      await phone.close();
      return status;
    }
  });
}
