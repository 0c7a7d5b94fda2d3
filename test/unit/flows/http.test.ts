import { describe, expect, it } from 'vitest';
import { loadFlow } from '../../../src/flows/language/load.ts';
import type { Json } from '../../../src/flows/machine/types.ts';
import { loadServices } from '../../../src/flows/services/services.ts';
import { compileJsonPath, ofType, valueAtPath } from '../../../src/flows/steps/http/json-path.ts';
import { FlowCall, flowWith } from '../../support/flow-call.ts';

const VARS = 'vars: { tier: standard, count: 0, rate: 0.5, ok: false }';

function asking(http: string, rest = 'next: end'): FlowCall {
  return new FlowCall(flowWith(`  one: { http: ${http}, ${rest} }`, VARS));
}

/** The rules that a flow with this one step breaks. */
function rulesOf(step: string): string[] {
  const loaded = loadFlow(
    `flow: t\nversion: 1\nstart: one\n${VARS}\nsteps:\n  one: ${step}\n  end: { hangup: {} }\n`,
    't.yaml',
  );
  return loaded.ok ? [] : loaded.errors.map(({ rule }) => rule);
}

function answered(call: FlowCall, status: number, body: Json): FlowCall {
  call.send({ type: 'httpAnswered', httpId: call.last('http').httpId, status, body });
  return call;
}

describe('[F64] asking a service', () => {
  it('encodes what expressions put into a path, and sends query, headers and body', () => {
    const call = asking(
      '{ post: "crm/orders/{{ caller.name }}/x", query: { from: "{{ caller.number }}", n: 2 }, headers: { X-Called: "{{ call.called }}" }, body: { a: ["{{ count }}", "is {{ count }}", true, null] } }',
    );
    const other = new FlowCall(call.flow, { caller: { number: '+4930', name: 'a/b?c d' } });
    expect(other.last('http')).toEqual({
      type: 'http',
      httpId: 'http-1',
      service: 'crm',
      method: 'POST',
      path: '/orders/a%2Fb%3Fc%20d/x',
      query: [
        ['from', '+4930'],
        ['n', '2'],
      ],
      headers: { 'x-called': '1000' },
      body: { a: [0, 'is 0', true, null] },
      timeoutMs: 3_000,
      retries: 0,
    });
  });

  it.each(['', '.', '..', '\ud800'])('a part of the path that is %j fails the step', (name) => {
    const call = asking('{ get: "crm/{{ caller.name }}" }');
    expect(new FlowCall(call.flow, { caller: { number: '', name } }).path).toEqual(['one:error']);
  });

  it('a header cannot break out of its line', () => {
    const call = asking('{ get: crm/x, headers: { a: "{{ caller.name }}" } }');
    const evil = new FlowCall(call.flow, { caller: { number: '', name: 'x\r\nhost: evil' } });
    expect(evil.path).toEqual(['one:error']);
  });

  it.each(['a: "x\\ny"', 'a: "x {{ call.called }} \\r"', 'a: "\\ud800"', 'X-Own: a, x-own: b', 'expect: 100-continue'])(
    'a header such as %s is told when the flow is read',
    (header) => expect(rulesOf(`{ http: { get: crm/x, headers: { ${header} } }, next: end }`)).toEqual(['value.wrong']),
  );

  it('half a character in a path is told when the flow is read', () => {
    expect(rulesOf('{ http: { get: "crm/\\ud800" }, next: end }')).toEqual(['value.wrong']);
  });

  it('sends secret digits in the body only, and says that they are in it', () => {
    const steps = `  one: { collect: { prompt: Pin., digits: 4, into: pin, secure: true }, next: two, noInput: end }
  two: { http: { post: bank/balance, body: { pin: { secret: pin } } }, next: end }`;
    const call = new FlowCall(flowWith(steps)).press('1234');
    expect(call.last('http')).toMatchObject({ body: { pin: '1234' }, secret: true });
  });

  it('plays a filler over and over after a second, until the answer', () => {
    const call = asking('{ get: crm/x, filler: "One moment." }');
    expect(call.last('setTimer').ms).toBe(1_000);
    call.silence();
    expect(call.last('play')).toMatchObject({ loop: true, items: [{ text: 'One moment.' }] });
    call.press('7');
    const effects = answered(call, 200, null).effects;
    expect(effects.filter(({ type }) => type === 'stopPlay')).toHaveLength(1);
    expect(call.path).toEqual(['one:next', 'end:end']);
  });

  it('an answer before that stops the clock, and a hang-up the question', () => {
    const call = answered(asking('{ get: crm/x, filler: "One moment." }'), 200, null);
    expect(call.effects.map(({ type }) => type)).toContain('clearTimer');
    const gone = asking('{ get: crm/x, filler: "One moment." }');
    expect(gone.hangUp().map(({ type }) => type)).toEqual(['cancelHttp', 'clearTimer', 'stepLeft', 'finished']);
  });
});

