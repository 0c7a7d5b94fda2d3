import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSpeech } from '../../../src/adapters/espeak/speech.ts';
import type { CallRecord } from '../../../src/protocol/http.ts';
import { pageHears, pageHearsNothing } from '../../support/browser-ear.ts';
import { AGENT_HZ, browserSite } from '../../support/browser-site.ts';
import { asUser, newestRecord, openDesk, press } from '../../support/desk-page.ts';
import { describeWith } from '../../support/peers.ts';
import { SipPhone } from '../../support/sip-phone.ts';
import type { Site } from '../../support/site.ts';
import { amplitudeOf, fromLaw, isOnlyTone, loudness } from '../../support/tones.ts';
import { likeness, readWav } from '../../support/wav-file.ts';

const CALLER_HZ = 440;

/** The whole path on real parts: SIP and RTP on sockets, mediasoup, Chromium, espeak-ng, ffmpeg, SQLite. */
describeWith(['chromium', 'worker', 'espeak-ng', 'ffmpeg'], 'the first call', () => {
  const run = browserSite();

  it('goes from the greeting over the menu to an agent and into the record', { timeout: 120_000 }, async () => {
    const { site, browser } = run;
    const desk = await openDesk(browser.context, site);
    const phone = await SipPhone.open(site.sipPort);
    await phone.dial('1000');
    await expectGreeting(phone, site);

    await phone.rtp.press('1');
    await desk.getByRole('region', { name: /Incoming call/ }).waitFor({ timeout: 20_000 });
    phone.rtp.toneHz = CALLER_HZ;
    const clickedAt = Date.now();
    await press(desk, 'Answer');
    const [, agentHeardAt] = await Promise.all([
      phone.rtp.until(() => isOnlyTone(phone.rtp.audio().slice(-800), AGENT_HZ)),
      pageHears(desk, CALLER_HZ, clickedAt),
    ]);
    const callerHeardAt = firstTone(phone, AGENT_HZ, clickedAt);
    await desk.waitForTimeout(1_000);

    await press(desk, 'Mute');
    await phone.rtp.until(() => loudness(phone.rtp.audio().slice(-1_600)) < 20);
    await pageHears(desk, CALLER_HZ);
    await press(desk, 'Mute');
    await phone.rtp.until(() => isOnlyTone(phone.rtp.audio().slice(-800), AGENT_HZ));

    await press(desk, 'Hold');
    await phone.rtp.until(() => isMusic(phone.rtp.audio().slice(-8_000)));
    await pageHearsNothing(desk);
    await press(desk, 'Resume');
    await Promise.all([
      phone.rtp.until(() => isOnlyTone(phone.rtp.audio().slice(-800), AGENT_HZ)),
      pageHears(desk, CALLER_HZ),
    ]);

    await press(desk, 'Keypad');
    const before = phone.rtp.heard.length;
    await press(desk, '5');
    await phone.rtp.until(() => phone.rtp.heard.slice(before).some(({ payloadType }) => payloadType === 101));
    const event = phone.rtp.heard.slice(before).find(({ payloadType }) => payloadType === 101);
    expect(event?.payload[0]).toBe(5);

    await phone.hangUp();
    await press(desk, 'Finish wrap-up');
    await desk.getByRole('button', { name: 'Take a break', exact: true }).waitFor();
    await phone.close();
    await desk.close();

    const record = await newestRecord(site, (one) => one.recordings[0]?.state === 'stored');
    expect(record).toMatchObject({ outcome: 'answered', endedBy: 'caller', queue: 'support', calledNumber: '1000' });
    expect(record.agentName).toBe('Amy');
    expect(record.steps.map(({ step, exit, digits }) => [step, exit, digits])).toEqual([
      ['greeting', 'next', undefined],
      ['choose', '1', '1'],
      ['support', expect.anything(), undefined],
    ]);
    expect(record.offers).toMatchObject([
      { outcome: 'answered', queue: 'support', reason: expect.stringMatching(/free|idle/) },
    ]);
    expect(new Set(record.legs.map(({ role }) => role))).toEqual(new Set(['caller', 'agent']));
    const answeredAt = record.legs.find(({ role }) => role === 'agent')?.answeredAt ?? 0;
    console.log(
      `after the answer the caller heard the agent in ${callerHeardAt - answeredAt} ms, the agent the caller in ${agentHeardAt - answeredAt} ms`,
    );
    expect(Math.max(callerHeardAt, agentHeardAt) - answeredAt).toBeLessThan(1_000);
    await expectRecording(record, site);
  });
});

/** The caller hears the very audio that was made of the greeting's text. */
async function expectGreeting(phone: SipPhone, site: Site): Promise<void> {
  const speech = openSpeech({ dataDir: join(site.folder, 'data'), promptsDir: join(site.folder, 'none') });
  const greeting = await speech.voice.render({ text: 'Welcome to Parley.', language: 'en' });
  await phone.rtp.until(() => phone.rtp.audio().length > 8 * (greeting.durationMs + 300));
  const middle = readWav(greeting.file).channels[0]?.subarray(1_600, 4_800) ?? new Int16Array();
  expect(likeness(phone.rtp.audio(), middle)).toBeGreaterThan(0.95);
}

/** UTC ms of the first 20 ms that held little but the tone. */
function firstTone({ rtp }: SipPhone, frequencyHz: number, since: number): number {
  const packet = rtp.heard.find(({ payload, atMs }) => {
    const samples = fromLaw(payload, 'PCMU');
    return performance.timeOrigin + atMs >= since && amplitudeOf(samples, frequencyHz) > 1.2 * loudness(samples);
  });
  return Math.round(performance.timeOrigin + (packet?.atMs ?? 0));
}

function isMusic(samples: Int16Array): boolean {
  if (samples.length < 8_000 || loudness(samples) < 100) return false;
  return amplitudeOf(samples, AGENT_HZ) < loudness(samples) / 2 && amplitudeOf(samples, CALLER_HZ) < 6_000;
}

/** Left holds the caller's tone, right the agent's, and neither anything of the other; Opus and MP3 can be had in ranges. */
async function expectRecording(record: CallRecord, site: Site): Promise<void> {
  const [recording] = record.recordings;
  expect(recording).toMatchObject({ kind: 'call', formats: expect.arrayContaining(['opus', 'mp3', 'wav']) });
  const get = await asUser(site, 'sam');
  const path = `/recordings/${recording?.recordingId}/audio`;
  for (const format of ['opus', 'mp3']) {
    const answer = await get(`${path}?format=${format}`);
    expect(answer.status).toBe(200);
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(5_000);
  }
  const file = join(site.folder, 'heard.wav');
  writeFileSync(file, Buffer.from(await (await get(`${path}?format=wav`)).arrayBuffer()));
  const { channels } = readWav(file);
  const [left, right] = channels;
  if (!left || !right) throw new Error('the recording is not stereo');
  const callers = amplitudeOf(left.subarray(4_000, 8_000), CALLER_HZ);
  const agents = amplitudeOf(right.subarray(4_000, 8_000), AGENT_HZ);
  expect(callers).toBeGreaterThan(5_000);
  // The browser's noise suppression takes a steady tone down by some 20 dB.
  expect(agents).toBeGreaterThan(500);
  expect(amplitudeOf(left, AGENT_HZ)).toBeLessThan(100);
  expect(amplitudeOf(right, CALLER_HZ)).toBeLessThan(100);
}
