import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readRange } from '../../../src/calls/address-range.ts';
import { loadNumbers } from '../../../src/calls/numbers.ts';
import { loadTrunks, trunkOf, wayOut } from '../../../src/calls/trunks.ts';
import { printFlowError } from '../../../src/flows/language/errors.ts';
import { loadQueue } from '../../../src/queues/queue-settings.ts';

const seeded = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

test('[C9] the seeded number 1000 leads to the flow welcome, from this machine and private networks', () => {
  const numbers = loadNumbers(seeded('sip-config/numbers.yaml'), 'numbers.yaml');
  expect(numbers.ok && numbers.numbers.get('1000')).toMatchObject({ flow: 'welcome', record: 'talk' });
  const trunks = loadTrunks(seeded('sip-config/trunks.yaml'), 'trunks.yaml');
  if (!trunks.ok) throw new Error('the seeded trunks are broken');
  for (const address of ['127.0.0.1', '::1', '192.168.7.9', '::ffff:10.1.2.3']) {
    expect(trunkOf(trunks.trunks, address), address).toBe('local');
  }
  for (const address of ['8.8.8.8', '172.32.0.1', '2001:db8::1', '', 'nonsense']) {
    expect(trunkOf(trunks.trunks, address), address).toBeUndefined();
  }
});

test('[C9] mistakes in numbers are told by line and column, all of them', () => {
  const loaded = loadNumbers(
    'version: 1\nnumbers:\n  1000: welcome\n  "12x": welcome\n  "2": { flwo: a }\n',
    'numbers.yaml',
  );
  const told = loaded.ok ? [] : loaded.errors.map(printFlowError);
  expect(told).toEqual([
    expect.stringMatching(/^numbers\.yaml:4:3 name\.wrong/),
    expect.stringMatching(/^numbers\.yaml:5:\d+ .*flow/),
    expect.stringMatching(/^numbers\.yaml:5:\d+ key\.unknown .*flow/),
  ]);
});

test('[C9] a number without quotes is refused: YAML would have changed it', () => {
  const loaded = loadNumbers('numbers:\n  1000: welcome\n', 'numbers.yaml');
  expect(loaded.ok ? [] : loaded.errors).toMatchObject([{ line: 2, column: 3, rule: 'digits.quoted' }]);
});

test('[V11] a number may always use the draft, and have testers of its own beside those of the file', () => {
  const loaded = loadNumbers(
    'testers: ["+4930111"]\nnumbers:\n  "1": welcome\n  "2": { flow: welcome, use: draft }\n  "3": { flow: welcome, use: live, testers: ["+4930222"] }\n',
    'numbers.yaml',
  );
  if (!loaded.ok) throw new Error('the numbers are broken');
  expect([...loaded.numbers.values()].map(({ use, testers }) => [use, [...testers]])).toEqual([
    [undefined, ['+4930111']],
    ['draft', ['+4930111']],
    [undefined, ['+4930111', '+4930222']],
  ]);
  const broken = loadNumbers('testers: [+4930111, "amy"]\nnumbers: { "1": { flow: a, use: darft } }\n', 'numbers.yaml');
  expect(broken.ok ? [] : broken.errors.map(({ line, column }) => [line, column])).toEqual([
    [1, 11],
    [1, 21],
    [2, 33],
  ]);
});

test('[C9] a trunk without a readable address is told by its place', () => {
  const loaded = loadTrunks('trunks:\n  carrier:\n    from: [203.0.113.0/28, 300.1.1.1]\n', 'trunks.yaml');
  expect(loaded.ok ? [] : loaded.errors).toMatchObject([{ line: 3, rule: 'value.wrong' }]);
});

test('[C42] a trunk says which numbers may be dialled by it, and the one that names a number most exactly is taken', () => {
  const loaded = loadTrunks(
    `trunks:
  wide: { to: "sip.example.com", dial: ["+*"], transport: tcp }
  home: { to: "[2001:db8::1]:5062", dial: ["+49*", "110", "*21#"], callerId: "+4930111", auth: { user: acme, password: "{{ secret.HOME }}" }, maxCalls: 2 }
  inside: { from: [10.0.0.0/8] }
`,
    'trunks.yaml',
  );
  if (!loaded.ok) throw new Error('the trunks are broken');
  const way = (number: string) => wayOut(loaded.trunks, number)?.trunk;
  expect(['+4930123', '+43123', '110', '*21#', '1101', '030123', '+49', '+4930*31', ''].map(way)).toEqual([
    ...['home', 'wide', 'home', 'home'],
    ...[undefined, undefined, 'wide', undefined, undefined],
  ]);
  expect(loaded.trunks[0]?.out).toEqual({ host: 'sip.example.com', transport: 'tcp', dial: ['+*'], maxCalls: 30 });
  expect(loaded.trunks[1]?.out).toEqual({
    ...{ host: '[2001:db8::1]', port: 5062, transport: 'udp', dial: ['+49*', '110', '*21#'] },
    ...{ callerId: '+4930111', auth: { user: 'acme', secret: 'HOME' }, maxCalls: 2 },
  });
  expect(loaded.trunks[2]?.out).toBeUndefined();
});

