import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readWav } from '../../../src/media/recorder/wav.ts';
import type { CallRecord, CallSummary } from '../../../src/protocol/http.ts';
import { availableAgent, type DeskLine, logIn } from '../../support/page-line.ts';
import type { RtpPhone } from '../../support/rtp-phone.ts';
import { SipPhone } from '../../support/sip-phone.ts';
import { amplitudeOf, isOnlyTone, loudness, tonesIn } from '../../support/tones.ts';
import { PASSWORD, startWholeApp, type WholeApp } from '../../support/whole-app.ts';

const CALLER_HZ = 440;
const AGENT_HZ = 1_000;

let site: WholeApp;
let agent: DeskLine;
let phone: SipPhone;

beforeAll(async () => {
  site = await startWholeApp();
  agent = await availableAgent(site.httpUrl, 'amy', PASSWORD);
}, 180_000);

afterAll(async () => {
  await phone.close();
  await agent.close();
  await site.stop();
});

test('[C1] from the dialled number through the menu and the queue to the talk, the hold, the record and the recording', async () => {
  phone = await SipPhone.open(site.sip.sipPort);
  phone.rtp.toneHz = CALLER_HZ;
  await phone.dial('1000');
  await heardSpeech(phone.rtp);
  await phone.rtp.press('1');

  await agent.until(() => agent.state?.offer !== undefined);
  const offer = agent.state?.offer;
  expect(offer).toMatchObject({ callerNumber: 'alice', calledNumber: '1000', queue: 'support' });
  expect(offer?.path).toContainEqual({ step: 'choose', exit: '1' });

  const desk = site.browsers.phone('desk.');
  desk.toneHz = AGENT_HZ;
  await agent.ask({ ask: 'answer', offerId: offer?.offerId ?? '' });
  await phone.rtp.until(() => isOnlyTone(phone.rtp.audio().slice(-800), AGENT_HZ));
  await desk.until(() => isOnlyTone(desk.audio().slice(-800), CALLER_HZ));
  await agent.until(() => agent.state?.call?.recording === 'on');
  expect(agent.state).toMatchObject({ presence: 'talking', call: { muted: false, onHold: false } });

  // The recording's first part, which is looked at below: both talk, undisturbed.
  await phone.rtp.hear(1_000);

  await agent.ask({ ask: 'mute', on: true });
  await phone.rtp.until(() => loudness(phone.rtp.audio().slice(-800)) < 50);
  desk.heard.length = 0;
  await desk.until(() => isOnlyTone(desk.audio().slice(-800), CALLER_HZ));
  await agent.ask({ ask: 'mute', on: false });

  await agent.ask({ ask: 'hold', on: true });
  await desk.until(() => loudness(desk.audio().slice(-800)) < 50);
  await phone.rtp.until(() => isMusic(phone.rtp));
  await agent.ask({ ask: 'hold', on: false });
  await phone.rtp.until(() => isOnlyTone(phone.rtp.audio().slice(-800), AGENT_HZ));

  phone.rtp.heard.length = 0;
  await agent.ask({ ask: 'sendDigits', digits: '5' });
  await phone.rtp.until(() =>
    phone.rtp.heard.some(({ payloadType, payload }) => payloadType === 101 && payload[0] === 5),
  );

  await agent.ask({ ask: 'hangUp' });
  await phone.hungUp();
  expect(agent.state).toMatchObject({ presence: 'wrappingUp', wrapUp: { endedBy: 'agent' } });
  await agent.ask({ ask: 'finishWrapUp' });
  expect(agent.state?.presence).toBe('available');

  const record = await finishedRecord();
  expect(record).toMatchObject({ outcome: 'answered', endedBy: 'agent', queue: 'support', agentName: 'Amy' });
  expect(record.offers).toMatchObject([{ outcome: 'answered', reason: expect.stringContaining('only one free') }]);
  expect(record.steps.map(({ step, exit }) => `${step}:${exit}`)).toEqual([
    ...['greeting:next', 'choose:1', 'support:answeredEnd', 'goodbye:next', 'end:end'],
  ]);
  await expectCleanRecording(record);
}, 60_000);

async function heardSpeech(rtp: RtpPhone): Promise<void> {
  await rtp.until(() => loudness(rtp.audio().slice(-800)) > 1_000);
}

/** Sound, but neither of the two people. */
function isMusic(rtp: RtpPhone): boolean {
  const lately = rtp.audio().slice(-1_600);
  return lately.length === 1_600 && loudness(lately) > 100 && tonesIn(lately, [CALLER_HZ, AGENT_HZ]).length === 0;
}

async function finishedRecord(): Promise<CallRecord> {
  const cookie = await logIn(site.httpUrl, 'sam', PASSWORD);
  const get = async <T>(path: string): Promise<T> =>
    (await (await fetch(`${site.httpUrl}/api/v1/${path}`, { headers: { cookie } })).json()) as T;
  for (;;) {
    const { calls } = await get<{ calls: CallSummary[] }>('calls?limit=1');
    const record = await get<CallRecord>(`calls/${calls[0]?.callId}`);
    if (record.endedAt !== undefined && record.recordings[0]?.sha256 !== undefined) return record;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function expectCleanRecording({ recordings }: CallRecord): Promise<void> {
  const [recording] = recordings;
  const day = new Date(recording?.startedAt ?? 0).toISOString().slice(0, 10).replaceAll('-', '/');
  const file = join(site.media.recordingsDir, day, `${recording?.recordingId}.wav`);
  const wav = readWav(await readFile(file));
  const left = wav?.samples.filter((_, i) => i % 2 === 0) ?? [];
  const right = wav?.samples.filter((_, i) => i % 2 === 1) ?? [];
  expect(amplitudeOf(left, AGENT_HZ)).toBeLessThan(100);
  expect(amplitudeOf(right, CALLER_HZ)).toBeLessThan(100);
  expect(pureStretches(left, CALLER_HZ)).toBeGreaterThan(0);
  expect(pureStretches(right, AGENT_HZ)).toBeGreaterThan(0);
}

/** How many stretches of 200 ms hold the tone alone: a busy machine may tear a phone's sound at any one of them. */
function pureStretches(samples: readonly number[] | Int16Array, frequencyHz: number): number {
  const stretch = 1_600;
  return Array.from({ length: Math.floor(samples.length / stretch) }, (_, i) =>
    samples.slice(i * stretch, (i + 1) * stretch),
  ).filter((part) => isOnlyTone(part, frequencyHz)).length;
}
