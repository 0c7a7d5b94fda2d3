import { describe, expect, it } from 'vitest';
import { momentOf } from '../../../src/flows/calendars/moment.ts';
import { annotated, coverageTable, lcovOf } from '../../../src/flows/cover/print.ts';
import { diffOf } from '../../../src/flows/test/findings.ts';
import { loadTests } from '../../../src/flows/test/load.ts';
import { junitOf, printFailures } from '../../../src/flows/test/report.ts';
import { type FolderResult, runFolder } from '../../../src/flows/test/run-folder.ts';

const HEAD = 'flow: shop\nversion: 1\nvars: { tier: none, tries: 0 }\nstart: one\n';
const END = '  end: { hangup: {} }\n';

function run(steps: string, cases: string, head = HEAD): FolderResult {
  const services = { file: 'services.yaml', text: 'version: 1\nservices:\n  crm: { url: "https://crm.example" }\n' };
  return runFolder({
    flows: [{ file: 'shop.yaml', text: `${head}steps:\n${steps}\n${END}` }],
    tests: [{ file: 'shop.test.yaml', text: `flow: shop\ncases:\n${cases}` }],
    calendars: [],
    prompts: [],
    queues: undefined,
    services,
  });
}

function failures(result: FolderResult): string[] {
  expect(result.errors).toEqual([]);
  return result.files.flatMap(({ cases }) =>
    cases.flatMap((one) => one.failures.map(({ place, text }) => `${place.line} ${text}`)),
  );
}

const MENU = '  one: { menu: { prompt: Press 1., timeout: 5s, retries: 0 }, choices: { "1": end }, noInput: end }';
const LOOKUP = `  one:
    http: { get: "crm/customers/{{ caller.number }}", timeout: 1s, retries: 1 }
    save: { tier: tier }
    next: end
    onNotFound: end
    onError: end`;

