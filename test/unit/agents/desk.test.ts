import { expect, test } from 'vitest';
import { type FakeCaller, type FakeCentre, type FakeDesk, makeFakeCentre, settle } from '../../support/fake-centre.ts';

const offerId = (desk: FakeDesk): string => desk.state?.offer?.offerId ?? '';

/** A caller who has pressed 1 and waits. */
async function waitingCaller(centre: FakeCentre): Promise<FakeCaller> {
  const before = new Set(centre.media.endpoints);
  const caller = await centre.call();
  const endpointId = [...centre.media.endpoints].find((one) => !before.has(one)) ?? '';
  centre.media.playToEnd(endpointId);
  await settle();
  centre.media.press(endpointId, '1');
  await settle();
  return caller;
}

async function talking(): Promise<{ centre: FakeCentre; amy: FakeDesk; caller: FakeCaller }> {
  const centre = makeFakeCentre();
  const amy = await centre.agent('amy');
  const caller = await waitingCaller(centre);
  await amy.ask({ ask: 'answer', offerId: offerId(amy) });
  return { centre, amy, caller };
}

function line(centre: FakeCentre, state: 'connected' | 'disconnected'): void {
  const endpointId = [...centre.media.endpoints].find((one) => one.startsWith('desk.')) ?? '';
  centre.media.tell({ fact: 'webrtcState', at: 0, endpointId, state });
}

test('[A2] nobody is available without audio', async () => {
  const centre = makeFakeCentre();
  const amy = centre.desk('amy');
  await expect(amy.ask({ ask: 'goAvailable' })).rejects.toMatchObject({ code: 'agent.wrongState' });
  expect(amy.state).toMatchObject({ presence: 'onBreak', mediaReady: false });
});

test('[A5] an agent who lets calls ring out too often goes on a break', async () => {
  const centre = makeFakeCentre();
  const amy = await centre.agent('amy');
  await waitingCaller(centre);
  centre.clock.pass(20_000);
  await settle();
  expect(amy.state?.presence).toBe('available');
  centre.clock.pass(30_000);
  await settle();
  expect(amy.state?.presence).toBe('offered');
  centre.clock.pass(20_000);
  await settle();
  expect(amy.state).toMatchObject({ presence: 'onBreak', breakReason: 'calls were not answered' });
  expect(centre.of('offerEnded').map(({ outcome }) => outcome)).toEqual(['rangOut', 'rangOut']);
});

test('[A6] a caller who leaves while the desk rings costs no wrap-up', async () => {
  const centre = makeFakeCentre();
  const amy = await centre.agent('amy');
  const caller = await waitingCaller(centre);
  expect(amy.state?.presence).toBe('offered');
  caller.hangsUp();
  await settle();
  expect(amy.state?.presence).toBe('available');
  expect(centre.of('offerEnded')).toMatchObject([{ outcome: 'callerLeft' }]);
});

test('[A6] [Q12] a caller who hangs up in the moment of the answer frees the agent', async () => {
  const centre = makeFakeCentre();
  const amy = await centre.agent('amy');
  const caller = await waitingCaller(centre);
  const answer = amy.session?.ask({ ask: 'answer', offerId: offerId(amy) });
  caller.hangsUp();
  await expect(answer).rejects.toMatchObject({ code: 'agent.wrongState' });
  await settle();
  expect(amy.state?.presence).toBe('available');
  expect(centre.media.isQuiet).toBe(true);
  expect(await centre.claims.list()).toEqual([]);
});

test('[A10] [A13] a page that reloads while it rings finds the ring and can answer', async () => {
  const centre = makeFakeCentre();
  const amy = await centre.agent('amy');
  await waitingCaller(centre);
  amy.session?.closed();
  centre.clock.pass(2_000);
  const again = centre.desk('amy');
  expect(again.state).toMatchObject({ presence: 'offered', offer: { callerNumber: '+49301234567', queue: 'support' } });
  await again.openAudio();
  await again.ask({ ask: 'answer', offerId: offerId(again) });
  expect(again.state?.presence).toBe('talking');
});

test('[A11] a second page takes over from the first', async () => {
  const centre = makeFakeCentre();
  const first = await centre.agent('amy');
  const second = centre.desk('amy');
  expect(first.closeCode).toBe(4001);
  expect(second.state).toMatchObject({ presence: 'available', mediaReady: true });
});

test('[A12] an agent whose page is gone is unreachable, then offline, or back as before', async () => {
  const centre = makeFakeCentre();
  const amy = await centre.agent('amy');
  amy.session?.closed();
  expect(centre.roster.agents()).toMatchObject([{ presence: 'unreachable' }]);
  centre.clock.pass(19_000);
  const again = centre.desk('amy');
  expect(again.state?.presence).toBe('available');
  again.session?.closed();
  centre.clock.pass(20_000);
  expect(centre.roster.agents()).toMatchObject([{ presence: 'offline' }]);
});

