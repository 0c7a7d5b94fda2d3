import { expect, test } from 'vitest';
import { FakeCaller, makeFakeCentre, settle } from '../../support/fake-centre.ts';

test('[C2] a stranger is refused and leaves no record', async () => {
  const centre = makeFakeCentre();
  const caller = new FakeCaller();
  centre.intake.incoming({ ...caller.incoming(), address: '203.0.113.7' });
  await settle();
  expect(caller.refusedWith).toBe('auth.forbidden');
  expect(centre.facts).toEqual([]);
});

test('[C3] [C4] [C8] unknown numbers and broken flows are refused, with a record', async () => {
  for (const [number, code] of [
    ['4711', 'number.unknown'],
    ['1001', 'flow.broken'],
  ] as const) {
    const centre = makeFakeCentre();
    const caller = await centre.call(number);
    expect(caller.refusedWith).toBe(code);
    expect(caller.done).toBe('nothing');
    expect(centre.of('callStarted')).toMatchObject([{ calledNumber: number, callerNumber: '+49301234567' }]);
    expect(centre.of('callEnded')).toMatchObject([{ outcome: 'rejected', endedBy: 'system', reason: code }]);
    expect(centre.intake.calls.size).toBe(0);
  }
});

test('[V10] [V11] a call asks for its flow by its own id, for the draft on a draft number and for a tester', async () => {
  const wishes: [string, boolean][] = [];
  const ids = new Set<string>();
  const centre = makeFakeCentre({
    numbers:
      'numbers: { "1": welcome, "2": { flow: welcome, use: draft }, "3": { flow: welcome, testers: ["+49301234567"] } }',
    hold: ({ flow, callId, wantsDraft }) => {
      wishes.push([flow, wantsDraft]);
      ids.add(callId);
      return undefined;
    },
  });
  for (const number of ['1', '2', '3']) await centre.call(number);
  expect(wishes).toEqual([
    ['welcome', false],
    ['welcome', true],
    ['welcome', true],
  ]);
  expect(ids.size).toBe(3);
});

test('[V10] the record says by which way a call came to its version', async () => {
  const centre = makeFakeCentre();
  await centre.call();
  expect(centre.of('flowStarted')).toMatchObject([{ flow: 'welcome', alias: 'draft' }]);
});

test('[C5] [C6] [C8] what the media program refuses, the caller is refused with', async () => {
  for (const code of ['media.noCommonCodec', 'sdp.invalid', 'media.noPorts', 'media.unreachable'] as const) {
    const centre = makeFakeCentre();
    centre.media.failing.set('endpoint.openRtp', code);
    const caller = await centre.call();
    expect(caller.refusedWith).toBe(code);
    expect(centre.of('callEnded')).toMatchObject([{ outcome: 'rejected', endedBy: 'system', reason: code }]);
    expect(centre.media.isQuiet).toBe(true);
  }
});

test('[C5] a body that is no offer is refused without asking the media program', async () => {
  const centre = makeFakeCentre();
  const caller = new FakeCaller();
  centre.intake.incoming({ ...caller.incoming(), offer: '' });
  await settle();
  expect(caller.refusedWith).toBe('sdp.invalid');
  expect(centre.media.orders).toEqual([]);
});

test('[C7] beyond the limit callers are refused, and taken again when there is room', async () => {
  const centre = makeFakeCentre({ maxCalls: 1 });
  const first = await centre.call();
  expect((await centre.call()).refusedWith).toBe('request.tooMany');
  first.hangsUp();
  expect((await centre.call()).done).toBe('answered');
});

test('[C52] [C7] a program that stops refuses new calls, waits for the old ones, then ends them', async () => {
  const centre = makeFakeCentre();
  const [one, other] = [await centre.call(), await centre.call()];
  let isDrained = false;
  void centre.intake.drain(10_000).then(() => {
    isDrained = true;
  });
  expect((await centre.call()).refusedWith).toBe('request.tooMany');
  one.hangsUp();
  await settle();
  expect(isDrained).toBe(false);
  centre.clock.pass(10_000);
  await settle();
  expect(isDrained).toBe(true);
  expect(other.done).toBe('hungUp');
  expect(centre.of('callEnded').at(-1)).toMatchObject({ endedBy: 'system', reason: 'program stopped' });
});

