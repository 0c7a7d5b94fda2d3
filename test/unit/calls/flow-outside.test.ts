import { describe, expect, it } from 'vitest';
import { ParleyError } from '../../../src/shared/errors.ts';
import type { FakeCentre } from '../../support/fake-centre.ts';
import { type FakeCaller, makeFakeCentre, settle } from '../../support/fake-centre.ts';

const HEAD = 'flow: own\nversion: 1\nlanguages: [en]\nvars: { tier: none, ahead: -1 }\nstart: one\n';

async function called(steps: string, options: Parameters<typeof makeFakeCentre>[0] = {}, head = HEAD) {
  const centre = makeFakeCentre({ flow: `${head}steps:\n${steps}\n  end: { hangup: {} }\n`, ...options });
  const caller = await centre.call('2000');
  await settle();
  return { centre, caller };
}

/** Every play that runs ends. */
async function heard({ media }: FakeCentre): Promise<void> {
  media.playAllToEnd();
  await settle();
}

const path = ({ of }: FakeCentre) => of('stepLeft').map(({ step, exit }) => `${step}:${exit}`);

describe('[C26] a flow asks the world outside', () => {
  const LOOKUP =
    '  one: { http: { get: crm/x }, save: { tier: tier }, next: two, onError: two }\n  two: { tag: { tier: "{{ tier }}" }, next: end }';

  it('a service, whose answer becomes variables and whose facts hold nothing of it', async () => {
    const { centre } = await called(LOOKUP, { request: async () => ({ status: 200, body: { tier: 'gold' } }) });
    expect(path(centre)).toEqual(['one:next', 'two:next', 'end:end']);
    expect(centre.of('tagged')).toMatchObject([{ step: 'two', tags: { tier: 'gold' } }]);
    expect(centre.of('serviceAsked')).toMatchObject([{ service: 'crm', status: 200 }]);
  });

  it('a service that fails, which the flow hears of by the name of the failure', async () => {
    const { centre } = await called(LOOKUP, { request: () => Promise.reject(new ParleyError('http.timeout')) });
    expect(path(centre)[0]).toBe('one:error');
    expect(centre.of('serviceAsked')).toMatchObject([{ service: 'crm', failure: 'http.timeout' }]);
  });

  it('a question is taken back when the caller leaves', async () => {
    let signal: AbortSignal | undefined;
    const { centre, caller } = await called(LOOKUP, {
      request: (_, given) => {
        signal = given;
        return new Promise(() => {});
      },
    });
    caller.hangsUp();
    expect(signal?.aborted).toBe(true);
    expect(centre.of('callEnded')).toHaveLength(1);
  });

  it('the figures of a queue, and sends keys', async () => {
    const steps =
      '  one: { queueStatus: { queue: support, save: { ahead: agentsOnDuty } }, next: two }\n  two: { dtmf: "12", next: three }\n  three: { event: { name: seen, values: { n: "{{ ahead }}" } }, next: end }';
    const { centre } = await called(steps);
    expect(centre.media.of('endpoint.sendDigits')).toMatchObject([{ digits: '12', durationMs: 100, gapMs: 60 }]);
    expect(centre.of('milestone')).toMatchObject([{ name: 'seen', values: { n: 0 } }]);
  });
});

describe('[C27] a flow that answers by a step', () => {
  const BY_STEP = `${HEAD}answer: byStep\n`;

  it('rings, answers, and goes on', async () => {
    const { centre, caller } = await called(
      '  one: { ring: 2s, next: take }\n  take: { answer: {}, next: hi }\n  hi: { say: Hi., next: end }',
      {},
      BY_STEP,
    );
    expect(caller).toMatchObject({ rang: 1, done: 'nothing' });
    centre.clock.pass(2_000);
    await settle();
    expect(caller.done).toBe('answered');
    await heard(centre);
    expect(path(centre)).toEqual(['one:next', 'take:next', 'hi:next', 'end:end']);
  });

  it.each([
    ['busy', 'call.busy'],
    ['unavailable', 'call.unavailable'],
    ['declined', 'call.declined'],
  ])('rejects as %s', async (cause, code) => {
    const { centre, caller } = await called(`  one: { reject: ${cause} }`, {}, BY_STEP);
    expect(caller.refusedWith).toBe(code);
    expect(centre.of('callEnded')).toMatchObject([{ outcome: 'rejected', endedBy: 'system' }]);
  });

  it('a caller who gives up while it rings ends it', async () => {
    const { centre, caller } = await called('  one: { ring: 20s, next: end }', {}, BY_STEP);
    caller.listener?.cancelled();
    expect(centre.of('callEnded')).toMatchObject([{ outcome: 'abandoned', endedBy: 'caller' }]);
    expect(path(centre)).toEqual(['one:callerLeft']);
  });
});

