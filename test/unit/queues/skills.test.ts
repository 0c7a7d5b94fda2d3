import { expect, it } from 'vitest';
import { makeFakeCentre, settle } from '../../support/fake-centre.ts';

const FLOW = `flow: own
version: 1
languages: [en]
start: wait
steps:
  wait: { queue: { name: support, skills: ["lang:zh"] }, onTimeout: end }
  end: { hangup: {} }
`;

it('[Q5] a caller is offered to an agent who can do what the flow asks for, however long others have been idle', async () => {
  const centre = makeFakeCentre({ flow: FLOW });
  const amy = await centre.agent('amy');
  centre.clock.pass(60_000);
  const bo = await centre.agent('bo', ['vip', 'lang:zh']);
  await centre.call('2000');
  await settle();
  expect([amy.state?.presence, bo.state?.presence]).toEqual(['available', 'offered']);
  expect(centre.of('offerMade')).toMatchObject([{ reason: expect.stringContaining('amy lacks the skill lang:zh') }]);
});

it('[A7] what an agent can do since a moment ago counts at once, for those who wait already', async () => {
  const centre = makeFakeCentre({ flow: FLOW });
  const amy = await centre.agent('amy');
  await centre.call('2000');
  await settle();
  expect(amy.state?.presence).toBe('available');
  const user = { id: 'user-amy', name: 'amy', displayName: 'amy', role: 'agent' as const };
  amy.session?.user?.({ ...user, skills: ['lang:zh'] });
  await settle();
  expect(amy.state?.presence).toBe('offered');
});
