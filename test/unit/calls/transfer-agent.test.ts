import { describe, expect, it } from 'vitest';
import type { FakeCentre } from '../../support/fake-centre.ts';
import { makeFakeCentre, settle } from '../../support/fake-centre.ts';
import { transferFlow } from '../../support/transfer-flow.ts';

const FLOW = transferFlow('own', 'agent: amy, ring: 30s, whisper: A caller for you.');
const QUIET = transferFlow('own', 'agent: amy, ring: 30s');

const exit = ({ of }: FakeCentre) => of('stepLeft').find(({ step }) => step === 'one')?.exit;
const outcome = ({ of }: FakeCentre) => of('transferEnded').map((fact) => fact.outcome);

async function ringing(flow = QUIET) {
  const centre = makeFakeCentre({ flow });
  const amy = await centre.agent('amy');
  const bo = await centre.agent('bo');
  const caller = await centre.call('2000');
  await settle();
  return { centre, amy, bo, caller };
}

describe('[Q40] a transfer to an agent', () => {
  it('rings that desk alone, says so there and in the record, and the caller hears ringing', async () => {
    const { centre, amy, bo } = await ringing();
    expect(amy.state).toMatchObject({ presence: 'offered', offer: { kind: 'transfer', calledNumber: '2000' } });
    expect(amy.state?.offer?.queue).toBeUndefined();
    expect(bo.state?.presence).toBe('available');
    expect(centre.media.plays.get(centre.media.carrier)).toMatchObject({ loop: true, items: [{ type: 'tone' }, {}] });
    expect(centre.of('transferStarted')).toMatchObject([{ to: { agent: 'amy' } }]);
    expect(centre.of('offerMade')).toMatchObject([{ agentId: 'user-amy', reason: 'the flow asks for this agent' }]);
    expect(centre.of('queueEntered')).toEqual([]);
    expect(centre.queues.board()).toEqual([]);
  });

  it('joins them as a queue does, with hold and a recording, and goes on when the agent hangs up', async () => {
    const { centre, amy } = await ringing();
    await amy.ask({ ask: 'answer', offerId: amy.state?.offer?.offerId ?? '' });
    await settle();
    expect(amy.state?.presence).toBe('talking');
    expect(centre.media.plays.size).toBe(0);
    expect(centre.media.bridges.size).toBe(1);
    expect(centre.media.recordings.size).toBe(1);
    await amy.ask({ ask: 'hold', on: true });
    expect(centre.media.plays.get(centre.media.carrier)?.loop).toBe(true);
    await amy.ask({ ask: 'hold', on: false });
    await amy.ask({ ask: 'hangUp' });
    await settle();
    expect(exit(centre)).toBe('ended');
    expect(amy.state?.presence).toBe('wrappingUp');
    expect(centre.of('callEnded')).toMatchObject([{ outcome: 'answered' }]);
    expect(centre.media.isQuiet).toBe(true);
  });

  it('is whispered to before they are joined', async () => {
    const { centre, amy } = await ringing(FLOW);
    const answered = amy.ask({ ask: 'answer', offerId: amy.state?.offer?.offerId ?? '' });
    await settle();
    expect(centre.media.bridges.size).toBe(0);
    expect(centre.media.plays.get(centre.media.carrier)?.loop).toBe(true);
    centre.media.playAllToEnd();
    await answered;
    expect(centre.media.bridges.size).toBe(1);
  });

  it('is not answered in time', async () => {
    const { centre, amy } = await ringing();
    centre.clock.pass(30_000);
    await settle();
    expect(exit(centre)).toBe('noAnswer');
    expect(amy.state?.presence).toBe('available');
    expect(await centre.claims.list()).toEqual([]);
  });

  it('is declined, which is busy', async () => {
    const { centre, amy } = await ringing();
    await amy.ask({ ask: 'decline', offerId: amy.state?.offer?.offerId ?? '' });
    await settle();
    expect(exit(centre)).toBe('busy');
    expect(outcome(centre)).toEqual(['busy']);
  });

  it('is busy while the agent talks, and a second caller hears so at once', async () => {
    const { centre, amy } = await ringing();
    await amy.ask({ ask: 'answer', offerId: amy.state?.offer?.offerId ?? '' });
    await settle();
    await centre.call('2000');
    await settle();
    expect(outcome(centre)).toEqual(['busy']);
  });

  it.each([
    ['nobody of that name', async () => {}, 'failed'],
    ['an agent on a break', async (centre: FakeCentre) => void centre.desk('amy'), 'busy'],
    [
      'an agent who is out of reach',
      async (centre: FakeCentre) => {
        (await centre.agent('amy')).session?.closed();
      },
      'failed',
    ],
  ])('to %s', async (_name, prepare, expected) => {
    const centre = makeFakeCentre({ flow: QUIET });
    await prepare(centre);
    await centre.call('2000');
    await settle();
    expect(exit(centre)).toBe(expected);
    expect(centre.media.isQuiet).toBe(true);
  });

  it('ends with the caller who leaves while it rings', async () => {
    const { centre, amy, caller } = await ringing();
    caller.hangsUp();
    await settle();
    expect(amy.state?.presence).toBe('available');
    expect(outcome(centre)).toEqual(['left']);
    expect(centre.facts.at(-1)?.type).toBe('callEnded');
    expect(centre.media.isQuiet).toBe(true);
    expect(await centre.claims.list()).toEqual([]);
  });

  it('leaves by failed when the agent vanishes in the talk: nobody else was asked for', async () => {
    const { centre, amy, bo } = await ringing();
    await amy.ask({ ask: 'answer', offerId: amy.state?.offer?.offerId ?? '' });
    await settle();
    const desk = [...centre.media.endpoints].find((endpointId) => endpointId.startsWith('desk.user-amy')) ?? '';
    centre.media.tell({ fact: 'endpointLost', at: 0, endpointId: desk, reason: 'iceFailed' });
    centre.clock.pass(20_000);
    await settle();
    expect(exit(centre)).toBe('failed');
    expect(bo.state?.presence).toBe('available');
    expect(centre.media.isQuiet).toBe(true);
  });
});