describe('[C36] the flow orders the recording', () => {
  it('starts, pauses and resumes it, and the call ends it', async () => {
    const steps =
      '  one: { record: start, next: two }\n  two: { record: pause, next: three }\n  three: { record: resume, next: four }\n  four: { say: Hi., next: end }';
    const { centre, caller } = await called(steps);
    const orders = () => centre.media.orders.map(({ order }) => order).filter((order) => order.startsWith('record.'));
    expect(orders()).toEqual(['record.start', 'record.pause', 'record.resume']);
    caller.hangsUp();
    expect(orders().at(-1)).toBe('record.stop');
  });

  it('one that breaks off may be started again', async () => {
    const steps =
      '  one: { record: start, next: two }\n  two: { say: Hi., next: three }\n  three: { record: start, next: four }\n  four: { say: Hi., next: end }';
    const { centre } = await called(steps);
    const [recordingId = ''] = centre.media.recordings.keys();
    await centre.media.order({ order: 'record.stop', recordingId });
    await settle();
    await heard(centre);
    expect(centre.media.of('record.start')).toHaveLength(2);
  });

  it('once it is stopped, a talk is not recorded either', async () => {
    const steps = '  one: { record: stop, next: two }\n  two: { queue: support, onTimeout: end }';
    const centre = makeFakeCentre({ flow: `${HEAD}steps:\n${steps}\n  end: { hangup: {} }\n` });
    const desk = await centre.agent('amy');
    await centre.call('2000');
    await settle();
    const offerId = desk.state?.offer?.offerId ?? '';
    await desk.ask({ ask: 'answer', offerId });
    await settle();
    expect(centre.of('talkStarted')).toHaveLength(1);
    expect(centre.of('recordingStarted')).toHaveLength(0);
  });
});

