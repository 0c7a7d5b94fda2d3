import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SimulatedCall, type SimulationEvent, simulatedCall } from '../../../src/protocol/flows.ts';
import type { CallRecord, CallSummary } from '../../../src/protocol/http.ts';
import { logIn } from '../../support/page-line.ts';
import { SipPhone } from '../../support/sip-phone.ts';
import { toneWav } from '../../support/tones.ts';
import { PASSWORD, startWholeApp, type WholeApp } from '../../support/whole-app.ts';

/** Recordings, for only they last exactly as long in the simulator as in a call. In ms. */
const PROMPTS = { hello: 1_000, choose: 1_000, again: 600, type: 800, gold: 600 };

const FLOW = `flow: twice
version: 1
languages: [en]
vars: { tier: none, visits: 0, day: "", note: "" }
defaults: { timeout: 1500ms, interDigit: 1500ms, retries: 1, bargeIn: any }
on: { hangup: told, error: told }
start: hello
steps:
  hello: { play: hello, next: clock }
  clock: { hours: desk, open: work, closed: night }
  work: { set: { day: work }, next: choose }
  night: { set: { day: night }, next: choose }
  choose:
    menu: { prompt: { prompt: choose }, noInputPrompt: { prompt: again }, noMatchPrompt: { prompt: again } }
    choices: { "1": number, "12": twelve }
    noInput: told
  number: { collect: { prompt: { prompt: type }, into: customer, min: 2, max: 6, timeout: 5s }, next: lookUp, noInput: told }
  lookUp:
    http: { get: "crm/customers/{{ customer }}" }
    save: { tier: tier, visits: visits }
    next: count
    onNotFound: missing
  missing: { set: { note: "{{ note }}!{{ customer }}" }, next: number }
  count: { set: { visits: "{{ visits + 1 }}", note: "{{ note }}{{ customer }} is {{ tier }}" }, next: which }
  which: { switch: tier, cases: { gold: golden }, else: told }
  golden: { play: gold, next: told }
  twelve: { set: { note: twelve, tier: "{{ day + '-' + call.called }}" }, next: told }
  told:
    event:
      name: variables
      values: { tier: "{{ tier }}", visits: "{{ visits }}", day: "{{ day }}", note: "{{ note }}", customer: "{{ customer }}" }
    next: end
  end: { hangup: {} }
`;
const CALENDAR =
  'calendar: desk\nversion: 1\ntimeZone: Asia/Shanghai\nweekly: { monday: 08:00-20:00, wednesday: 08:00-20:00, saturday: 00:00-24:00 }\n';
const CUSTOMERS: Record<string, unknown> = { '47': { tier: 'gold', visits: 3 }, '55': { tier: 'tin', visits: 0 } };

let service: Server;
let site: WholeApp;

beforeAll(async () => {
  service = createServer((request, response) => {
    const customer = CUSTOMERS[request.url?.split('/').at(-1) ?? ''];
    response.writeHead(customer ? 200 : 404).end(JSON.stringify(customer ?? {}));
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  const { port } = service.address() as AddressInfo;
  site = await startWholeApp(({ flowsDir, sipConfigDir }) => {
    writeFileSync(join(flowsDir, 'twice.yaml'), FLOW);
    writeFileSync(join(flowsDir, 'calendars', 'desk.yaml'), CALENDAR);
    writeFileSync(
      join(flowsDir, 'services.yaml'),
      `version: 1\nservices:\n  crm: { url: "http://127.0.0.1:${port}" }\n`,
    );
    for (const [name, ms] of Object.entries(PROMPTS))
      writeFileSync(join(flowsDir, 'prompts', `${name}.wav`), toneWav(700, ms));
    writeFileSync(join(sipConfigDir, 'numbers.yaml'), 'version: 1\nnumbers: { "4003": twice }\n');
  });
}, 180_000);

afterAll(async () => {
  await site.stop();
  service.closeAllConnections();
  service.close();
});

/** A caller's keys, each with its time since the answer in ms; `-` hangs up. */
type Script = readonly (readonly [atMs: number, key: string])[];

/** The record of a call in which a real telephone does this. */
async function live(script: Script): Promise<CallRecord> {
  const phone = await SipPhone.open(site.sip.sipPort);
  await phone.dial('4003');
  const begun = performance.now();
  for (const [atMs, key] of script) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, begun + atMs - performance.now())));
    if (key === '-') await phone.hangUp();
    else await phone.rtp.press(key, 80);
  }
  if (script.at(-1)?.[1] !== '-') await phone.hungUp();
  const record = await recordOf(phone.sipCallId);
  await phone.close();
  return record;
}

