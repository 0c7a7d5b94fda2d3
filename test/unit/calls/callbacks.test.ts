import { describe, expect, it } from 'vitest';
import { type FakeCentre, type FakeDesk, makeFakeCentre, settle } from '../../support/fake-centre.ts';

const TRUNKS = `trunks:
  local: { from: [127.0.0.0/8] }
  carrier: { to: sip.example.com, dial: ["+49*"] }
`;
const QUEUE = 'queue: support\nversion: 1\ncallback: { attempts: 2, every: 10m, ringTime: 25s, within: 2h }\n';
const FLOW = `flow: own
version: 1
languages: [en]
start: wait
steps:
  wait: { queue: { name: support, callbackKey: "*" }, onTimeout: end, onCallback: book }
  book: { callback: { queue: support, priority: 2 }, next: end, onError: sorry }
  sorry: { tag: { booked: "no" }, next: end }
  end: { hangup: {} }
`;
/** The caller of the fakes. */
const NUMBER = '+49301234567';
const MINUTE_MS = 60_000;

function made(options: Parameters<typeof makeFakeCentre>[0] = {}): FakeCentre {
  return makeFakeCentre({ flow: FLOW, trunks: TRUNKS, queue: QUEUE, ...options });
}

/** A caller who waited for a minute and then asked to be called back; nobody is available meanwhile. */
async function booked(centre = made()): Promise<{ centre: FakeCentre; desk: FakeDesk }> {
  const desk = centre.desk('amy');
  await desk.openAudio();
  await centre.call('2000');
  await settle();
  centre.clock.pass(MINUTE_MS);
  centre.media.press(centre.media.carrier, '*');
  await settle();
  return { centre, desk };
}

/** The agent is there and has accepted the call back. */
async function dialling(centre?: FakeCentre): Promise<{ centre: FakeCentre; desk: FakeDesk }> {
  const made = await booked(centre);
  await made.desk.ask({ ask: 'goAvailable' });
  await settle();
  await made.desk.ask({ ask: 'answer', offerId: made.desk.state?.offer?.offerId ?? '' });
  await settle();
  return made;
}

async function talking(centre?: FakeCentre): Promise<{ centre: FakeCentre; desk: FakeDesk }> {
  const made = await dialling(centre);
  made.centre.dialler.line.far.answered('dialog-out', 'v=0');
  await settle();
  return made;
}

/** The outcomes of calls, the one in which it was booked first. */
const outcomes = (centre: FakeCentre) => centre.of('callEnded').map(({ outcome }) => outcome);

describe('[Q50] a call back that is booked', () => {
  it('is kept before the flow goes on, with the place of the caller', async () => {
    const { centre } = await booked();
    expect(centre.of('stepLeft').map(({ step, exit }) => `${step}:${exit}`)).toEqual([
      ...['wait:callback', 'book:next', 'end:end'],
    ]);
    const [callback] = centre.store.list;
    expect(callback).toMatchObject({ queue: 'support', number: NUMBER, priority: 2, calledNumber: '2000' });
    expect(callback?.since).toBe(centre.clock.now() - MINUTE_MS);
    expect(centre.of('callbackBooked')).toMatchObject([{ number: NUMBER, merged: false }]);
    expect(centre.queues.board()).toMatchObject([{ queue: 'support', waiting: 1, longestWaitMs: MINUTE_MS }]);
    expect(outcomes(centre)).toHaveLength(1);
  });

  it('is merged with an earlier one of the same number', async () => {
    const { centre } = await booked();
    await booked(centre);
    expect(centre.of('callbackBooked').map(({ merged }) => merged)).toEqual([false, true]);
    expect(centre.store.list).toHaveLength(1);
    expect(centre.queues.board()).toMatchObject([{ waiting: 1, longestWaitMs: 2 * MINUTE_MS }]);
  });

  it('for a caller who gave up: the flow books it after they have gone, and the call ends with that', async () => {
    const flow = FLOW.replace('start: wait', 'on: { hangup: book }\nstart: wait');
    const centre = made({ flow });
    await centre.desk('amy').openAudio();
    const caller = await centre.call('2000');
    await settle();
    centre.clock.pass(MINUTE_MS);
    caller.hangsUp();
    expect(centre.intake.calls.size).toBe(1);
    await settle();
    expect(centre.store.list).toMatchObject([{ number: NUMBER, since: centre.clock.now() - MINUTE_MS }]);
    expect(centre.facts.at(-1)).toMatchObject({ type: 'callEnded', outcome: 'abandoned', endedBy: 'caller' });
    expect(centre.of('callEnded')).toHaveLength(1);
    expect(centre.intake.calls.size).toBe(0);
  });

  it.each([
    ['whose number no trunk may call', { trunks: 'trunks: { local: { from: [127.0.0.0/8] } }' }],
    ['for a queue that is not there', { flow: FLOW.replace('{ queue: support, priority', '{ queue: sales, priority') }],
  ])('%s fails the step', async (_what, options) => {
    const { centre } = await booked(made(options));
    expect(centre.of('tagged')).toMatchObject([{ tags: { booked: 'no' } }]);
    expect(centre.store.list).toEqual([]);
  });

  it('beyond those who may wait in the queue fails the step; one that is merged does not', async () => {
    const centre = made({ queue: QUEUE.replace('version: 1', 'version: 1\nmaxWaiting: 2') });
    const wish = { ...{ queue: 'support', calledNumber: '2000', bookedIn: 'call-0', language: 'en', since: 0 } };
    const first = { ...wish, number: '+491', priority: 0, skills: [], path: [], mayRecord: true };
    await centre.store.book(first);
    await booked(centre);
    expect(centre.store.list).toHaveLength(2);
    await centre.store.book({ ...first, number: '+492' });
    await booked(centre);
    expect(centre.of('callbackBooked').map(({ merged }) => merged)).toEqual([false, true]);
    await centre.store.finish(centre.store.list.find(({ number }) => number === NUMBER)?.callbackId ?? '', 'reached');
    await booked(centre);
    expect(centre.of('tagged')).toMatchObject([{ tags: { booked: 'no' } }]);
  });

  it('that cannot be stored fails the step', async () => {
    const centre = made();
    centre.store.isAway = true;
    await booked(centre);
    expect(centre.of('tagged')).toMatchObject([{ tags: { booked: 'no' } }]);
  });
});

