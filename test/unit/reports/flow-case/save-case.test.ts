import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../../../src/flows/language/flow.ts';
import { VirtualCall } from '../../../../src/flows/run/virtual-call.ts';
import { loadTests } from '../../../../src/flows/test/load.ts';
import { runCase, Script } from '../../../../src/flows/test/run-case.ts';
import type { FakesSource, Move } from '../../../../src/flows/test/shape.ts';
import { withCase } from '../../../../src/flows/test/write-case.ts';
import { saveCase } from '../../../../src/reports/flow-case/save-case.ts';
import type { CallFact } from '../../../../src/reports/journal.ts';
import { factsOfCall, type RealCaller } from '../../../support/facts-of-call.ts';
import { flowOf } from '../../../support/flow-call.ts';

const REAL: RealCaller = { number: '+491729876543', name: 'Grete Muster', called: '+4930100' };

/** A call as a real one went, told by its facts. */
function realCall(
  flow: Flow,
  script: Move[],
  {
    fake = {},
    caller = REAL,
    slower = 1,
    seed = 7,
  }: { fake?: FakesSource; caller?: RealCaller; slower?: number; seed?: number } = {},
): CallFact[] {
  const text = JSON.stringify({ flow: flow.name, cases: [{ name: 'real', at: '2026-03-02T10:00Z', seed, fake }] });
  const loaded = loadTests(text, 'real');
  const [one] = loaded.ok ? loaded.tests.cases : [];
  if (!one) throw new Error(JSON.stringify(loaded));
  const init = { ...one.init, caller: { number: caller.number, name: caller.name ?? '' } };
  const call = new VirtualCall(flow, init, one.fakes);
  const play = new Script(call);
  for (const move of script) {
    const failure = play.play(move);
    if (failure) throw new Error(`the real call went otherwise: ${failure.text}`);
  }
  call.pass(24 * 3_600_000);
  return factsOfCall(call, one.init.at, caller, slower);
}

/** The saved case passes as it stands in its file, and nothing of the caller is in it. */
function roundTrip(yaml: string, facts: CallFact[], others: string[] = [], secrets: string[] = []): string {
  const flow = flowOf(yaml, [], others);
  const saved = saveCase(facts, flow, [yaml, ...others]);
  const text = withCase(undefined, saved.flow, saved.source, `Made up: ${saved.madeUp.join(', ')}.`);
  const loaded = loadTests(text, 'saved.test.yaml');
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  for (const one of loaded.tests.cases) expect(runCase(flow, one).failures).toEqual([]);
  for (const secret of ['9876543', 'Grete', 'Muster', ...secrets]) expect(text).not.toContain(secret);
  return text;
}

const head = (start: string, more = '') => `flow: a\nversion: 1\nstart: ${start}\n${more}steps:\n`;
const END = '  end: { hangup: {} }\n';
const MENU = `  choose:
    menu: { prompt: Press one or nine, timeout: 6s, retries: 1 }
    choices: { "1": end, "9": bye }
    noInput: quiet
    noMatch: wrong
  bye: { say: Good-bye, next: end }
  quiet: { say: I did not hear you, next: end }
  wrong: { say: That leads nowhere, next: end }
${END}`;