describe('a case', () => {
  it('[T12] runs until what is expected happens, and tells what did not', () => {
    const cases = `  - name: good
    script: [expect: { said: "press  1" }, press: "1"]
    then: { path: [one:1, end], ended: completed }
  - name: bad
    script:
      - expect: { said: Press 1 }
      - press: "2"
      - expect: { queued: support, within: 10s }
`;
    const result = run(MENU, cases);
    expect(failures(result)).toEqual(['10 Expected that it waits in support, and the call has ended']);
    expect(printFailures(result.files[0] as never)).toContain('shop.test.yaml:10:9');
    expect(printFailures(result.files[0] as never)).toContain('0:00.0  caller presses 2');
  });

  it('[T13] compares the end of the call', () => {
    const cases = `  - name: all wrong
    script: [press: "1"]
    then: { path: [one:2, end], ended: error, said: Other, notSaid: Press, vars: { tier: gold }, language: zh, atMost: 1ms, reached: { step: two, within: 1s } }
`;
    const result = run(MENU, cases);
    expect(failures(result)).toEqual([
      '5 Another path than expected',
      '5 Other values: tier',
      '5 The call ended with completed, not with error',
      '5 “Other” was not said',
      '5 “Press” was said: “Press 1.” (en)',
      '5 The language of the call is en, not zh',
      '5 The caller never got to two',
    ]);
    expect(result.files[0]?.cases[0]?.failures[0]?.diff).toEqual(['- one:2', '+ one:1', '  end']);
  });

  it('[T5] tries requests again, each with the next answer, and within their time', () => {
    const cases = `  - name: second try
    caller: { from: "+49 1" }
    fake: { http: { "crm/customers/%2B49%201": [{ status: 503 }, { body: { tier: gold } }] } }
    then: { path: [one:next, end], vars: { tier: gold }, asked: ["GET crm/customers/%2B49%201"] }
  - name: not found
    fake: { http: { "GET crm": { status: 404 } } }
    then: { path: [one:notFound, end] }
  - name: too slow, twice
    fake: { http: { crm: { after: 2s } } }
    then: { path: [one:error, end], atMost: 3s }
  - name: nobody there
    then: { path: [one:error, end] }
`;
    expect(failures(run(LOOKUP, cases))).toEqual([]);
  });

  it('[T11] agents and callers act when the script says so', () => {
    const queue =
      '  one: { queue: { name: support, maxWait: 1m }, onTimeout: end, onAnsweredEnd: two }\n  two: { say: Bye., next: end }';
    const cases = `  - name: agent
    fake: { queue: { support: { outcome: timeout } } }
    script:
      - silence: 10s
      - agent: answers
      - expect: { talks: true }
      - silence: 5s
      - agent: hangsUp
    then: { path: ["one:answeredEnd", two, end] }
  - name: nobody to answer
    fake: { queue: { support: { outcome: noAgents } } }
    script: [expect: { ended: completed }, agent: answers]
  - name: caller leaves
    script: [silence: 1s, hangUp: true]
    then: { ended: callerLeft }
  - name: later than the longest wait
    fake: { queue: { support: { answerAfter: 2m } } }
    then: { path: ["one:timeout", end] }
`;
    expect(failures(run(queue, cases))).toEqual(['14 The call is over already']);
  });

  it('[T15] secret digits are in no transcript', () => {
    const pin = '  one: { collect: { prompt: Pin., digits: 4, into: pin, secure: true }, next: end, noInput: end }';
    const result = run(pin, '  - { name: a, script: [{ press: "1234" }], then: { path: [one:next, end] } }\n');
    expect(failures(result)).toEqual([]);
    const transcript = result.files[0]?.cases[0]?.transcript.join('\n') ?? '';
    expect(transcript).toContain('caller presses •');
    expect(transcript).not.toMatch(/1234|presses \d/);
  });

  it('[T2] is the same to the byte each time', () => {
    const once = () =>
      JSON.stringify(run(MENU, '  - { name: a, script: [{ silence: 1s }, { press: "1" }] }\n').files[0]?.cases);
    expect(once()).toBe(once());
  });

  it('[T10] takes params and defaults', () => {
    const head = 'flow: shop\nversion: 1\nparams: { tries: int }\nresults: { n: int }\nstart: one\n';
    const steps = '  one: { return: { n: "{{ tries + 1 }}" } }';
    const text = `flow: shop\ndefaults: { params: { tries: 4 }, at: 2026-03-29T10:00 Europe/Berlin }\ncases:\n  - { name: a, then: { vars: { tries: 4 } } }\n`;
    const loaded = loadTests(text, 'x.test.yaml');
    expect(loaded.ok && loaded.tests.cases[0]?.init.at).toBe(Date.UTC(2026, 2, 29, 8));
    expect(failures(run(steps, '  - { name: a, params: { tries: 4 }, then: { vars: { tries: 4 } } }\n', head))).toEqual(
      [],
    );
  });
});

describe('[T16] mistakes of a test file', () => {
  it.each([
    ['flow: shop\ncases: []\n', '2:8 value.wrong'],
    ['flow: shop\ncases:\n  - { nam: x }\n', '3:5 key.missing|3:7 key.unknown'],
    ['flow: shop\ncases:\n  - { name: x, at: yesterday }\n', '3:20 test.time'],
    ['flow: shop\ncases:\n  - { name: x, script: [{ press: "1", silence: 2s }] }\n', '3:25 value.wrong'],
    ['flow: shop\ncases:\n  - { name: x, script: [{ press: "x" }] }\n', '3:34 value.wrong'],
    ['flow: shop\ncases:\n  - { name: x }\n  - { name: x }\n', '4:13 key.duplicate'],
    ['flow: shop\ncases:\n  - { name: x, script: [{ expect: { within: 2s } }] }\n', '3:25 value.wrong'],
  ])('%j', (text, expected) => {
    const loaded = loadTests(text, 'x.test.yaml');
    const found = loaded.ok ? [] : loaded.errors.map(({ line, column, rule }) => `${line}:${column} ${rule}`);
    expect(found.join('|')).toBe(expected);
  });

  it('a flow that is not there is told, one with mistakes is told by those alone', () => {
    const folder = { calendars: [], prompts: [], queues: undefined };
    const tests = [{ file: 'a.test.yaml', text: 'flow: shpo\ncases: [{ name: x }]\n' }];
    const good = { file: 'shop.yaml', text: `${HEAD}steps:\n  one: { hangup: {} }\n` };
    expect(runFolder({ ...folder, flows: [good], tests }).errors).toMatchObject([
      { file: 'a.test.yaml', line: 1, column: 7, rule: 'test.flow', hint: 'did you mean shop?' },
    ]);
    const bad = { file: 'shop.yaml', text: `${HEAD}steps:\n  one: { hangup: 1 }\n` };
    const own = [{ file: 'a.test.yaml', text: 'flow: shop\ncases: [{ name: x }]\n' }];
    expect(runFolder({ ...folder, flows: [bad], tests: own }).errors.map(({ file }) => file)).toEqual(['shop.yaml']);
  });
});