describe('[Q51] a callback in the queue', () => {
  it('waits while nobody is on duty, and goes before callers who came later', async () => {
    const { centre, desk } = await booked();
    desk.session?.closed();
    centre.clock.pass(10 * MINUTE_MS);
    await settle();
    expect(centre.queues.board()).toMatchObject([{ waiting: 1 }]);
    const bo = centre.desk('bo');
    await bo.openAudio();
    await centre.call('2000');
    await settle();
    await bo.ask({ ask: 'goAvailable' });
    await settle();
    expect(bo.state?.offer).toMatchObject({
      kind: 'callback',
      callerNumber: NUMBER,
      queue: 'support',
      calledNumber: '2000',
    });
    expect(bo.state?.offer?.path).toMatchObject([{ step: 'wait', exit: 'callback' }, { step: 'book' }]);
    expect(centre.dialler.lines).toEqual([]);
  });

  it('is not given up by an agent who declines: the next is asked', async () => {
    const { centre, desk } = await booked();
    await desk.ask({ ask: 'goAvailable' });
    await settle();
    const bo = await centre.agent('bo');
    await desk.ask({ ask: 'decline', offerId: desk.state?.offer?.offerId ?? '' });
    await settle();
    expect(bo.state?.offer).toMatchObject({ kind: 'callback' });
    expect(centre.of('offerMade')).toHaveLength(2);
    expect(new Set(centre.of('offerMade').map(({ callId }) => callId)).size).toBe(1);
    expect(centre.of('callStarted')).toHaveLength(2);
  });

  it('expires when nobody comes to it', async () => {
    const { centre } = await booked();
    centre.clock.pass(120 * MINUTE_MS);
    await settle();
    expect([...centre.store.ended.values()]).toMatchObject([{ outcome: 'expired' }]);
    expect(centre.queues.board()).toEqual([]);
    expect(centre.of('callStarted')).toHaveLength(1);
  });

  it('is taken back by a person, also while it rings at a desk', async () => {
    const { centre, desk } = await booked();
    await desk.ask({ ask: 'goAvailable' });
    await settle();
    const [callback] = await centre.callbacks.open();
    expect(await centre.callbacks.cancel(callback?.callbackId ?? '', 'user-sam')).toBe(true);
    await settle();
    expect(desk.state?.presence).toBe('available');
    expect(centre.of('callEnded').at(-1)).toMatchObject({ outcome: 'notReached', reason: 'cancelled' });
    expect(centre.queues.board()).toEqual([]);
    expect(await centre.callbacks.cancel(callback?.callbackId ?? '', 'user-sam')).toBe(false);
  });

  it('outlives the program', async () => {
    const { centre } = await booked();
    const later = made({ callbacks: centre.store, clock: centre.clock });
    centre.clock.pass(5 * MINUTE_MS);
    await later.callbacks.start();
    const bo = await later.agent('bo');
    await settle();
    expect(bo.state?.offer).toMatchObject({ kind: 'callback', waitedMs: 6 * MINUTE_MS });
    later.callbacks.close();
  });
});

