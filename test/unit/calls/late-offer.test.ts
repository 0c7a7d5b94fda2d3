import { expect, test } from 'vitest';
import type { FailureCode } from '../../../src/shared/errors.ts';
import { FakeCaller, type FakeCentre, makeFakeCentre, settle } from '../../support/fake-centre.ts';

const BY_STEP = `flow: own
version: 1
languages: [en]
answer: byStep
start: rings
steps:
  rings: { ring: 1s, next: take }
  take: { answer: {}, next: hello }
  hello: { say: hello, next: end }
  end: { hangup: {} }
`;

async function calls(centre: FakeCentre, number?: string): Promise<FakeCaller> {
  const caller = new FakeCaller();
  centre.intake.incoming(caller.incomingLate(number));
  await settle();
  return caller;
}

async function acknowledged(caller: FakeCaller, answer: string): Promise<void> {
  caller.listener?.acknowledged(answer);
  await settle();
}

test('[C70] a call without an offer is answered with ours; the flow begins when their answer is taken', async () => {
  const centre = makeFakeCentre();
  const caller = await calls(centre);
  expect(caller.done).toBe('answered');
  expect(centre.media.of('endpoint.offerRtp')).toHaveLength(1);
  expect(centre.of('legAnswered')).toHaveLength(1);
  expect(centre.of('stepEntered')).toEqual([]);
  await acknowledged(caller, 'v=0 their answer');
  expect(centre.media.of('endpoint.setRemote')).toMatchObject([{ answer: 'v=0 their answer' }]);
  expect(centre.of('stepEntered')[0]).toMatchObject({ step: 'greeting' });
  expect(centre.of('legAnswered')).toHaveLength(1);
});

test('[C71] an ACK without an answer, or with one that cannot be used, ends the call and the record says why', async () => {
  for (const [answer, failure, reason] of [
    ['', undefined, 'no answer in the ACK'],
    ['v=0 odd', 'media.noCommonCodec', 'media.noCommonCodec'],
    ['what', 'sdp.invalid', 'sdp.invalid'],
  ] as [string, FailureCode | undefined, string][]) {
    const centre = makeFakeCentre();
    const caller = await calls(centre);
    if (failure) centre.media.failing.set('endpoint.setRemote', failure);
    await acknowledged(caller, answer);
    expect(caller.done).toBe('hungUp');
    expect(centre.of('callEnded')).toMatchObject([{ outcome: 'failed', endedBy: 'system', reason }]);
    expect(centre.of('legEnded')).toMatchObject([{ reason }]);
    expect(centre.media.isQuiet).toBe(true);
    expect(centre.intake.calls.size).toBe(0);
  }
});

test('[C70] [C14] a caller who never acknowledges, or hangs up instead, leaves nothing behind', async () => {
  for (const [by, reason, outcome] of [
    ['system', 'ACK timeout', 'failed'],
    ['caller', 'caller hung up', 'selfService'],
  ] as const) {
    const centre = makeFakeCentre();
    const caller = await calls(centre);
    caller.listener?.ended(by, reason);
    await settle();
    expect(centre.of('callEnded')).toMatchObject([{ outcome, endedBy: by, reason }]);
    expect(centre.media.isQuiet).toBe(true);
  }
});

test('[C70] a caller who hangs up while their answer is taken is not spoken to', async () => {
  const centre = makeFakeCentre();
  const caller = await calls(centre);
  caller.listener?.acknowledged('v=0 their answer');
  caller.hangsUp();
  await settle();
  expect(centre.of('stepEntered')).toEqual([]);
  expect(centre.of('callEnded')).toMatchObject([{ endedBy: 'caller' }]);
  expect(centre.media.isQuiet).toBe(true);
});

test('[C70] [C6] a media program without a port refuses a call without an offer like any other', async () => {
  const centre = makeFakeCentre();
  centre.media.failing.set('endpoint.offerRtp', 'media.noPorts');
  const caller = await calls(centre);
  expect(caller.refusedWith).toBe('media.noPorts');
  expect(centre.of('callEnded')).toMatchObject([{ outcome: 'rejected', reason: 'media.noPorts' }]);
});

test('[C72] [C70] a flow that answers by step rings first, offers with its answer, and goes on after the ACK', async () => {
  const centre = makeFakeCentre({ flow: BY_STEP });
  const caller = await calls(centre, '2000');
  expect([caller.rang, caller.done]).toEqual([1, 'nothing']);
  centre.clock.pass(1_000);
  await settle();
  expect(caller.done).toBe('answered');
  expect(centre.of('stepEntered').at(-1)).toMatchObject({ step: 'take' });
  await acknowledged(caller, 'v=0 their answer');
  expect(centre.of('stepEntered').at(-1)).toMatchObject({ step: 'hello' });
});

test('[C72] [C71] a flow that answers by step ends with a call whose ACK brings nothing', async () => {
  const centre = makeFakeCentre({ flow: BY_STEP });
  const caller = await calls(centre, '2000');
  centre.clock.pass(1_000);
  await settle();
  await acknowledged(caller, '');
  expect(caller.done).toBe('hungUp');
  expect(centre.of('callEnded')).toMatchObject([{ endedBy: 'system', reason: 'no answer in the ACK' }]);
  expect(centre.of('stepLeft')).toHaveLength(centre.of('stepEntered').length);
  expect(centre.clock.waiting).toBe(0);
});

test("[C73] a new offer of ours is the media program's, and so is the answer to it", async () => {
  const centre = makeFakeCentre();
  const caller = await centre.call();
  expect(await caller.listener?.offerWanted()).toBe('v=0 new offer');
  await acknowledged(caller, 'v=0 moved');
  expect(centre.media.of('endpoint.setRemote')).toMatchObject([{ answer: 'v=0 moved' }]);
  expect(centre.of('noted')).toEqual([]);
});

test('[C73] no answer to it, or a bad one, leaves the call as it was, and the record notes it', async () => {
  const centre = makeFakeCentre();
  const caller = await centre.call();
  await acknowledged(caller, '');
  expect(centre.media.of('endpoint.setRemote')).toEqual([]);
  centre.media.failing.set('endpoint.setRemote', 'media.noCommonCodec');
  await acknowledged(caller, 'v=0 odd');
  expect(centre.of('noted')).toMatchObject([
    { what: 'new answer not usable', detail: { reason: 'sdp.invalid' } },
    { what: 'new answer not usable', detail: { reason: 'media.noCommonCodec' } },
  ]);
  expect(caller.done).toBe('answered');
  expect(centre.intake.calls.size).toBe(1);
});

test('[C77] a session that was not refreshed is ended by the system, and the record says so', async () => {
  const centre = makeFakeCentre();
  const caller = await centre.call();
  caller.listener?.ended('system', 'Session timer expired');
  await settle();
  expect(centre.of('callEnded')).toMatchObject([{ endedBy: 'system', reason: 'Session timer expired' }]);
  expect(centre.media.isQuiet).toBe(true);
});
