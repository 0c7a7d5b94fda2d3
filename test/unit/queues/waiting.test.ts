import { expect, test } from 'vitest';
import type { ClaimStore } from '../../../src/queues/claim-store.ts';
import { ParleyError } from '../../../src/shared/errors.ts';
import { type FakeCaller, type FakeCentre, makeFakeCentre, settle } from '../../support/fake-centre.ts';

async function pressOne(centre: FakeCentre): Promise<{ caller: FakeCaller; endpointId: string }> {
  const before = new Set(centre.media.endpoints);
  const caller = await centre.call();
  const endpointId = [...centre.media.endpoints].find((one) => !before.has(one)) ?? '';
  centre.media.playToEnd(endpointId);
  await settle();
  centre.media.press(endpointId, '1');
  await settle();
  return { caller, endpointId };
}

test('[Q10] [Q1] the desk rings for its time, then the next agent is asked', async () => {
  const centre = makeFakeCentre();
  const amy = await centre.agent('amy');
  centre.clock.pass(1_000);
  const bo = await centre.agent('bo');
  await pressOne(centre);
  expect(amy.state?.presence).toBe('offered');
  expect(bo.state?.presence).toBe('available');
  centre.clock.pass(20_000);
  await settle();
  expect(amy.state?.presence).toBe('available');
  expect(bo.state?.presence).toBe('offered');
  expect(centre.of('offerMade').at(-1)?.reason).toContain('amy did not take this call');
});

test('[Q10] a declined call rings at the next desk at once', async () => {
  const centre = makeFakeCentre();
  const amy = await centre.agent('amy');
  const bo = await centre.agent('bo');
  await pressOne(centre);
  const [first, second] = amy.state?.offer ? [amy, bo] : [bo, amy];
  await first.ask({ ask: 'decline', offerId: first.state?.offer?.offerId ?? '' });
  expect(first.state?.presence).toBe('available');
  expect(second.state?.presence).toBe('offered');
  expect(centre.of('offerEnded')).toMatchObject([{ outcome: 'declined' }]);
});

test('[Q11] a claim that is refused, or a store that is gone, leaves the caller waiting for another try', async () => {
  const outcomes = ['agentTaken', 'unreachable', 'claimed'];
  const claims: ClaimStore = {
    claim: async () => {
      const outcome = outcomes.shift();
      if (outcome === 'unreachable') throw new ParleyError('store.unreachable');
      return outcome === 'agentTaken' ? 'agentTaken' : 'claimed';
    },
    prolong: async () => true,
    release: async () => {},
    list: async () => [],
  };
  const centre = makeFakeCentre({ claims });
  const amy = await centre.agent('amy');
  await pressOne(centre);
  for (const presence of ['available', 'available', 'offered']) {
    expect(amy.state?.presence).toBe(presence);
    centre.clock.pass(1_000);
    await settle();
  }
});

test('[Q11] a claim is kept alive through a long talk and freed after it', async () => {
  const centre = makeFakeCentre();
  const amy = await centre.agent('amy');
  await pressOne(centre);
  await amy.ask({ ask: 'answer', offerId: amy.state?.offer?.offerId ?? '' });
  for (let minute = 0; minute < 10; minute += 1) {
    centre.clock.pass(60_000);
    await settle();
  }
  expect(await centre.claims.list()).toHaveLength(1);
  await amy.ask({ ask: 'hangUp' });
  expect(await centre.claims.list()).toEqual([]);
});

test('[Q13] the longest wait ends the stay, but not a ring that is under way', async () => {
  const centre = makeFakeCentre();
  const amy = await centre.agent('amy');
  await amy.ask({ ask: 'takeBreak' });
  await pressOne(centre);
  centre.clock.pass(10 * 60_000 - 5_000);
  await amy.ask({ ask: 'goAvailable' });
  expect(amy.state?.presence).toBe('offered');
  centre.clock.pass(6_000);
  expect(amy.state?.presence).toBe('offered');
  centre.clock.pass(15_000);
  await settle();
  expect(centre.of('queueLeft')).toMatchObject([{ outcome: 'timeout' }]);
  expect(centre.of('stepEntered').map(({ step }) => step)).toContain('nobody');
});

test('[Q14] where nobody is on duty, callers are told at once; those who wait, after 30 s', async () => {
  const centre = makeFakeCentre();
  await pressOne(centre);
  expect(centre.of('queueLeft')).toMatchObject([{ outcome: 'noAgents' }]);

  const other = makeFakeCentre();
  const amy = await other.agent('amy');
  await amy.ask({ ask: 'takeBreak' });
  await pressOne(other);
  amy.session?.closed();
  other.clock.pass(20_000);
  expect(other.of('queueLeft')).toEqual([]);
  other.clock.pass(30_000);
  await settle();
  expect(other.of('queueLeft')).toMatchObject([{ outcome: 'noAgents' }]);
});

test('[Q15] a full queue takes nobody more', async () => {
  const centre = makeFakeCentre({ queue: 'queue: support\nversion: 1\nmaxWaiting: 1\n' });
  const amy = await centre.agent('amy');
  await amy.ask({ ask: 'takeBreak' });
  await pressOne(centre);
  await pressOne(centre);
  expect(centre.of('queueLeft')).toMatchObject([{ outcome: 'full' }]);
  expect(centre.queues.board()).toMatchObject([{ queue: 'support', waiting: 1 }]);
});

test('[Q20] the place is told, then music plays, and the place is told again', async () => {
  const centre = makeFakeCentre();
  const amy = await centre.agent('amy');
  await amy.ask({ ask: 'takeBreak' });
  const { endpointId } = await pressOne(centre);
  expect(centre.media.plays.get(endpointId)?.loop).toBe(false);
  centre.media.playToEnd(endpointId);
  await settle();
  expect(centre.media.plays.get(endpointId)?.loop).toBe(true);
  centre.clock.pass(30_000);
  await settle();
  expect(centre.media.plays.get(endpointId)?.loop).toBe(false);
  centre.media.playToEnd(endpointId);
  await settle();
  expect(centre.media.plays.get(endpointId)?.loop).toBe(true);
});
