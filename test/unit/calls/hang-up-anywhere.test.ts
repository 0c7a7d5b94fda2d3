import { expect, test } from 'vitest';
import { type FakeCaller, type FakeCentre, type FakeDesk, makeFakeCentre, settle } from '../../support/fake-centre.ts';
import type { FakeLine } from '../../support/fake-dialler.ts';

interface Scene {
  centre: FakeCentre;
  caller: FakeCaller;
  amy: FakeDesk;
}

type Deed = [name: string, act: (scene: Scene) => unknown];

const press = (digit: string) => (scene: Scene) => scene.centre.media.press(scene.centre.media.carrier, digit);
const heardOut = ({ centre }: Scene): void => centre.media.playToEnd(centre.media.carrier);
const offerId = ({ amy }: Scene): string => amy.state?.offer?.offerId ?? '';

/** A full call: menu, opening hours, queue, a declined ring, a talk with everything in it. */
const TALK: Deed[] = [
  ['greeting heard', heardOut],
  ['asks for the hours', press('2')],
  ['hours heard', heardOut],
  ['asks for an agent', press('1')],
  ['place in line heard', heardOut],
  ['the desk rang out', ({ centre }) => centre.clock.pass(20_000)],
  ['waits', ({ centre }) => centre.clock.pass(30_000)],
  ['place in line heard again', heardOut],
  ['agent answers', (scene) => scene.amy.ask({ ask: 'answer', offerId: offerId(scene) })],
  ['agent mutes', ({ amy }) => amy.ask({ ask: 'mute', on: true })],
  ['agent holds', ({ amy }) => amy.ask({ ask: 'hold', on: true })],
  ['agent sends digits', ({ amy }) => amy.ask({ ask: 'sendDigits', digits: '12' })],
  ['agent resumes', ({ amy }) => amy.ask({ ask: 'hold', on: false })],
  ['agent hangs up', ({ amy }) => amy.ask({ ask: 'hangUp' })],
  ['goodbye begins', () => {}],
];

/** A call that ends on the answering machine. */
const MESSAGE: Deed[] = [
  ['greeting heard', heardOut],
  ['wants to leave a message', press('9')],
  ['instructions heard', heardOut],
  ['beep heard', heardOut],
  ['speaks', ({ centre }) => centre.clock.pass(5_000)],
  ['ends the message', press('#')],
  ['thanks heard', heardOut],
];

const TRANSFERS = `flow: own
version: 1
languages: [en]
start: number
steps:
  number: { transfer: { number: "+4930100", ring: 20s, whisper: A caller. }, onEnded: agent, onBusy: agent, onNoAnswer: agent }
  agent: { transfer: { agent: amy, ring: 20s, whisper: A caller. }, onEnded: again, onNoAnswer: again }
  again: { transfer: { number: "+4930100", ring: 20s }, onEnded: end, onNoAnswer: end }
  end: { hangup: {} }
`;
const TRUNKS = `trunks:
  local: { from: [127.0.0.0/8] }
  carrier: { to: sip.example.com, dial: ["+49*"] }
`;

const far = (act: (line: FakeLine) => void) => (scene: Scene) => act(scene.centre.dialler.line);
const whispered = ({ centre }: Scene): void => {
  const told = [...centre.media.plays.keys()].find((endpointId) => endpointId !== centre.media.carrier);
  if (told !== undefined) centre.media.playToEnd(told);
};

/** A call that is transferred again and again: to a number, to an agent, to a number that hangs up. */
const TRANSFERRED: Deed[] = [
  ['the party rings', far(({ far }) => far.ringing())],
  ['the party is busy', far(({ far }) => far.refused(486, 'Busy Here'))],
  ['the agent answers', (scene) => void scene.amy.ask({ ask: 'answer', offerId: offerId(scene) }).catch(() => {})],
  ['the agent has heard the whisper', whispered],
  ['the agent holds', ({ amy }) => amy.ask({ ask: 'hold', on: true })],
  ['the agent resumes', ({ amy }) => amy.ask({ ask: 'hold', on: false })],
  ['the agent hangs up', ({ amy }) => amy.ask({ ask: 'hangUp' })],
  ['another party is called', ({ amy }) => amy.ask({ ask: 'finishWrapUp' })],
  ['it answers', far(({ far }) => far.answered('dialog-out', 'v=0'))],
  ['a key is pressed', press('5')],
];

async function play(deeds: readonly Deed[], number = '1000'): Promise<Scene> {
  const centre = makeFakeCentre({ flow: TRANSFERS, trunks: TRUNKS });
  const amy = await centre.agent('amy');
  const caller = await centre.call(number);
  const scene = { centre, caller, amy };
  for (const [, act] of deeds) {
    await act(scene);
    await settle();
  }
  return scene;
}