async function recordOf(sipCallId: string): Promise<CallRecord> {
  const cookie = await logIn(site.httpUrl, 'sam', PASSWORD);
  const get = async <T>(path: string): Promise<T> =>
    (await (await fetch(`${site.httpUrl}/api/v1/${path}`, { headers: { cookie } })).json()) as T;
  for (;;) {
    const { calls } = await get<{ calls: CallSummary[] }>('calls?limit=20');
    for (const { callId } of calls) {
      const record = await get<CallRecord>(`calls/${callId}`);
      if (record.endedAt !== undefined && record.legs.some((leg) => leg.sipCallId === sipCallId)) return record;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The same keys at the same times, without a telephone. */
async function simulated(script: Script, { steps, startedAt }: CallRecord): Promise<SimulatedCall> {
  const events = script.map(
    ([atMs, key]): SimulationEvent => (key === '-' ? { atMs, hangUp: true } : { atMs, press: key }),
  );
  const customers = Object.entries(CUSTOMERS).map(
    ([id, body]) => [`crm/customers/${id}`, { body, after: '10ms' }] as const,
  );
  const fake = {
    prompts: Object.fromEntries(Object.entries(PROMPTS).map(([name, ms]) => [name, `${ms}ms`])),
    http: { ...Object.fromEntries(customers), crm: { status: 404, after: '10ms' } },
  };
  const at = `${new Date(steps[0]?.at ?? startedAt).toISOString().slice(0, 19)}Z`;
  const cookie = await logIn(site.httpUrl, 'sam', PASSWORD);
  const response = await fetch(`${site.httpUrl}/api/v1/flows/twice/simulate`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify({ from: 'alice', to: '4003', at, fake, events, untilMs: 60_000 }),
  });
  const answer: unknown = await response.json();
  expect(response.status, JSON.stringify(answer)).toBe(200);
  return simulatedCall.parse(answer);
}

function expectTheSame(record: CallRecord, call: SimulatedCall): void {
  expect(record.steps.map(({ step, exit }) => `${step}:${exit}`)).toEqual(call.path);
  expect(record.events.find(({ what }) => what === 'variables')?.detail).toEqual(call.vars);
  expect(record.flowVersion).toBe(call.version);
  // Each step is entered at the same time too, as far as a machine that others use keeps its time.
  const entered = call.transcript.filter(({ what }) => what === 'entered').map(({ ms }) => ms);
  record.steps.forEach(({ at }, index) => {
    const lateMs = at - (record.steps[0]?.at ?? 0) - (entered[index] ?? 0);
    expect(Math.abs(lateMs), `${record.steps[index]?.step}`).toBeLessThan(700);
  });
}

const SCRIPTS: Record<string, { script: Script; goes: string[]; vars: Record<string, unknown> }> = {
  'keys pressed ahead, a choice that another begins with, a customer who is known': {
    script: [
      [500, '1'],
      [3_300, '4'],
      [3_700, '7'],
      [4_100, '#'],
    ],
    goes: ['choose:1', 'number:next', 'lookUp:next', 'count:next', 'which:gold', 'golden:next', 'told:next', 'end:end'],
    vars: { tier: 'gold', visits: 4, note: '47 is gold', customer: '47' },
  },
  'silence, and the longer choice when it is asked again': {
    script: [
      [5_700, '1'],
      [6_300, '2'],
    ],
    goes: ['choose:12', 'twelve:next', 'told:next', 'end:end'],
    vars: { visits: 0, note: 'twelve', customer: '' },
  },
  'a wrong key, a customer nobody knows, and a caller who has enough': {
    script: [
      [1_500, '9'],
      [3_700, '1'],
      [6_600, '9'],
      [7_000, '9'],
      [7_400, '#'],
      [9_200, '-'],
    ],
    goes: ['choose:1', 'number:next', 'lookUp:notFound', 'missing:next', 'number:callerLeft', 'told:next', 'end:end'],
    vars: { tier: 'none', visits: 0, note: '!99', customer: '99' },
  },
};

test.each(Object.entries(SCRIPTS))(
  '[SI14] a live call and the simulator go the same way: %s',
  async (_, { script, goes, vars }) => {
    const record = await live(script);
    const call = await simulated(script, record);
    expectTheSame(record, call);
    expect(call.path.slice(3)).toEqual(goes);
    expect(call.vars).toMatchObject(vars);
  },
  60_000,
);
