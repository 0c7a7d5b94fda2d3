import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AgentView } from '../../../src/agents/floor.ts';
import { match, type Waiting } from '../../../src/queues/matching.ts';

const NOW = 1_000_000;

const caller = (callId: string, more: Partial<Waiting> = {}): Waiting => ({
  callId,
  queue: 'support',
  priority: 0,
  since: NOW - 10_000,
  skills: [],
  notAgain: new Map(),
  ...more,
});

const agent = (agentId: string, idleS: number, more: Partial<AgentView> = {}): AgentView => ({
  agentId,
  name: agentId,
  presence: 'available',
  idleSince: NOW - idleS * 1_000,
  skills: [],
  ...more,
});

const everyone = (): boolean => true;

test('[Q1] [Q3] the caller who waited longest gets the agent who was idle longest, and the reason says so', () => {
  const { offers, skips } = match(
    [caller('late', { since: NOW - 1_000 }), caller('early')],
    [agent('amy', 20), agent('bo', 93)],
    everyone,
    NOW,
  );
  expect(offers).toEqual([
    { callId: 'early', agentId: 'bo', reason: 'longest idle of 2: 93 s' },
    { callId: 'late', agentId: 'amy', reason: 'only one free: 20 s' },
  ]);
  expect(skips).toEqual([
    { callId: 'early', agentId: 'amy', reason: 'idle for 20 s, less than bo' },
    { callId: 'late', agentId: 'bo', reason: 'is offered another call' },
  ]);
});

test('[Q1] priority goes before waiting', () => {
  const waiting = [caller('first'), caller('urgent', { priority: 5, since: NOW })];
  expect(match(waiting, [agent('amy', 1)], everyone, NOW).offers).toMatchObject([{ callId: 'urgent' }]);
});

test('[Q4] an agent who did not take the call is passed over for its time', () => {
  const notAgain = new Map([['bo', NOW + 1]]);
  const agents = [agent('amy', 5), agent('bo', 60)];
  const now = match([caller('c', { notAgain })], agents, everyone, NOW);
  expect(now.offers).toMatchObject([
    { agentId: 'amy', reason: 'only one free: 5 s; bo did not take this call a moment ago' },
  ]);
  expect(match([caller('c', { notAgain })], agents, everyone, NOW + 1).offers).toMatchObject([{ agentId: 'bo' }]);
});

test('[Q5] [Q3] queue, skills and presence stand in the way, each in words', () => {
  const agents = [
    agent('sales', 1),
    agent('mono', 1),
    agent('lunch', 1, { presence: 'onBreak', skills: ['lang:zh'] }),
    agent('li', 1, { skills: ['lang:zh'] }),
  ];
  const { offers, skips } = match(
    [caller('c', { skills: ['lang:zh'] })],
    agents,
    ({ agentId }) => agentId !== 'sales',
    NOW,
  );
  expect(offers).toMatchObject([{ agentId: 'li' }]);
  expect(skips.map(({ agentId, reason }) => [agentId, reason])).toEqual([
    ['sales', 'does not serve this queue'],
    ['mono', 'lacks the skill lang:zh'],
    ['lunch', 'is on a break'],
  ]);
});

test('[Q2] [Q3] in any situation each caller and agent is in one offer at most, and every pair has its reason', () => {
  const presence = fc.constantFrom<AgentView['presence'][]>('available', 'onBreak', 'talking', 'offered', 'wrappingUp');
  const callers = fc.uniqueArray(
    fc.record({ id: fc.nat(20), priority: fc.integer({ min: -2, max: 2 }), since: fc.nat(NOW) }),
    { selector: ({ id }) => id, maxLength: 8 },
  );
  const staff = fc.uniqueArray(fc.record({ id: fc.nat(20), presence, idle: fc.nat(500) }), {
    selector: ({ id }) => id,
    maxLength: 8,
  });
  fc.assert(
    fc.property(callers, staff, (waiting, agents) => {
      const views = agents.map((one) => agent(`a${one.id}`, one.idle, { presence: one.presence }));
      const { offers, skips } = match(
        waiting.map(({ id, priority, since }) => caller(`c${id}`, { priority, since })),
        views,
        everyone,
        NOW,
      );
      const free = views.filter((one) => one.presence === 'available').length;
      expect(offers).toHaveLength(Math.min(waiting.length, free));
      expect(new Set(offers.map(({ callId }) => callId)).size).toBe(offers.length);
      expect(new Set(offers.map(({ agentId }) => agentId)).size).toBe(offers.length);
      expect(offers.length + skips.length).toBe(waiting.length * views.length);
    }),
    { seed: 7 },
  );
});