function expectNothingLeft({ centre, amy }: Scene, at: string): void {
  expect(centre.media.isQuiet, `${at}: ${JSON.stringify([...centre.media.plays, ...centre.media.bridges])}`).toBe(true);
  expect(centre.intake.calls.size, at).toBe(0);
  expect(centre.queues.board(), at).toEqual([]);
  expect(centre.of('callEnded'), at).toHaveLength(1);
  const open = (start: number, end: number): void => expect(end, at).toBe(start);
  open(centre.of('legStarted').length, centre.of('legEnded').length);
  open(centre.of('queueEntered').length, centre.of('queueLeft').length);
  open(centre.of('offerMade').length, centre.of('offerEnded').length);
  open(centre.of('transferStarted').length, centre.of('transferEnded').length);
  open(centre.of('talkStarted').length, centre.of('talkEnded').length);
  open(centre.of('recordingStarted').length, centre.of('recordingClosed').length);
  open(centre.of('stepEntered').length, centre.of('stepLeft').length);
  expect(amy.state?.offer, at).toBeUndefined();
  expect(amy.state?.call, at).toBeUndefined();
}

for (const [title, deeds, number] of [
  ['a talk', TALK, '1000'],
  ['a message', MESSAGE, '1000'],
  ['transfers', TRANSFERRED, '2000'],
] as const) {
  test(`[C21] a caller who hangs up at any moment of ${title} leaves nothing behind`, async () => {
    for (let length = 0; length <= deeds.length; length += 1) {
      const scene = await play(deeds.slice(0, length), number);
      const at = deeds[length - 1]?.[0] ?? 'answered';
      expect(scene.centre.intake.calls.size, at).toBe(1);
      scene.caller.hangsUp();
      await settle();
      expectNothingLeft(scene, at);
      expect(scene.centre.of('callEnded')[0], at).toMatchObject({ endedBy: 'caller', reason: 'caller hung up' });
      expect(await scene.centre.claims.list(), at).toEqual([]);
    }
  });

  test(`[C21] [C52] a call that is ended from outside at any moment of ${title} leaves nothing behind`, async () => {
    for (let length = 0; length <= deeds.length; length += 1) {
      const scene = await play(deeds.slice(0, length), number);
      for (const call of scene.centre.intake.calls.values()) call.end('system', 'program stopped');
      await settle();
      expectNothingLeft(scene, deeds[length - 1]?.[0] ?? 'answered');
      expect(scene.caller.done).toBe('hungUp');
    }
  });
}

test('[C21] timers of a call that is over do not ring', async () => {
  const scene = await play(TALK.slice(0, 4));
  scene.caller.hangsUp();
  await settle();
  const facts = scene.centre.facts.length;
  scene.centre.clock.pass(3_600_000);
  await settle();
  expect(scene.centre.facts.length).toBe(facts);
});

test('[C41] [C40] a call that the agent ended was answered, and ended by the agent', async () => {
  const scene = await play(TALK);
  heardOut(scene);
  await settle();
  expect(scene.caller.done).toBe('hungUp');
  expect(scene.centre.of('callEnded')).toMatchObject([{ outcome: 'answered', endedBy: 'agent' }]);
  expectNothingLeft(scene, 'after goodbye');
});

test('[C25] a message is recorded in one channel and ends in the outcome voicemail', async () => {
  const scene = await play(MESSAGE);
  const start = scene.centre.media.orders.find((order) => order.order === 'record.start');
  expect(start).toMatchObject({ channels: 1, right: [] });
  heardOut(scene);
  await settle();
  expect(scene.centre.of('callEnded')).toMatchObject([{ outcome: 'voicemail', endedBy: 'system' }]);
});

test('[C43] [Q40] whoever else ends it, at any moment of transfers, the call goes on and comes to its end', async () => {
  const others: Deed[] = [
    ['the party hangs up', far(({ far }) => far.ended('far', 'far end hung up'))],
    ['the party is lost', far(({ far }) => far.ended('system', 'no ACK'))],
    ['the party refuses', far(({ far }) => far.refused(503, 'Service Unavailable'))],
    ['the ring time is over', ({ centre }) => centre.clock.pass(20_000)],
    ['the agent declines', ({ amy }) => amy.ask({ ask: 'decline', offerId: amy.state?.offer?.offerId ?? '' })],
    ['the agent hangs up', ({ amy }) => amy.ask({ ask: 'hangUp' })],
  ];
  for (let length = 0; length <= TRANSFERRED.length; length += 1) {
    for (const [what, act] of others) {
      const scene = await play(TRANSFERRED.slice(0, length), '2000');
      const at = `${TRANSFERRED[length - 1]?.[0] ?? 'called'}, then ${what}`;
      // Not every deed is possible at every moment.
      await Promise.resolve(act(scene)).catch(() => {});
      await settle();
      if (scene.caller.done !== 'hungUp') scene.caller.hangsUp();
      await settle();
      expectNothingLeft(scene, at);
      expect(await scene.centre.claims.list(), at).toEqual([]);
    }
  }
});

test('[C43] the transfers above come to a talk', async () => {
  const { centre } = await play(TRANSFERRED, '2000');
  expect(centre.dialler.lines).toHaveLength(2);
  expect(centre.of('talkStarted')).toHaveLength(2);
  expect(centre.media.bridges.size).toBe(1);
  expect(centre.media.of('endpoint.sendDigits')).toHaveLength(1);
});