test('[A13] a desk that is not back within the grace loses the ring, and the next agent is asked', async () => {
  const centre = makeFakeCentre({ queue: 'queue: support\nversion: 1\nringTime: 60s\n' });
  const amy = await centre.agent('amy');
  await waitingCaller(centre);
  const bo = await centre.agent('bo');
  amy.session?.closed();
  centre.clock.pass(20_000);
  await settle();
  expect(bo.state?.presence).toBe('offered');
  expect(centre.of('offerEnded')).toMatchObject([{ outcome: 'agentLost' }]);
});

test('[A14] a talk goes on without its page', async () => {
  const { centre, amy, caller } = await talking();
  amy.session?.closed();
  centre.clock.pass(60_000);
  expect(centre.media.bridges.size).toBe(1);
  caller.hangsUp();
  await settle();
  centre.clock.pass(30_000);
  expect(centre.roster.agents()).toMatchObject([{ presence: 'unreachable' }]);
});

test('[A21] a lost endpoint is told to the page, which opens another', async () => {
  const centre = makeFakeCentre();
  const amy = await centre.agent('amy');
  const [endpointId = ''] = centre.media.endpoints;
  centre.media.tell({ fact: 'endpointLost', at: 0, endpointId, reason: 'workerDied' });
  expect(amy.mediaLost).toBe(1);
  expect(amy.state).toMatchObject({ presence: 'unreachable', mediaReady: false });
  await amy.openAudio();
  expect(amy.state).toMatchObject({ presence: 'available', mediaReady: true });
});

test('[A22] [C35] a lost line gives the caller music, and the talk back when it returns', async () => {
  const { centre } = await talking();
  const caller = centre.media.carrier;
  line(centre, 'disconnected');
  await settle();
  expect([...centre.media.bridges.values()]).toEqual([{ [caller]: [] }]);
  expect(centre.media.plays.get(caller)?.loop).toBe(true);
  line(centre, 'connected');
  await settle();
  expect(centre.media.plays.has(caller)).toBe(false);
  const [hears] = centre.media.bridges.values();
  expect(hears?.[caller]).toHaveLength(1);
});

test('[A22] [Q16] an agent who does not return leaves the caller at the front of the queue', async () => {
  const { centre, amy } = await talking();
  const first = centre.of('callStarted')[0]?.callId;
  centre.clock.pass(1_000);
  await waitingCaller(centre);
  line(centre, 'disconnected');
  centre.clock.pass(20_000);
  await settle();
  expect(amy.state?.presence).toBe('unreachable');
  expect(centre.of('talkEnded')).toMatchObject([{ endedBy: 'system' }]);
  const bo = await centre.agent('bo');
  await settle();
  expect(bo.state?.offer?.callId).toBe(first);
});

test('[A31] [A4] wrap-up ends by time, and a break asked for in the talk follows it', async () => {
  const { centre, amy, caller } = await talking();
  await amy.ask({ ask: 'takeBreak', reason: 'lunch' });
  expect(amy.state?.presence).toBe('talking');
  caller.hangsUp();
  await settle();
  expect(amy.state).toMatchObject({ presence: 'wrappingUp', wrapUp: { endedBy: 'caller' } });
  centre.clock.pass(30_000);
  expect(amy.state).toMatchObject({ presence: 'onBreak', breakReason: 'lunch' });
});

test('[A32] buttons that mean nothing now are refused and change nothing', async () => {
  const centre = makeFakeCentre();
  const amy = await centre.agent('amy');
  const before = amy.state;
  for (const ask of [
    { ask: 'answer', offerId: 'x' },
    { ask: 'decline', offerId: 'x' },
    { ask: 'mute', on: true },
    { ask: 'hold', on: true },
    { ask: 'sendDigits', digits: '1' },
    { ask: 'hangUp' },
    { ask: 'finishWrapUp' },
    { ask: 'goAvailable' },
  ] as const) {
    await expect(amy.ask(ask), ask.ask).rejects.toMatchObject({ code: 'agent.wrongState' });
  }
  expect(amy.state).toEqual(before);
});

test('[C31] [C32] hold gives music and silence, mute takes the agent off the line and off the recording', async () => {
  const { centre, amy } = await talking();
  const caller = centre.media.carrier;
  const [desk = ''] = [...centre.media.endpoints].filter((one) => one.startsWith('desk.'));
  const hears = () => [...centre.media.bridges.values()][0];
  const right = () => centre.media.orders.flatMap((o) => (o.order === 'record.setRight' ? [o.right] : [])).at(-1);
  expect(hears()).toEqual({ [caller]: [desk], [desk]: [caller] });
  await amy.ask({ ask: 'mute', on: true });
  expect(hears()).toEqual({ [caller]: [], [desk]: [caller] });
  expect(right()).toEqual([]);
  await amy.ask({ ask: 'mute', on: false });
  expect(right()).toEqual([desk]);
  await amy.ask({ ask: 'hold', on: true });
  expect(hears()).toEqual({ [caller]: [], [desk]: [] });
  expect(centre.media.plays.get(caller)?.loop).toBe(true);
  await amy.ask({ ask: 'hold', on: false });
  expect(centre.media.plays.has(caller)).toBe(false);
});