describe('[C37] a whisper', () => {
  const steps = '  one: { queue: { name: support, whisper: A caller. }, onTimeout: end }';

  it('is heard by the agent alone before the two are joined', async () => {
    const centre = makeFakeCentre({ flow: `${HEAD}steps:\n${steps}\n  end: { hangup: {} }\n` });
    const desk = await centre.agent('amy');
    await centre.call('2000');
    await settle();
    const answered = desk.ask({ ask: 'answer', offerId: desk.state?.offer?.offerId ?? '' });
    await settle();
    const told = centre.media.of('endpoint.play').filter(({ endpointId }) => endpointId.startsWith('desk.'));
    expect(told).toMatchObject([{ loop: false }]);
    // The announcement that was playing ends, and the caller does not hear silence after it.
    centre.media.playToEnd(centre.media.carrier);
    await settle();
    expect(centre.media.plays.get(centre.media.carrier)?.loop).toBe(true);
    expect(centre.media.of('bridge.set')).toHaveLength(0);
    centre.media.playAllToEnd();
    await answered;
    await settle();
    expect(centre.media.of('bridge.set')).toHaveLength(1);
  });

  it('is over when the caller leaves', async () => {
    const centre = makeFakeCentre({ flow: `${HEAD}steps:\n${steps}\n  end: { hangup: {} }\n` });
    const desk = await centre.agent('amy');
    const caller: FakeCaller = await centre.call('2000');
    await settle();
    const answered = desk.ask({ ask: 'answer', offerId: desk.state?.offer?.offerId ?? '' }).catch(() => 'refused');
    await settle();
    caller.hangsUp();
    await answered;
    await settle();
    expect(centre.of('callEnded')).toMatchObject([{ outcome: 'abandoned' }]);
    expect(desk.state?.presence).toBe('available');
    expect(centre.facts.at(-1)?.type).toBe('callEnded');
    expect(centre.media.of('bridge.set')).toHaveLength(0);
    expect(centre.media.isQuiet).toBe(true);
  });

  it('is over when the caller asks for a call back; nobody is joined then', async () => {
    const flow = `  one: { queue: { name: support, whisper: A caller., callbackKey: "*" }, onTimeout: end, onCallback: two }
  two: { say: We call you., next: end }`;
    const centre = makeFakeCentre({ flow: `${HEAD}steps:\n${flow}\n  end: { hangup: {} }\n` });
    const desk = await centre.agent('amy');
    await centre.call('2000');
    await settle();
    const answered = desk.ask({ ask: 'answer', offerId: desk.state?.offer?.offerId ?? '' }).catch(() => 'refused');
    await settle();
    centre.media.press(centre.media.carrier, '*');
    await expect(answered).resolves.toBe('refused');
    await settle();
    expect(centre.media.of('bridge.set')).toHaveLength(0);
    expect(centre.media.plays.get(centre.media.carrier)?.loop).toBe(false);
    expect([...centre.media.plays.keys()]).toEqual([centre.media.carrier]);
    expect(desk.state?.presence).toBe('available');
  });

  it('that cannot be played joins them all the same', async () => {
    const centre = makeFakeCentre({ flow: `${HEAD}steps:\n${steps}\n  end: { hangup: {} }\n` });
    const desk = await centre.agent('amy');
    await centre.call('2000');
    await settle();
    centre.media.failing.set('endpoint.play', 'media.badOrder');
    await desk.ask({ ask: 'answer', offerId: desk.state?.offer?.offerId ?? '' });
    await settle();
    expect(centre.of('talkStarted')).toHaveLength(1);
  });
});

describe('[C21] what a flow does after its caller has gone', () => {
  const steps = '  one: { say: Hi., next: end }\n  late: { http: { post: crm/left }, next: end, onError: end }';
  const head = HEAD.replace('start:', 'on: { hangup: late }\nstart:');
  const leaving = async () => {
    let answer: (value: { status: number; body: null }) => void = () => {};
    let signal: AbortSignal | undefined;
    const made = await called(
      steps,
      {
        request: (_, given) => {
          signal = given;
          return new Promise((resolve) => {
            answer = resolve;
          });
        },
      },
      head,
    );
    made.caller.hangsUp();
    await settle();
    return { ...made, answer: () => answer({ status: 200, body: null }), isTakenBack: () => signal?.aborted };
  };

  it('belongs to the call, whose last fact comes after it', async () => {
    const { centre, answer } = await leaving();
    expect(centre.media.isQuiet).toBe(true);
    expect(centre.of('callEnded')).toEqual([]);
    answer();
    await settle();
    expect(path(centre)).toEqual(['one:callerLeft', 'late:next', 'end:end']);
    expect(centre.facts.at(-1)).toMatchObject({ type: 'callEnded', endedBy: 'caller' });
    expect(centre.intake.calls.size).toBe(0);
  });

  it.each([
    ['after two minutes', (centre: FakeCentre) => centre.clock.pass(120_000)],
    ['when the program stops', (centre: FakeCentre) => [...centre.intake.calls.values()][0]?.end('system', 'stopped')],
  ])('is broken off %s', async (_when, stop) => {
    const { centre, isTakenBack } = await leaving();
    stop(centre);
    await settle();
    expect(isTakenBack()).toBe(true);
    expect(centre.of('callEnded')).toMatchObject([{ endedBy: 'caller', reason: 'caller hung up' }]);
    expect(centre.facts.at(-1)?.type).toBe('callEnded');
    expect(centre.intake.calls.size).toBe(0);
  });
});
