import { afterEach, expect, it } from 'vitest';
import { type SimulatedCall, type SimulationEvent, simulatedCall } from '../../../src/protocol/flows.ts';
import { type FakeFlows, fakeFlows } from '../../support/web/fake-flows.ts';
import { startWebSite, type WebSite } from '../../support/web/web-site.ts';

const SHOP = `flow: shop
version: 1
languages: [en, zh]
vars: { state: unknown }
start: one
steps:
  one: { menu: { prompt: { text: Press 1 or 2., language: en }, timeout: 5s, retries: 0 }, choices: { "1": order, "2": wait }, noInput: end }
  order: { collect: { prompt: { text: Type., language: en }, into: number, digits: 3 }, next: look, noInput: end }
  look: { http: { get: "crm/orders/{{ number }}", timeout: 4s }, save: { state: state }, next: tell, onNotFound: order, onError: end }
  tell: { say: { text: "It is {{ state }}.", language: en }, next: end }
  wait: { queue: { name: support, maxWait: 1m }, onTimeout: message, onNoAgents: ring, onAnsweredEnd: end }
  ring: { transfer: { number: "+49301" , ring: 20s }, onNoAnswer: message, onEnded: end }
  message: { voicemail: { box: support, beep: false }, next: end, onError: end }
  end: { hangup: {} }
`;
const PIN = `flow: pin
version: 1
start: one
steps:
  one: { collect: { prompt: Your PIN., into: pin, digits: 4, secure: true }, next: check, noInput: end }
  check: { http: { post: bank/check, body: { pin: { secret: pin } } }, next: end, onError: end }
  end: { hangup: {} }
`;

const SERVICES = `version: 1
services:
  crm: { url: "https://crm.example" }
  bank: { url: "https://bank.example" }
`;

let site: WebSite | undefined;
let flows: FakeFlows;

afterEach(async () => {
  flows.close();
  await site?.close();
});