describe('[Q52] an agent accepts', () => {
  it('and the number is dialled, while the agent hears ringing', async () => {
    const { centre, desk } = await dialling();
    expect(centre.dialler.line.order).toMatchObject({ number: NUMBER, callerId: '2000' });
    expect(desk.state?.offer).toMatchObject({ kind: 'callback', dialling: true });
    const line = [...centre.media.plays.keys()];
    expect(line).toEqual([expect.stringMatching(/^desk\./)]);
    expect(centre.store.list).toMatchObject([{ attempts: 1, dueAt: centre.clock.now() + 10 * MINUTE_MS }]);
    expect(centre.of('legStarted').at(-1)).toMatchObject({ role: 'caller', kind: 'carrier', number: NUMBER });
  });

  it('and the two are joined, recorded, and the callback is at its end', async () => {
    const { centre, desk } = await talking();
    expect(desk.state).toMatchObject({ presence: 'talking', call: { kind: 'callback', callerNumber: NUMBER } });
    const customer = centre.of('legStarted').findLast(({ role }) => role === 'caller')?.legId ?? '';
    const agent = [...centre.media.endpoints].find((one) => one.startsWith('desk.')) ?? '';
    expect([...centre.media.bridges.values()]).toEqual([{ [customer]: [agent], [agent]: [customer] }]);
    expect(centre.media.of('record.start')).toMatchObject([{ left: customer, right: [agent] }]);
    expect(centre.media.plays.size).toBe(0);
    expect(centre.store.list).toEqual([]);
    expect([...centre.store.ended.values()]).toEqual([{ outcome: 'reached', result: 'reached' }]);
    await desk.ask({ ask: 'hangUp' });
    await settle();
    expect(centre.dialler.line.done).toBe('hungUp');
    expect(desk.state?.presence).toBe('wrappingUp');
    const callId = centre.of('callbackBegun')[0]?.callId;
    expect(centre.of('callEnded').at(-1)).toMatchObject({ callId, outcome: 'answered', endedBy: 'agent' });
    expect(centre.of('callbackTried')).toMatchObject([{ callId, attempt: 1, result: 'reached' }]);
    expect(centre.media.isQuiet).toBe(true);
    expect(centre.intake.calls.size).toBe(0);
    expect(await centre.claims.list()).toEqual([]);
  });

  it('and the customer hangs up first', async () => {
    const { centre, desk } = await talking();
    centre.dialler.line.far.ended('far', 'far end hung up');
    await settle();
    expect(centre.of('callEnded').at(-1)).toMatchObject({ outcome: 'answered', endedBy: 'caller' });
    expect(desk.state).toMatchObject({ presence: 'wrappingUp', wrapUp: { endedBy: 'caller' } });
    expect(centre.media.isQuiet).toBe(true);
  });

  it('and what the caller had said about recording holds', async () => {
    const flow = FLOW.replace('start: wait', 'start: no').replace(
      'steps:',
      'steps:\n  no: { record: stop, next: wait }',
    );
    const { centre } = await talking(made({ flow }));
    expect(centre.of('talkStarted')).toHaveLength(1);
    expect(centre.media.of('record.start')).toEqual([]);
  });
});

