import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadCalendar } from '../../../src/flows/calendars/calendar.ts';
import { bindCalendars, type Flow } from '../../../src/flows/language/flow.ts';
import { loadFlow } from '../../../src/flows/language/load.ts';
import { loadTests } from '../../../src/flows/test/load.ts';
import { runCase } from '../../../src/flows/test/run-case.ts';
import { withCase } from '../../../src/flows/test/write-case.ts';
import { saveCase } from '../../../src/reports/flow-case/save-case.ts';
import type { CallFact } from '../../../src/reports/journal.ts';
import { type FakeCentre, type FakeDesk, makeFakeCentre, settle } from '../../support/fake-centre.ts';
import { flowOf } from '../../support/flow-call.ts';

const seeded = (path: string): string => readFileSync(new URL(`../../../ivr-flows/${path}`, import.meta.url), 'utf8');
const WELCOME = seeded('welcome.yaml');

function welcome(): Flow {
  const flow = loadFlow(WELCOME, 'welcome.yaml');
  const calendar = loadCalendar(seeded('calendars/support.yaml'), 'support.yaml');
  if (!flow.ok || !calendar.ok) throw new Error('the seeded flow is broken');
  return bindCalendars(flow.flow, new Map([['support', calendar.calendar]]));
}

/** The case that a call's facts give; it passes as it stands in its file. */
function saved(facts: readonly CallFact[], flow: Flow, source: string): string {
  const { source: one, madeUp } = saveCase(facts, flow, [source]);
  const text = withCase(undefined, flow.name, one, `Made up: ${madeUp.join(', ')}.`);
  const loaded = loadTests(text, 'saved.test.yaml');
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  for (const each of loaded.tests.cases) expect(runCase(flow, each).failures).toEqual([]);
  return text;
}

interface Scene {
  centre: FakeCentre;
  amy: FakeDesk;
}

const press = (digit: string) => (scene: Scene) => scene.centre.media.press(scene.centre.media.carrier, digit);
const heardOut = ({ centre }: Scene): void => centre.media.playToEnd(centre.media.carrier);
const passes = (ms: number) => (scene: Scene) => scene.centre.clock.pass(ms);

const DEEDS: ((scene: Scene) => unknown)[] = [
  passes(2_300),
  heardOut,
  passes(1_700),
  press('7'),
  passes(4_000),
  heardOut,
  press('2'),
  passes(6_000),
  heardOut,
  passes(12_000),
  press('1'),
  passes(3_000),
  heardOut,
  passes(11_000),
  ({ amy }) => amy.ask({ ask: 'answer', offerId: amy.state?.offer?.offerId ?? '' }),
  passes(42_000),
  ({ amy }) => amy.ask({ ask: 'hangUp' }),
  passes(1_000),
  heardOut,
];

test('[V40] a caller who hangs up at any moment of a call of the driver gives a test that passes', async () => {
  for (let length = 0; length <= DEEDS.length; length += 1) {
    const centre = makeFakeCentre();
    const scene = { centre, amy: await centre.agent('amy') };
    const caller = await centre.call();
    for (const deed of DEEDS.slice(0, length)) {
      await deed(scene);
      await settle();
    }
    caller.hangsUp();
    await settle();
    const text = saved(centre.facts, welcome(), WELCOME);
    expect(text, `after ${length} deeds`).not.toContain('+49301234567');
    const visits = centre.of('stepEntered').map(({ step }) => step);
    expect(
      [...text.matchAll(/([a-zA-Z]+):(?:next|callerLeft|answeredEnd|noInput|end|\d)\b/g)].map(([, step]) => step),
    ).toEqual(visits);
  }
}, 60_000);