describe('[F65] taking values out of the answer', () => {
  const save =
    'save: { tier: customer.tier, count: orders.length, rate: "orders[1].rate", ok: { at: ok, default: true } }, next: end';
  const good = { customer: { tier: 'gold' }, orders: [{ rate: 1 }, { rate: 2.5 }] };

  it('by keys, indexes and lengths, with defaults', () => {
    const call = answered(asking('{ get: crm/x }', save), 200, good);
    expect(call.state.vars).toEqual({ tier: 'gold', count: 2, rate: 2.5, ok: true });
  });

  it.each([
    ['nothing', null],
    ['another type', { ...good, customer: { tier: 3 } }],
    ['a key of every object', { ...good, customer: 'x' }],
    ['a fraction for a whole number', { ...good, orders: { length: 1.5 } }],
  ] as const)('%s fails the step and saves nothing', (_, body) => {
    const call = answered(asking('{ get: crm/x }', save), 200, body as Json);
    expect(call.path).toEqual(['one:error']);
    expect(call.state.vars).toMatchObject({ tier: 'standard', count: 0 });
  });

  it('keeps a state that survives JSON, with texts that are whole', () => {
    const call = asking('{ get: crm/x }', 'save: { tier: t, count: n, rate: n }, next: end');
    const long = `${'x'.repeat(4_095)}😀`;
    const kept = answered(call, 200, { t: long, n: -0 }).state.vars;
    expect(kept).toEqual({ tier: 'x'.repeat(4_095), count: 0, rate: 0, ok: false });
    const half = answered(asking('{ get: crm/x }', 'save: { tier: t }, next: end'), 200, { t: 'a\ud800' });
    expect(half.state.vars['tier']).toBe('a\ufffd');
  });

  it('finds only what the JSON itself holds', () => {
    for (const way of ['constructor', '__proto__.x', 'toString.length', 'a.constructor.name']) {
      const path = compileJsonPath(way);
      if (typeof path === 'string') throw new Error(path);
      expect(ofType(valueAtPath({ a: {} }, path), 'string')).toBeUndefined();
    }
    for (const wrong of ['', 'a..b', 'a[', 'a[x]', 'a b', `${'a.'.repeat(20)}a`, '[9999999]'])
      expect(typeof compileJsonPath(wrong)).toBe('string');
    expect(compileJsonPath('a["x.y"][3].length')).toEqual({ parts: ['a', 'x.y', 3], length: true });
  });
});

describe('[F66] what the answers lead to', () => {
  const exits = 'next: end, onNotFound: nf, onRefused: no';
  const more = '\n  nf: { hangup: {} }\n  no: { hangup: {} }\n  bad: { hangup: {} }';
  const led = (rest: string, status: number) =>
    answered(new FlowCall(flowWith(`  one: { http: { get: crm/x }, ${rest} }${more}`, VARS)), status, null).path;

  it('2xx, 404, other 4xx, and all else', () => {
    expect(led(exits, 204)).toEqual(['one:next', 'end:end']);
    expect(led(exits, 404)).toEqual(['one:notFound', 'nf:end']);
    expect(led(exits, 422)).toEqual(['one:refused', 'no:end']);
    for (const status of [302, 500, 503])
      expect(led(`${exits}, onError: bad`, status)).toEqual(['one:error', 'bad:end']);
    for (const status of [404, 400]) expect(led('next: end, onError: bad', status)).toEqual(['one:error', 'bad:end']);
  });

  it('a failure of the network fails the step', () => {
    const call = asking('{ get: crm/x }');
    call.send({ type: 'effectFailed', id: 'http-1', code: 'http.timeout' });
    expect(call.path).toEqual(['one:error']);
  });
});

describe('[F64] services.yaml', () => {
  const load = (text: string) => loadServices(text, 'services.yaml');

  it('binds names to addresses, with secrets from the environment', () => {
    const loaded = load(
      'version: 1\nservices:\n  crm: { url: "https://crm.example/api/", headers: { Authorization: "Bearer {{ secret.CRM_TOKEN }}" } }\n',
    );
    if (!loaded.ok) throw new Error('refused');
    const crm = loaded.services.get('crm');
    expect(crm).toMatchObject({ url: 'https://crm.example/api', secrets: ['CRM_TOKEN'] });
    expect(crm?.headers.get('authorization')).toEqual(['Bearer ', { secret: 'CRM_TOKEN' }]);
  });

  it.each([
    ['url: "ftp://x"', 3],
    ['url: "https://a:b@x"', 3],
    ['url: "https://x/?q=1"', 3],
    ['url: nothing', 3],
    ['url: "https://x/{{ secret.KEY }}"', 3],
    ['url: "https://x", headers: { X-Key: a, x-key: b }', 3],
    ['url: "https://x", headers: { expect: 100-continue }', 3],
    ['url: "https://x", headers: { a: "{{ secret.small }}" }', 3],
    ['url: "https://x", headers: { a: "b\\nc" }', 3],
    ['url: "https://x", headers: { Host: y }', 3],
    ['url: "https://x", headers: { "a b": y }', 3],
    ['url: "https://x", headers: { a: "{{ caller.number }}" }', 3],
    ['url: "https://x", heders: { a: y }', 3],
  ])('refuses %s by line', (written, line) => {
    const loaded = load(`version: 1\nservices:\n  crm: { ${written} }\n`);
    expect(loaded.ok ? [] : loaded.errors.map((error) => error.line)).toEqual([line]);
  });

  it('an address in a flow leads straight on', () => {
    for (const address of ['crm/../x', 'crm//x', 'crm/x?y=1', 'crm/x#y', 'CRM/x', 'https://x/y']) {
      const text = `flow: t\nversion: 1\nstart: one\nsteps:\n  one: { http: { get: "${address}" }, next: end }\n  end: { hangup: {} }\n`;
      const loaded = loadFlow(text, 't.yaml');
      expect(loaded.ok ? '' : loaded.errors[0]?.rule, address).toBe('value.wrong');
    }
  });
});