describe('[Q53] a customer who is not reached', () => {
  it('is called again after the time the queue says, as often as it says', async () => {
    const { centre, desk } = await dialling();
    await centre.callbacks.start();
    centre.dialler.line.far.refused(486, 'Busy Here');
    await settle();
    expect(desk.state?.presence).toBe('available');
    expect(outcomes(centre).at(-1)).toBe('notReached');
    expect(centre.of('callbackTried')).toMatchObject([
      { attempt: 1, result: 'busy', againAt: centre.clock.now() + 10 * MINUTE_MS },
    ]);
    expect(centre.media.isQuiet).toBe(true);
    centre.clock.pass(9 * MINUTE_MS);
    await settle();
    expect(desk.state?.presence).toBe('available');
    centre.clock.pass(MINUTE_MS + 5_000);
    await settle();
    await desk.ask({ ask: 'answer', offerId: desk.state?.offer?.offerId ?? '' });
    await settle();
    centre.clock.pass(25_000);
    await settle();
    expect(centre.dialler.line.done).toBe('cancelled');
    expect(centre.of('callbackTried').at(-1)).toMatchObject({ attempt: 2, result: 'noAnswer' });
    expect(centre.of('callbackTried').at(-1)?.againAt).toBeUndefined();
    expect([...centre.store.ended.values()]).toEqual([{ outcome: 'notReached', result: 'noAnswer' }]);
    expect(new Set(centre.of('callbackBegun').map(({ callId }) => callId)).size).toBe(2);
    centre.callbacks.close();
    expect(await centre.claims.list()).toEqual([]);
    expect(centre.intake.calls.size).toBe(0);
  });

  it('because the agent gave up', async () => {
    const { centre, desk } = await dialling();
    await desk.ask({ ask: 'hangUp' });
    await settle();
    expect(centre.dialler.line.done).toBe('cancelled');
    expect(centre.of('callbackTried')).toMatchObject([{ result: 'givenUp' }]);
    expect(centre.of('callEnded').at(-1)).toMatchObject({ outcome: 'notReached', endedBy: 'agent' });
    expect(desk.state?.presence).toBe('available');
  });

  it('because the agent’s audio was gone when they answered', async () => {
    const { centre } = await dialling();
    centre.media.failing.set('bridge.set', 'media.unknownEndpoint');
    centre.dialler.line.far.answered('dialog-out', 'v=0');
    await settle();
    expect(centre.dialler.line.done).toBe('hungUp');
    expect(centre.of('callbackTried')).toMatchObject([{ result: 'failed' }]);
    expect(centre.store.list).toHaveLength(1);
  });

  it('is dialled by one of two nodes', async () => {
    const { centre, desk } = await booked();
    const other = made({ callbacks: centre.store, clock: centre.clock });
    await other.callbacks.start();
    const bo = await other.agent('bo');
    await desk.ask({ ask: 'goAvailable' });
    await settle();
    await desk.ask({ ask: 'answer', offerId: desk.state?.offer?.offerId ?? '' });
    await bo.ask({ ask: 'answer', offerId: bo.state?.offer?.offerId ?? '' });
    await settle();
    expect(centre.dialler.lines).toHaveLength(1);
    expect(other.dialler.lines).toHaveLength(0);
    expect(bo.state?.presence).toBe('available');
    expect(other.facts.filter(({ type }) => type === 'callEnded')).toHaveLength(1);
    other.callbacks.close();
  });

  it('who was dialled when the program died is called again at the next time, not at once', async () => {
    const { centre } = await dialling();
    const later = made({ callbacks: centre.store, clock: centre.clock });
    await later.callbacks.start();
    const bo = await later.agent('bo');
    await settle();
    expect(bo.state?.presence).toBe('available');
    centre.clock.pass(10 * MINUTE_MS + 5_000);
    await settle();
    expect(bo.state?.offer).toMatchObject({ kind: 'callback' });
    later.callbacks.close();
  });
});

describe('[Q54] trouble', () => {
  it('an agent who vanishes in the talk: the customer is let go and called again at their place', async () => {
    const { centre } = await talking();
    const bo = await centre.agent('bo');
    const desk = [...centre.media.endpoints].find((one) => one.startsWith('desk.user-amy')) ?? '';
    centre.media.tell({ fact: 'endpointLost', at: 0, endpointId: desk, reason: 'iceFailed' });
    centre.clock.pass(20_000);
    await settle();
    await settle();
    expect(centre.dialler.line.done).toBe('hungUp');
    expect(centre.of('callEnded').at(-1)).toMatchObject({ outcome: 'answered', endedBy: 'system' });
    expect(bo.state?.offer).toMatchObject({ kind: 'callback', callerNumber: NUMBER });
  });

  it('a store that is away: no number is dialled that is not counted, and an end is told later', async () => {
    const { centre, desk } = await booked();
    await desk.ask({ ask: 'goAvailable' });
    await settle();
    centre.store.isAway = true;
    await desk.ask({ ask: 'answer', offerId: desk.state?.offer?.offerId ?? '' });
    await settle();
    expect(centre.dialler.lines).toEqual([]);
    expect(desk.state?.presence).toBe('available');
    centre.store.isAway = false;
    centre.clock.pass(30_000);
    await settle();
    await desk.ask({ ask: 'answer', offerId: desk.state?.offer?.offerId ?? '' });
    await settle();
    centre.store.isAway = true;
    centre.dialler.line.far.answered('dialog-out', 'v=0');
    await settle();
    expect(desk.state?.presence).toBe('talking');
    await centre.callbacks.start();
    centre.store.isAway = false;
    centre.clock.pass(5_000);
    await settle();
    expect([...centre.store.ended.values()]).toMatchObject([{ outcome: 'reached' }]);
    centre.callbacks.close();
  });

  it('a program that stops waits for the talk, and rings for no other', async () => {
    const { centre, desk } = await talking();
    expect(centre.intake.calls.size).toBe(1);
    centre.callbacks.close();
    const drained = centre.intake.drain(10_000);
    centre.clock.pass(10_000);
    await drained;
    await settle();
    expect(desk.state?.presence).toBe('wrappingUp');
    expect(centre.dialler.line.done).toBe('hungUp');
    expect(centre.media.isQuiet).toBe(true);
  });
});