describe('[T10] moments', () => {
  it.each([
    ['2026-03-29T01:59 Europe/Berlin', '2026-03-29T00:59:00Z'],
    ['2026-03-29T03:00 Europe/Berlin', '2026-03-29T01:00:00Z'],
    ['2026-10-25T12:00 Europe/Berlin', '2026-10-25T11:00:00Z'],
    ['2026-01-01 00:00:30 Asia/Shanghai', '2025-12-31T16:00:30Z'],
    ['2026-06-01T12:00Z', '2026-06-01T12:00:00Z'],
  ])('%s', (text, utc) => {
    expect(momentOf(text)).toBe(Date.parse(utc));
  });

  it.each(['', '2026-02-30T10:00Z', '2026-13-01T10:00Z', '2026-01-01T25:00Z', '2026-01-01T10:00 Mars/Base', 'now'])(
    '%j is none',
    (text) => {
      expect(momentOf(text)).toBeUndefined();
    },
  );
});

describe('coverage', () => {
  const steps = `  one: { menu: { prompt: Press 1., retries: 0 }, choices: { "1": end, "2": end }, noInput: two }
  two: { say: Nobody., next: end, onError: end }`;
  const cases =
    '  - { name: a, script: [{ press: "1" }] }\n  - { name: "b <&>", script: [{ hangUp: true }], then: { ended: error } }\n';
  const result = run(steps, cases, `${HEAD}on: { error: end, hangup: end }\n`);
  const [flow] = result.coverage.report();

  it('[T20] counts steps, written exits and handlers', () => {
    const taken = flow?.items.filter(({ hits }) => hits > 0).map(({ step, exit }) => `${step}:${exit ?? ''}`);
    expect(taken).toEqual([':on.hangup', 'one:', 'one:1', 'end:']);
    expect(coverageTable(result.coverage.report())).toContain('shop  2/3 66.6 %  2/7 28.5 %');
    expect(coverageTable(result.coverage.report())).toContain('shop.yaml:7  one:2');
  });

  it('[T22] as lcov, in the YAML itself, and as JUnit', () => {
    expect(lcovOf(result.coverage.report(), 'ivr-flows')).toContain('SF:ivr-flows/shop.yaml\n');
    expect(lcovOf(result.coverage.report(), 'x')).toContain('BRF:7\nBRH:2\n');
    if (!flow) throw new Error('no flow');
    expect(annotated('a\nb\nc\nd\ne\nf\ng\nh\n', flow).split('\n').slice(4)).toEqual([
      '     1✗ │ e',
      '        │ f',
      '     2✗ │ g',
      '      ✗ │ h',
    ]);
    const xml = junitOf(result.files);
    expect(xml).toContain('<testsuite name="shop.test.yaml" tests="2" failures="1"');
    expect(xml).toContain('name="b &lt;&amp;&gt;"');
  });

  it('a diff keeps what both have', () => {
    expect(diffOf(['a', 'b', 'c'], ['a', 'x', 'c', 'd'])).toEqual(['  a', '- b', '+ x', '  c', '+ d']);
  });
});
