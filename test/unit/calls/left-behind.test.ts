import { expect, test } from 'vitest';
import { finishLeftBehind } from '../../../src/calls/left-behind.ts';
import type { Inventory } from '../../../src/media/protocol/messages.ts';
import type { CallFact } from '../../../src/reports/journal.ts';
import { createLogger } from '../../../src/shared/logger.ts';
import { FakeMedia } from '../../support/fake-media.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const INVENTORY: Inventory = {
  endpoints: [
    { endpointId: 'leg-1', kind: 'rtp', callId: 'call-1' },
    { endpointId: 'leg-unwritten', kind: 'rtp', callId: 'call-unwritten' },
    { endpointId: 'leg-of-nothing', kind: 'rtp' },
    { endpointId: 'desk.user-amy.leg-2', kind: 'webrtc' },
  ],
  bridges: [
    { bridgeId: 'bridge-1', callId: 'call-1', hears: {} },
    { bridgeId: 'bridge-unwritten', callId: 'call-unwritten', hears: {} },
  ],
  recordings: [{ recordingId: 'rec-1', callId: 'call-1', file: 'a.wav', state: 'running' }],
};

async function finish(options: { told?: boolean; talked?: boolean; refuses?: boolean } = {}) {
  const clock = new ManualClock();
  const media = new FakeMedia(() => clock.now());
  if (options.refuses) {
    for (const order of ['record.stop', 'bridge.close', 'endpoint.close'] as const)
      media.failing.set(order, 'media.unreachable');
  }
  const facts: CallFact[] = [];
  const hungUp: string[] = [];
  await finishLeftBehind(
    {
      media,
      journal: { write: (fact) => facts.push(fact), flushed: async () => {} },
      hadTalk: async () => options.talked ?? true,
      hangUp: async (dialogId) => {
        hungUp.push(dialogId);
        return options.told ?? true;
      },
      clock,
      log: createLogger('test', { level: 'silent' }),
    },
    [
      {
        callId: 'call-1',
        legs: [{ legId: 'leg-1', dialogId: 'dialog-1' }, { legId: 'leg-2' }],
        recordingIds: ['rec-1'],
      },
    ],
    INVENTORY,
  );
  return { media, facts, hungUp };
}

test('[C50] a call of an earlier run is hung up, given back and ended in its record', async () => {
  const { media, facts, hungUp } = await finish();
  expect(hungUp).toEqual(['dialog-1']);
  const ofCall = media.orders.filter((order) => JSON.stringify(order).includes('-1"'));
  expect(ofCall).toEqual([
    { order: 'record.stop', recordingId: 'rec-1' },
    { order: 'bridge.close', bridgeId: 'bridge-1' },
    { order: 'endpoint.close', endpointId: 'leg-1' },
  ]);
  expect(facts.map(({ type }) => type)).toEqual(['legEnded', 'legEnded', 'callEnded']);
  expect(facts.at(-1)).toMatchObject({ outcome: 'answered', endedBy: 'system', reason: 'program restarted' });
});

test('[C50] what media holds for a call that no record knows is given back; the audio of desks stays', async () => {
  const { media, facts } = await finish();
  expect(media.orders).toHaveLength(6);
  expect(media.orders).toEqual(
    expect.arrayContaining([
      { order: 'bridge.close', bridgeId: 'bridge-unwritten' },
      { order: 'endpoint.close', endpointId: 'leg-unwritten' },
      { order: 'endpoint.close', endpointId: 'leg-of-nothing' },
    ]),
  );
  expect(facts.every(({ callId }) => callId === 'call-1')).toBe(true);
});

test('[C50] a caller who never talked did not get through, and a far end that was not told is written down', async () => {
  const { facts } = await finish({ told: false, talked: false });
  expect(facts[0]).toMatchObject({ type: 'noted', what: 'far end was not told' });
  expect(facts.at(-1)).toMatchObject({ type: 'callEnded', outcome: 'failed' });
});

test('[C50] a media program that refuses does not keep the record from being ended', async () => {
  const { facts } = await finish({ refuses: true });
  expect(facts.at(-1)).toMatchObject({ type: 'callEnded', endedBy: 'system' });
});