describe('[Q52] [Q54] whatever ends a call back, at any moment', () => {
  type Act = (made: { centre: FakeCentre; desk: FakeDesk }) => unknown;
  const offerId = (desk: FakeDesk): string => desk.state?.offer?.offerId ?? '';
  const far = ({ centre }: { centre: FakeCentre }) => centre.dialler.line.far;
  const way: [string, Act][] = [
    ['the desk rings', ({ desk }) => desk.ask({ ask: 'goAvailable' })],
    ['the agent accepts', ({ desk }) => desk.ask({ ask: 'answer', offerId: offerId(desk) })],
    ['the customer’s phone rings', (made) => far(made).ringing()],
    ['the customer answers', (made) => far(made).answered('dialog-out', 'v=0')],
    ['the agent holds', ({ desk }) => desk.ask({ ask: 'hold', on: true })],
  ];
  const ends: [string, Act][] = [
    [
      'the program stops',
      ({ centre }) => [...centre.intake.calls.values()].map((call) => call.end('system', 'stopped')),
    ],
    ['the customer hangs up', (made) => far(made).ended('far', 'far end hung up')],
    ['the customer refuses', (made) => far(made).refused(603, 'Decline')],
    ['the SIP server is lost', (made) => far(made).ended('system', 'SIP server lost')],
    ['the agent hangs up', ({ desk }) => desk.ask({ ask: 'hangUp' })],
    ['the agent declines', ({ desk }) => desk.ask({ ask: 'decline', offerId: offerId(desk) })],
    ['the ring time passes', ({ centre }) => centre.clock.pass(25_000)],
    [
      'the agent’s page is gone for good',
      ({ centre, desk }) => {
        desk.session?.closed();
        centre.clock.pass(20_000);
      },
    ],
    [
      'the media program loses everything',
      ({ centre }) => {
        for (const endpointId of [...centre.media.endpoints])
          centre.media.tell({ fact: 'endpointLost', at: 0, endpointId, reason: 'threadDied' });
      },
    ],
  ];

  it.each(ends)('%s', async (what, end) => {
    for (let length = 1; length <= way.length; length += 1) {
      const made = await booked();
      for (const [, act] of way.slice(0, length)) {
        await act(made);
        await settle();
      }
      // Not every end is possible at every moment.
      await Promise.resolve()
        .then(() => end(made))
        .catch(() => {});
      await settle();
      const { centre, desk } = made;
      const at = way[length - 1]?.[0];
      if (desk.state?.presence === 'talking') {
        await desk.ask({ ask: 'hangUp' });
        await settle();
      }
      // A desk may ring or dial yet; the program that stops ends that too.
      centre.callbacks.close();
      for (const call of [...centre.intake.calls.values()]) call.end('system', 'stopped');
      await settle();
      expect(centre.intake.calls.size, at).toBe(0);
      expect(centre.queues.board(), at).toEqual([]);
      expect(await centre.claims.list(), at).toEqual([]);
      const left = [...centre.media.endpoints].filter((one) => one.startsWith('leg-'));
      // An endpoint that was lost itself is not given back.
      if (!what.includes('media')) expect(left, at).toEqual([]);
      expect(centre.media.bridges.size, at).toBe(0);
      expect(centre.of('callEnded').length, at).toBe(centre.of('callStarted').length);
      expect(centre.of('legEnded').length, at).toBe(centre.of('legStarted').length);
      expect(centre.of('offerEnded').length, at).toBe(centre.of('offerMade').length);
      expect(centre.of('queueLeft').length, at).toBe(centre.of('queueEntered').length);
      expect(centre.of('talkEnded').length, at).toBe(centre.of('talkStarted').length);
      // Reached once, or kept.
      const talks = centre.of('talkStarted').length;
      expect(centre.store.list.length + centre.store.ended.size, at).toBeGreaterThanOrEqual(1);
      if (talks === 0) expect(centre.store.list.length, at).toBe(1);
    }
  });
});