const OWN = `flow: own
version: 1
vars: { tier: "" }
start: pin
on: { hangup: noted }
steps:
  pin:
    collect: { prompt: PIN, digits: 4, into: pin, secure: true }
    next: number
    noInput: end
  number:
    collect: { prompt: Number, min: 3, max: 9, into: number }
    next: busy
    noInput: end
  busy: { queueStatus: { queue: support, save: { } }, next: look }
  look:
    http: { get: "crm/customers/{{ number }}", retries: 1 }
    save: { tier: tier }
    next: which
    onNotFound: unknown
    onError: sorry
  which: { switch: tier, cases: { gold: sorry }, else: end }
  unknown: { say: We do not know you, next: end }
  sorry: { say: Sorry, next: end }
  noted: { tag: { left: early }, next: end }
  end: { hangup: {} }
`;

test.each([
  ['which:gold', () => Promise.resolve({ status: 200, body: { tier: 'gold', name: 'Grete Muster' } })],
  ['unknown:next', () => Promise.resolve({ status: 404, body: null })],
  ['look:error', () => Promise.resolve({ status: 503, body: null })],
  ['look:error', () => Promise.reject(new Error('a bug'))],
])('[V40] [V41] a call that asked a service is repeated, %s, without what it said', async (visit, request) => {
  const source = OWN.replace('save: { } }', 'save: { tier2: waiting } }').replace('vars: {', 'vars: { tier2: 0,');
  const centre = makeFakeCentre({ flow: source, request });
  await centre.call('2000');
  for (const digits of ['8274', '77123#']) {
    centre.clock.pass(1_500);
    for (const digit of digits) centre.media.press(centre.media.carrier, digit);
    await settle();
  }
  await settle();
  heardOut({ centre, amy: centre.desk('amy') });
  await settle();
  expect(centre.of('callEnded')).toHaveLength(1);
  const text = saved(centre.facts, flowOf(source), source);
  expect(text).toContain(visit);
  for (const secret of ['8274', '77123', 'Grete', '+49301234567']) expect(text).not.toContain(secret);
});

const TRANSFERS = `flow: own
version: 1
languages: [en]
start: party
steps:
  party: { transfer: { number: "+4930100", ring: 20s }, onEnded: again, onBusy: agent, onNoAnswer: agent }
  agent: { transfer: { agent: amy, ring: 20s }, onEnded: party, onNoAnswer: end }
  again: { transfer: { number: "+4930200", ring: 20s }, onEnded: end, onNoAnswer: end }
  end: { hangup: {} }
`;
const TRUNKS = 'trunks: { local: { from: [127.0.0.0/8] }, out: { to: sip.example.com, dial: ["+49*"] } }';

const TRANSFERRED: ((scene: Scene) => unknown)[] = [
  passes(1_500),
  ({ centre }) => centre.dialler.line.far.refused(486, 'Busy Here'),
  passes(2_500),
  ({ amy }) => amy.ask({ ask: 'answer', offerId: amy.state?.offer?.offerId ?? '' }),
  passes(40_000),
  ({ amy }) => amy.ask({ ask: 'hangUp' }),
  passes(7_000),
  ({ centre }) => centre.dialler.line.far.answered('dialog-1', 'v=0'),
  passes(90_000),
  ({ centre }) => centre.dialler.line.far.ended('far', 'far end hung up'),
  passes(20_000),
];

test('[V40] a call that was transferred is repeated, whenever its caller hangs up, with the times of ring and talk', async () => {
  for (let length = 0; length <= TRANSFERRED.length; length += 1) {
    const centre = makeFakeCentre({ flow: TRANSFERS, trunks: TRUNKS });
    const scene = { centre, amy: await centre.agent('amy') };
    const caller = await centre.call('2000');
    await settle();
    for (const deed of TRANSFERRED.slice(0, length)) {
      await deed(scene);
      await settle();
    }
    caller.hangsUp();
    await settle();
    const text = saved(centre.facts, flowOf(TRANSFERS), TRANSFERS);
    const exits = centre.of('stepLeft').map(({ step, exit }) => `${step}:${exit}`);
    expect([...text.matchAll(/\b((?:party|agent|again|end):[a-zA-Z]+)/g)].map(([, one]) => one)).toEqual(exits);
    expect(text).not.toContain('how long it rang');
  }
}, 60_000);
