import { describe, expect, it } from 'vitest';
import { Pace } from '../../../src/queues/pace.ts';
import { makeFakeCentre, settle } from '../../support/fake-centre.ts';

const HOUR = 3_600_000;

describe('[Q25] the estimated wait', () => {
  it('is the time of one place for each place', () => {
    const pace = new Pace();
    for (const place of [1, 2, 3]) pace.answered({ at: 0, waitedMs: place * 60_000, place });
    expect([0, 1, 4].map((waiting) => pace.estimate(waiting, 1_000))).toEqual([60_000, 120_000, 300_000]);
  });

  it('is unknown until three had to wait, and again when that is long ago', () => {
    const pace = new Pace();
    const wait = { waitedMs: 10_000, place: 1 };
    pace.answered({ at: 0, ...wait });
    pace.answered({ at: 10, ...wait });
    expect(pace.estimate(0, 20)).toBeUndefined();
    pace.answered({ at: 20, ...wait });
    expect(pace.estimate(0, 20)).toBe(10_000);
    expect(pace.estimate(0, HOUR + 5)).toBeUndefined();
  });

  it('goes by the last fifty', () => {
    const pace = new Pace();
    for (let count = 0; count < 50; count += 1) pace.answered({ at: count, waitedMs: 1_000, place: 1 });
    for (let count = 0; count < 50; count += 1) pace.answered({ at: count, waitedMs: 3_000, place: 1 });
    expect(pace.estimate(0, 100)).toBe(3_000);
  });

  it('of a queue: nothing while an agent is ready, then what callers who had to wait have waited', async () => {
    const centre = makeFakeCentre({
      flow: 'flow: own\nversion: 1\nlanguages: [en]\nstart: one\nsteps:\n  one: { queue: support, onTimeout: end }\n  end: { hangup: {} }\n',
    });
    const { queues, clock } = centre;
    const desk = await centre.agent('amy');
    expect(queues.figures('support')).toMatchObject({ waiting: 0, agentsReady: 1, estimatedWaitMs: 0 });
    const first = await centre.call('2000');
    await settle();
    await desk.ask({ ask: 'answer', offerId: desk.state?.offer?.offerId ?? '' });
    expect(queues.figures('support').estimatedWaitMs).toBeUndefined();
    let talking = first;
    for (const waitMs of [20_000, 40_000, 60_000]) {
      const caller = await centre.call('2000');
      clock.pass(waitMs);
      talking.hangsUp();
      await settle();
      await desk.ask({ ask: 'finishWrapUp' });
      await settle();
      await desk.ask({ ask: 'answer', offerId: desk.state?.offer?.offerId ?? '' });
      talking = caller;
    }
    expect(queues.figures('support')).toMatchObject({ waiting: 0, agentsReady: 0, estimatedWaitMs: 40_000 });
    await centre.call('2000');
    expect(queues.figures('support')).toMatchObject({ waiting: 1, estimatedWaitMs: 80_000, longestWaitMs: 0 });
    expect(() => queues.figures('nobody')).toThrow('no such queue');
  });
});