test('[C12] an answer that gets out after the caller gave up is hung up', async () => {
  const centre = makeFakeCentre();
  const caller = new FakeCaller();
  caller.answersAtOnce = false;
  centre.intake.incoming(caller.incoming());
  await settle();
  caller.listener?.cancelled();
  caller.listener?.answered('dialog-1');
  expect(caller.done).toBe('hungUp');
  expect(centre.media.isQuiet).toBe(true);
  expect(centre.of('callEnded')).toMatchObject([{ outcome: 'abandoned', endedBy: 'caller' }]);
});

test('[C12] media that open after the caller gave up are closed', async () => {
  const centre = makeFakeCentre();
  const caller = new FakeCaller();
  centre.intake.incoming(caller.incoming());
  caller.listener?.cancelled();
  await settle();
  expect(caller.done).toBe('nothing');
  expect(centre.media.isQuiet).toBe(true);
});

test('[C14] a caller who never acknowledges is ended by the system', async () => {
  const centre = makeFakeCentre();
  const caller = await centre.call();
  caller.listener?.ended('system', 'ACK timeout');
  expect(centre.of('callEnded')).toMatchObject([{ outcome: 'failed', endedBy: 'system', reason: 'ACK timeout' }]);
});

test('[C15] a lost endpoint ends the call', async () => {
  const centre = makeFakeCentre();
  const caller = await centre.call();
  const endpointId = centre.media.carrier;
  centre.media.tell({ fact: 'endpointLost', at: 0, endpointId, reason: 'threadDied' });
  expect(caller.done).toBe('hungUp');
  expect(centre.of('callEnded')).toMatchObject([{ outcome: 'failed', endedBy: 'system', reason: 'media lost' }]);
});

test('[C15] a media program that comes back empty has lost its endpoints, one that kept them has not', async () => {
  const centre = makeFakeCentre();
  const caller = await centre.call();
  centre.media.link('lost');
  centre.media.link('connected');
  await settle();
  expect(caller.done).toBe('answered');
  centre.media.link('lost');
  centre.media.endpoints.clear();
  centre.media.link('connected');
  await settle();
  expect(caller.done).toBe('hungUp');
});

test('[C15] a media program that stays away for 8 s has lost its endpoints', async () => {
  const centre = makeFakeCentre();
  const caller = await centre.call();
  centre.media.link('lost');
  centre.clock.pass(7_999);
  expect(caller.done).toBe('answered');
  centre.clock.pass(1);
  expect(caller.done).toBe('hungUp');
});

test('[C16] a new offer is answered by the media program, and refused by it', async () => {
  const centre = makeFakeCentre();
  const caller = await centre.call();
  expect(await caller.listener?.reoffered('v=0 hold')).toBe('v=0 new answer');
  centre.media.failing.set('endpoint.reoffer', 'media.noCommonCodec');
  await expect(caller.listener?.reoffered('v=0 odd')).rejects.toMatchObject({ code: 'media.noCommonCodec' });
  expect(caller.done).toBe('answered');
});

test('[C22] a prompt that cannot be played does not end the call', async () => {
  const centre = makeFakeCentre();
  centre.media.failing.set('endpoint.play', 'media.badOrder');
  await centre.call();
  expect(centre.of('stepLeft')).toContainEqual(expect.objectContaining({ step: 'greeting', exit: 'next' }));
  expect(centre.intake.calls.size).toBe(1);
});

test('[C34] a number that records whole calls has one recording, with the agent on it for the talk', async () => {
  const centre = makeFakeCentre();
  const amy = await centre.agent('amy');
  await centre.call('1002');
  expect(centre.of('recordingStarted')).toMatchObject([{ kind: 'call' }]);
  centre.media.playToEnd(centre.media.carrier);
  await settle();
  centre.media.press(centre.media.carrier, '1');
  await settle();
  await amy.ask({ ask: 'answer', offerId: amy.state?.offer?.offerId ?? '' });
  const rights = () => centre.media.orders.flatMap((order) => (order.order === 'record.setRight' ? [order.right] : []));
  expect(rights().at(-1)).toHaveLength(1);
  await amy.ask({ ask: 'hangUp' });
  expect(rights().at(-1)).toEqual([]);
  expect(centre.media.recordings.size).toBe(1);
  expect(centre.of('recordingStarted')).toHaveLength(1);
});