async function start() {
  flows = await fakeFlows({ 'shop.yaml': SHOP, 'pin.yaml': PIN, 'services.yaml': SERVICES });
  site = await startWebSite({ flows });
  const { url, cookieOf } = site;
  return async (body: unknown, { as = 'sam', flow = 'shop' } = {}) => {
    const headers = { cookie: await cookieOf(as), 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(`${url}/api/v1/flows/${flow}/simulate`, init);
    const text = await response.text();
    const answer = JSON.parse(text) as { error?: { code: string; text: string } };
    return { status: response.status, text, code: answer.error?.code, told: answer.error?.text, answer };
  };
}

function madeUp({ status, answer }: { status: number; answer: unknown }): SimulatedCall {
  expect(status, JSON.stringify(answer)).toBe(200);
  return simulatedCall.parse(answer);
}

it('[SI12] tells what happened, where the call is and what it waits for; the same request gets the same answer', async () => {
  const simulate = await start();
  const events: SimulationEvent[] = [
    { atMs: 500, press: '1' },
    { atMs: 1_000, press: '123' },
  ];
  const open = madeUp(await simulate({ events, from: '+49301', seed: 7, language: 'zh' }));
  expect(open).toMatchObject({
    flow: 'shop',
    version: flows.library.current('shop')?.version,
    path: ['one:1', 'order:next', 'look'],
    vars: { number: '123', state: 'unknown' },
    state: { phase: 'running', flow: 'shop', step: 'look', language: 'zh', ms: 1_400 },
    hears: 'silence',
    waitsFor: [
      { for: 'http', method: 'GET', service: 'crm', path: '/orders/123' },
      { for: 'time', ms: 4_000 },
    ],
    refused: [],
  });
  const more = [...events, { atMs: 2_000, http: { status: 200, body: { state: 'sent' } } }];
  const answer = await simulate({ events: more, untilMs: 60_000 });
  expect(madeUp(answer)).toMatchObject({
    path: ['one:1', 'order:next', 'look:next', 'tell:next', 'end:end'],
    state: { phase: 'ended', ended: 'completed' },
    waitsFor: [],
  });
  expect(madeUp(answer).transcript).toContainEqual({ ms: 2_000, what: 'said', text: 'says “It is sent.” (en)' });
  expect((await simulate({ events: more, untilMs: 60_000 })).text).toBe(answer.text);
});

it('[SI12] lets everything happen that a request can say', async () => {
  const simulate = await start();
  const events: SimulationEvent[] = [
    { atMs: 0, press: '2' },
    { atMs: 1_000, queue: 'noAgents' },
    { atMs: 2_000, transfer: 'busy' },
    { atMs: 3_000, say: 'Please call me.' },
    { atMs: 9_000, voicemail: 'failed' },
  ];
  expect(madeUp(await simulate({ events })).path).toEqual([
    'one:2',
    'wait:noAgents',
    'ring:busy',
    'message:error',
    'end:end',
  ]);
  const talks: SimulationEvent[] = [
    { atMs: 1_000, queue: 'answered' },
    { atMs: 0, press: '2' },
    { atMs: 4_000, talkEnds: true },
  ];
  expect(madeUp(await simulate({ events: talks })).path).toEqual(['one:2', 'wait:answeredEnd', 'end:end']);
  const fake = { queue: { support: { outcome: 'full' } } };
  expect(madeUp(await simulate({ events: [{ atMs: 0, press: '2' }], fake })).path).toEqual([
    'one:2',
    'wait:full',
    'message',
  ]);
  const gone: SimulationEvent[] = [
    { atMs: 0, press: '1123' },
    { atMs: 900, httpFails: 'unreachable' },
    { atMs: 950, hangUp: true },
  ];
  const call = madeUp(await simulate({ events: gone }));
  expect(call.path).toEqual(['one:1', 'order:next', 'look:error', 'end:end']);
  expect(call.refused).toEqual([{ event: 2, text: 'The call is over' }]);
});

it('[SI12] runs a text that is not stored, and tells its mistakes with their places', async () => {
  const simulate = await start();
  const source = SHOP.replace('It is {{ state }}', 'Now it is {{ state }}');
  const events: SimulationEvent[] = [
    { atMs: 0, press: '1123' },
    { atMs: 900, http: { status: 200, body: { state: 'lost' } } },
  ];
  const call = madeUp(await simulate({ source, events }));
  expect(call.transcript.map(({ text }) => text)).toContain('says “Now it is lost.” (en)');
  expect(flows.library.current('shop')?.version).not.toBe(call.version);
  const broken = await simulate({ source: SHOP.replace('"2": wait', '"2": wiat') });
  expect([broken.status, broken.code]).toEqual([409, 'flow.mistakes']);
  expect(broken.told).toContain('shop.yaml:7:');
  expect(await simulate({ source: PIN })).toMatchObject({ status: 409, code: 'flow.refused' });
  expect(await simulate({ source: '&a [*a' })).toMatchObject({ status: 409, code: 'flow.mistakes' });
});

it('[SI9] shows secret digits to nobody', async () => {
  const simulate = await start();
  const events: SimulationEvent[] = [
    { atMs: 0, press: '7391' },
    { atMs: 900, http: { status: 200 } },
  ];
  const { text, answer, status } = await simulate({ events: events.slice(0, 1) }, { flow: 'pin' });
  expect(text).not.toMatch(/739|391/);
  expect(madeUp({ answer, status })).toMatchObject({ secrets: ['pin'], path: ['one:next', 'check'] });
  expect((await simulate({ events }, { flow: 'pin' })).text).not.toMatch(/739|391/);
});

it('[SI13] is for supervisors and admins, and refuses in words what it cannot make up', async () => {
  const simulate = await start();
  expect(await simulate({}, { as: 'amy' })).toMatchObject({ status: 403, code: 'auth.forbidden' });
  expect(await simulate({}, { as: 'nobody' })).toMatchObject({ status: 401, code: 'auth.required' });
  expect(await simulate({}, { flow: 'shap' })).toMatchObject({ status: 404, code: 'flow.unknown' });
  expect(await simulate({ version: 'v3' })).toMatchObject({ status: 404, code: 'flow.unknown' });
  for (const body of [
    { events: [{ atMs: -1, press: '1' }] },
    { events: [{ atMs: 0, press: 'x' }] },
    { events: [{ atMs: 0, press: '1', hangUp: true }] },
    { events: Array.from({ length: 501 }, () => ({ atMs: 0, press: '1' })) },
    { untilMs: 1e12 },
    { at: 'noon' },
    { fake: { queue: { support: { outcome: 'nobody' } } } },
    { seed: -1 },
    { __proto__: null, version: ['live'] },
    [],
  ])
    expect(await simulate(body), JSON.stringify(body)).toMatchObject({ status: 400, code: 'request.invalid' });
  const fake = { http: { crm: { body: 'x'.repeat(70_000) } } };
  expect(await simulate({ fake })).toMatchObject({ status: 413, code: 'request.tooLarge' });
  expect(await simulate({ source: 'x'.repeat(600_000) })).toMatchObject({ status: 413, code: 'request.tooLarge' });
  expect(await simulate({ source: `${SHOP}# ${'x'.repeat(100_000)}\n` })).toMatchObject({ status: 200 });
});

it('[SI13] gives up calls that go round without end, in little time', async () => {
  const simulate = await start();
  const endless = `flow: shop\nversion: 1\nstart: one\nsteps:\n  one: { menu: { prompt: Press 1., timeout: 1s, retries: 9 }, choices: { "1": one }, noInput: one }\n`;
  const begun = performance.now();
  const answer = await simulate({ source: endless, untilMs: 86_400_000 });
  expect(answer).toMatchObject({ status: 409, code: 'flow.refused' });
  expect(answer.told).toContain('does not come to an end');
  expect(performance.now() - begun).toBeLessThan(5_000);
});
