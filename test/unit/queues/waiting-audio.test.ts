import { expect, it } from 'vitest';
import { CallerAudio } from '../../../src/calls/caller-audio.ts';
import { MediaFacts } from '../../../src/calls/media-port.ts';
import type { AudioItem } from '../../../src/flows/audio.ts';
import { WaitingAudio } from '../../../src/queues/waiting-audio.ts';
import { createLogger } from '../../../src/shared/logger.ts';
import { settle } from '../../support/fake-centre.ts';
import { FakeMedia } from '../../support/fake-media.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const CALLER = 'leg-1';
const MUSIC: AudioItem[] = [{ type: 'prompt', hash: 'a'.repeat(64) }];
const log = createLogger('test', { level: 'silent' });

function waiting(music: () => Promise<AudioItem[]> = async () => MUSIC) {
  const clock = new ManualClock();
  const media = new FakeMedia(() => clock.now());
  media.endpoints.add(CALLER);
  const facts = new MediaFacts(media, log, clock);
  const make = async (): Promise<AudioItem[]> => [{ type: 'prompt', hash: 'b'.repeat(64) }];
  const audio = new CallerAudio({ media, facts, make, log }, { endpointId: CALLER, callId: 'call-1' });
  const line = { language: 'en', everyMs: 30_000, place: () => 1, comfort: [], usualMusic: () => MUSIC };
  return { clock, media, audio, waiting: new WaitingAudio({ audio, music, ...line, clock, log }) };
}

it('[Q20] music follows the last announcement while somebody is joined, and no further announcement does', async () => {
  const { clock, media, waiting: line } = waiting();
  line.start();
  await settle();
  line.settle();
  media.playToEnd(CALLER);
  await settle();
  expect(media.plays.get(CALLER)).toMatchObject({ loop: true, items: MUSIC });
  clock.pass(60_000);
  await settle();
  expect(media.of('endpoint.play')).toHaveLength(2);
});

it('[Q20] music that comes late does not play into the talk', async () => {
  let come: (items: AudioItem[]) => void = () => {};
  const { media, audio, waiting: line } = waiting(() => new Promise((resolve) => (come = resolve)));
  line.start();
  await settle();
  media.playToEnd(CALLER);
  line.settle();
  // The talk begins.
  audio.stop();
  come(MUSIC);
  await settle();
  line.stop();
  await settle();
  expect(media.plays.size).toBe(0);
});

it('what others play after it goes on when it is over', async () => {
  const { media, audio, waiting: line } = waiting();
  line.start();
  await settle();
  audio.loop([{ type: 'silence', durationMs: 20 }]);
  line.stop();
  await settle();
  expect(media.plays.get(CALLER)?.items).toEqual([{ type: 'silence', durationMs: 20 }]);
});