describe('[V40] a real call as a test', () => {
  it('keeps the keys of menus, the times, the way and the end', () => {
    const yaml = `${head('hello')}  hello: { say: Welcome, next: choose }\n${MENU}`;
    const facts = realCall(flowOf(yaml), [{ expect: { step: 'choose' } }, { silence: '3s' }, { press: '9' }]);
    const text = roundTrip(yaml, facts);
    expect(text).toContain('at: 2026-03-02T10:00:00Z');
    expect(text).toContain('called: "+4930100"');
    expect(text).toContain('- { expect: { step: choose } }\n      - { silence: 3s }\n      - { press: "9" }');
    expect(text).toContain('path: [ hello:next, choose:9, bye:next, end:end ]');
    expect(text).toContain('ended: completed');
    expect(text).toContain("# Made up: the caller's number, the caller's name.");
  });

  it.each([
    ['silence', [] as Move[], 'choose:noInput'],
    ['wrong keys', [{ silence: '5s' }, { press: '5' }, { silence: '5s' }, { press: '7' }] as Move[], 'choose:noMatch'],
    ['hanging up', [{ silence: '1s' }, { hangUp: true }] as Move[], 'choose:callerLeft'],
    ['a key ahead', [{ press: '1' }] as Move[], 'choose:1'],
  ])('repeats %s, when prompts last longer in the real world too', (_, script, visit) => {
    for (const slower of [0.7, 1, 1.4]) {
      const yaml = head('choose') + MENU;
      const text = roundTrip(yaml, realCall(flowOf(yaml), script, { slower }));
      expect(text).toContain(visit);
    }
  });

  const COLLECT = (valid: string) => `${head('ask')}  ask:
    collect: { prompt: Your number, min: 4, max: 8, into: number, ${valid} retries: 0 }
    next: which
    noInput: end
  which: { if: [{ when: "number.startsWith('49')", then: ours }], else: theirs }
  ours: { say: One of ours, next: end }
  theirs: { say: Not ours, next: end }
${END}`;

  it('replaces digits by other ones of the same length that lead the same way', () => {
    for (const [digits, step] of [
      ['49876', 'ours'],
      ['1234567', 'theirs'],
    ] as const) {
      const yaml = COLLECT('valid: "[0-9]{4,8}",');
      const facts = realCall(flowOf(yaml), [{ expect: { step: 'ask' } }, { silence: '2s' }, { press: `${digits}#` }]);
      const text = roundTrip(yaml, facts, [], [digits]);
      expect(text).toContain(`${step}:next`);
      expect(/press: "(\d+)"/.exec(text)?.[1]).toHaveLength(digits.length);
    }
  });

  it('makes up secret digits, of which no fact tells', () => {
    const yaml = `${head('pin')}  pin:
    collect: { prompt: PIN, digits: 4, into: pin, secure: true, valid: "[1-3]{4}" }
    next: end
    noInput: end
${END}`;
    const facts = realCall(flowOf(yaml), [{ press: '3213' }]);
    expect(JSON.stringify(facts)).not.toContain('3213');
    expect(roundTrip(yaml, facts)).toMatch(/press: "[1-3]{4}"/);
  });

  const ASKS = `${head('look', 'vars: { tier: "", orders: 0 }\n')}  look:
    http: { get: crm/customer, query: { number: "{{ caller.number }}" }, retries: 1 }
    save: { tier: customer.tier, orders: orders.length }
    next: which
    onNotFound: unknown
    onError: sorry
  which: { switch: tier, cases: { gold: many, silver: end }, else: end }
  many: { if: [{ when: orders > 3, then: bye }], else: end }
  bye: { say: Good-bye, next: end }
  unknown: { say: We do not know you, next: end }
  sorry: { say: Sorry, next: end }
${END}`;

  it.each([
    ['answered', { status: 200, body: { customer: { tier: 'gold' }, orders: [1, 2, 3, 4] } }, 'bye:next'],
    ['answered otherwise', { status: 200, body: { customer: { tier: 'silver' }, orders: [] } }, 'which:silver'],
    ['not found', { status: 404 }, 'unknown:next'],
    ['broken', { status: 500 }, 'sorry:next'],
    ['late', { status: 200, after: '9s' }, 'sorry:next'],
    ['incomplete', { status: 200, body: {} }, 'sorry:next'],
  ] as const)('makes up what a service said that was %s', (_, answer, visit) => {
    const facts = realCall(flowOf(ASKS), [], { fake: { http: { crm: answer } } as FakesSource });
    const text = roundTrip(ASKS, facts);
    expect(text).toContain(visit);
    expect(text).toContain('GET crm');
    expect(text).toContain('what services answered');
  });

  const QUEUES = `${head('line')}  line:
    queue: { name: support, maxWait: 5m, callbackKey: "*" }
    onAnsweredEnd: again
    onTimeout: nobody
    onFull: nobody
    onCallback: end
  nobody: { say: Nobody is there, next: line2 }
  line2: { queue: support, onTimeout: end, onAnsweredEnd: end }
  again: { say: Anything else, next: end }
${END}`;
  const support = (fake: NonNullable<FakesSource['queue']>[string]): { fake: FakesSource } => {
    return { fake: { queue: { support: fake } } };
  };

  it.each<[string, Move[], { fake: FakesSource }, string]>([
    ['was answered', [], support({ answerAfter: '20s', talk: '3m' }), 'line:answeredEnd'],
    [
      'left while talking',
      [{ expect: { talks: true } }, { silence: '40s' }, { hangUp: true }],
      support({}),
      'line:callerLeft',
    ],
    ['left while waiting', [{ silence: '4m' }, { hangUp: true }], support({ outcome: 'timeout' }), 'line:callerLeft'],
    ['waited in vain', [], support({ outcome: 'timeout' }), 'line2:timeout'],
    ['found the line full', [], support({ outcome: 'full' }), 'line2:full'],
    ['asked for a call back', [{ silence: '30s' }, { press: '*' }], support({ outcome: 'timeout' }), 'line:callback'],
    [
      'was answered the second time',
      [
        { expect: { step: 'line2', within: '10m' } },
        { silence: '10s' },
        { agent: 'answers' },
        { silence: '20s' },
        { agent: 'hangsUp' },
      ],
      support({ outcome: 'timeout' }),
      'line2:answeredEnd',
    ],
  ])('repeats a queue in which the caller %s', (_, script, options, visit) => {
    const flow = flowOf(QUEUES);
    for (const slower of [1, 1.05])
      expect(roundTrip(QUEUES, realCall(flow, script, { ...options, slower }))).toContain(visit);
  });

  it('repeats messages, transfers, chance and flows inside of flows', () => {
    const inner = `flow: b\nversion: 1\nstart: choose\nresults: { key: string }\nsteps:
  choose: { menu: { prompt: Which }, choices: { "1": one, "2": two }, noInput: one }
  one: { return: { key: one } }
  two: { return: { key: two } }\n`;
    const yaml = `${head('choose', 'vars: { key: "" }\n')}  choose: { call: b, save: { key: key }, next: share }
  share: { distribute: [{ percent: 5, then: ring }, { percent: 95, then: message }] }
  ring: { transfer: { number: "+4930200" }, onNoAnswer: message, onEnded: end }
  message: { voicemail: { box: support, prompt: Speak }, next: which }
  which: { switch: key, cases: { two: choose2 }, else: end }
  choose2: { call: b, save: { key: key }, next: end }
${END}`;
    const flow = flowOf(yaml, [], [inner]);
    const rare = Array.from({ length: 500 }, (_, seed) => seed).find((seed) => {
      const facts = realCall(flow, [], { seed });
      return facts.some((fact) => fact.type === 'stepLeft' && fact.exit === 'share1');
    });
    const script: Move[] = [
      { silence: '3s' },
      { press: '2' },
      { expect: { voicemail: 'support' } },
      { silence: '15s' },
      { press: '#' },
      { expect: { step: 'choose2' } },
      { silence: '1s' },
      { press: '1' },
    ];
    const fake: FakesSource = { transfer: { '+4930200': { outcome: 'noAnswer' } } };
    const text = roundTrip(yaml, realCall(flow, script, { fake, ...(rare !== undefined && { seed: rare }) }), [inner]);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'path: [ choose:next, b/choose:2, b/two:return, share:share1, ring:noAnswer, message:next, which:two, choose2:next, b/choose:1, b/one:return, end:end ]',
    );
  });

  it('repeats any caller of a menu with ways back, whatever they press and when', () => {
    const yaml = `${head('top')}  top:
    menu: { prompt: Press a key, timeout: 5s, retries: 1 }
    choices: { "1": top, "2": code, "12": end }
    noInput: end
    noMatch: bye
  code:
    collect: { prompt: And a code, digits: 3, into: code, retries: 0 }
    next: top
    noInput: top
    noMatch: bye
  bye: { say: Good-bye, next: end }
${END}`;
    const flow = flowOf(yaml);
    const moves = fc.array(
      fc.oneof(
        fc.record({ press: fc.stringMatching(/^[0-9*#]{1,4}$/) }),
        fc.record({ silence: fc.integer({ min: 1, max: 80 }).map((tenths) => `${tenths / 10}s`) }),
        fc.constant({ hangUp: true as const }),
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(moves, fc.constantFrom(0.8, 1, 1.3), (script, slower) => {
        const over = script.findIndex((move) => 'hangUp' in move);
        const whole = over < 0 ? script : script.slice(0, over + 1);
        let facts: CallFact[];
        try {
          facts = realCall(flow, whole, { slower });
        } catch {
          return;
        }
        roundTrip(yaml, facts);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe('[V41] what cannot be saved is said in words', () => {
  const yaml = head('choose') + MENU;
  const facts = realCall(flowOf(yaml), [{ press: '1' }]);

  it.each<[string, CallFact[], string]>([
    ['unknown', [], 'No such call'],
    ['running', facts.filter(({ type }) => type !== 'callEnded'), 'still running'],
    ['refused', facts.filter(({ type }) => type !== 'flowStarted'), 'refused before it came to a flow'],
    [
      'abandoned before the answer',
      facts.filter(({ type }) => !type.startsWith('step')),
      'ended before its flow began',
    ],
    ['cut off', facts.filter((fact) => !(fact.type === 'stepLeft' && fact.step === 'end')), 'broke off in end'],
  ])('a call that is %s', (_, some, text) => {
    expect(() => saveCase(some, flowOf(yaml), [yaml])).toThrow(text);
  });

  it('a call that went a way which its flow no longer has', () => {
    const other = yaml.replace('"1": end', '"2": end');
    expect(() => saveCase(facts, flowOf(other), [other])).toThrow('Its visit of choose could not be repeated');
  });
});

it('[V42] a case is added to a file with its comments; a name is given once; another flow is refused', () => {
  const one = { name: 'a call', script: [{ press: '1' }] };
  const first = withCase('# Ours\nflow: a\ncases:\n  # by hand\n  - name: a call\n', 'a', one, 'Saved.');
  expect(first).toBe(
    '# Ours\nflow: a\ncases:\n  # by hand\n  - name: a call\n  # Saved.\n  - name: a call (2)\n    script:\n      - { press: "1" }\n',
  );
  for (const text of ['flow: b\ncases: []\n', 'flow: a\n', '- 1\n', '{', '']) {
    expect(() => withCase(text, 'a', one, '')).toThrow();
  }
});
