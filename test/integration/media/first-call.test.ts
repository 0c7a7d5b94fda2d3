import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readWav } from '../../../src/media/recorder/wav.ts';
import { type MediaUnderTest, startMedia } from '../../support/media-program.ts';
import { RtpPhone } from '../../support/rtp-phone.ts';
import { isOnlyTone, loudness, sine } from '../../support/tones.ts';

let media: MediaUnderTest;
let caller: RtpPhone;
let agent: RtpPhone;

beforeEach(async () => {
  media = await startMedia();
  caller = await RtpPhone.open();
  agent = await RtpPhone.open({ law: 'PCMA' });
});

afterEach(async () => {
  caller.close();
  agent.close();
  await media.stop();
});

async function open(phone: RtpPhone, endpointId: string): Promise<void> {
  const { sdp } = await media.client.order({ order: 'endpoint.openRtp', endpointId, offer: phone.sdp() });
  phone.start(sdp);
}

test('[M1] a prompt, a digit, a talk and its recording: each sound arrives where it belongs and nowhere else', async () => {
  await open(caller, 'caller');
  const hash = await media.prompt(sine(600, 400));
  await media.client.order({
    order: 'endpoint.play',
    endpointId: 'caller',
    playId: 'greeting',
    items: [{ type: 'prompt', hash }],
  });
  await caller.until(() => loudness(caller.audio().slice(-160)) > 1_000);
  expect(isOnlyTone(await caller.hear(200), 600)).toBe(true);
  expect((await media.fact('playEnded')).reason).toBe('finished');

  await caller.press('1');
  expect(await media.fact('digit')).toMatchObject({ endpointId: 'caller', digit: '1', durationMs: 120 });

  await open(agent, 'agent');
  caller.toneHz = 440;
  agent.toneHz = 1_000;
  await media.client.order({
    order: 'bridge.set',
    bridgeId: 'talk',
    hears: { caller: ['agent'], agent: ['caller'] },
  });
  await media.client.order({
    order: 'record.start',
    recordingId: 'rec-1',
    file: 'day/rec-1.wav',
    left: 'caller',
    right: ['agent'],
  });
  await agent.until(() => loudness(agent.audio().slice(-160)) > 1_000);
  const [atCaller, atAgent] = await Promise.all([caller.hear(600), agent.hear(600)]);
  expect(isOnlyTone(atCaller.subarray(1_600), 1_000)).toBe(true);
  expect(isOnlyTone(atAgent.subarray(1_600), 440)).toBe(true);

  await media.client.order({ order: 'record.stop', recordingId: 'rec-1' });
  const closed = await media.fact('recordingClosed');
  expect(closed).toMatchObject({ recordingId: 'rec-1', file: 'day/rec-1.wav', reason: 'stopped' });
  const wav = readWav(await readFile(join(media.recordingsDir, 'day/rec-1.wav')));
  const left = wav?.samples.filter((_, i) => i % 2 === 0) ?? [];
  const right = wav?.samples.filter((_, i) => i % 2 === 1) ?? [];
  expect(left.length).toBe(closed.durationMs * 8);
  expect(isOnlyTone(left.slice(800, -800), 440)).toBe(true);
  expect(isOnlyTone(right.slice(800, -800), 1_000)).toBe(true);
});