test.each([
  ['nothing at all', 'a: {}', 1, 11],
  ['a way without numbers', 'a: { to: sip.example.com }', 1, 14],
  ['numbers without a way', 'a: { from: [::1], dial: ["110"] }', 1, 14],
  ['a caller id without a way', 'a: { from: [::1], callerId: "+4930111" }', 1, 39],
  ['every number there is', 'a: { to: h, dial: ["*"] }', 1, 30],
  ['a pattern that is none', 'a: { to: h, dial: ["110", "4x*"] }', 1, 37],
  ['a host that is none', 'a: { to: "sip:h", dial: ["110"] }', 1, 20],
  ['a port that is none', 'a: { to: "h:70000", dial: ["110"] }', 1, 20],
  ['a password in the file', 'a: { to: h, dial: ["110"], auth: { user: u, password: secret } }', 1, 65],
  ['a user of two lines', 'a: { to: h, dial: ["110"], auth: { user: "u\\nv", password: "{{ secret.A }}" } }', 1, 52],
])('[C42] [C9] a trunk with %s is told by its place', (_what, text, line, column) => {
  const loaded = loadTrunks(`trunks: { ${text} }`, 'trunks.yaml');
  expect(loaded.ok ? [] : loaded.errors.map((error) => [error.line, error.column])).toEqual([[line, column]]);
});

test('[Q30] the seeded queue says what its comments say', () => {
  const loaded = loadQueue(seeded('ivr-flows/queues/support.yaml'), 'support.yaml');
  expect(loaded).toEqual({
    ok: true,
    settings: {
      queue: 'support',
      agents: 'all',
      ringMs: 20_000,
      wrapUpMs: 30_000,
      maxWaitMs: 1_800_000,
      maxWaiting: 100,
      announceEveryMs: 30_000,
      announcePosition: true,
      missesAllowed: 2,
      callback: { attempts: 3, everyMs: 900_000, ringMs: 30_000, withinMs: 86_400_000 },
    },
  });
  const bare = loadQueue('queue: support\nversion: 1\n', 'support.yaml');
  expect(bare).toEqual(loaded);
});

test('[Q30] times out of their range and unknown keys are told by their place', () => {
  const loaded = loadQueue('queue: support\nversion: 1\nringTime: 1s\nrintTime: 5s\n', 'support.yaml');
  expect(loaded.ok ? [] : loaded.errors).toMatchObject([{ line: 4, rule: 'key.unknown' }]);
  const range = loadQueue('queue: support\nversion: 1\nringTime: 1s\n', 'support.yaml');
  expect(range.ok ? [] : range.errors).toMatchObject([{ line: 3, column: 11, rule: 'value.wrong' }]);
});

test('[C2] ranges of both families hold what they say and nothing else', () => {
  const has = (range: string, address: string) => readRange(range)?.has(address);
  expect(has('10.0.0.0/8', '10.255.255.255')).toBe(true);
  expect(has('10.0.0.0/8', '11.0.0.0')).toBe(false);
  expect(has('203.0.113.7', '203.0.113.7')).toBe(true);
  expect(has('203.0.113.7', '203.0.113.8')).toBe(false);
  expect(has('0.0.0.0/0', '8.8.8.8')).toBe(true);
  expect(has('0.0.0.0/0', '::1')).toBe(false);
  expect(has('fd00::/8', 'fdab::1')).toBe(true);
  expect(has('2001:db8::/33', '2001:db8:8000::1')).toBe(false);
  for (const wrong of ['', '10.0.0.0/33', '1.2.3', ':::1', '1::2::3', 'x', '10.0.0.0/', '::1/129', '1:2:3:4:5:6:7']) {
    expect(readRange(wrong), wrong).toBeUndefined();
  }
});
