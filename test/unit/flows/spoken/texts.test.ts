import { describe, expect, it } from 'vitest';
import { Expressions, VALUES } from '../../../../src/flows/language/condition.ts';
import { loadFlow } from '../../../../src/flows/language/load.ts';
import { FlowCall, flowWith } from '../../../support/flow-call.ts';

const VARS = 'vars: { order: "1204", amount: 12.5, n: 2, due: "2026-11-28", ok: true }';

function mistakes(steps: string, head = ''): string[] {
  const text = `flow: test
version: 1
start: one
${head}
${VARS}
steps:
  one: ${steps}
  end: { hangup: {} }
`;
  const loaded = loadFlow(text, 'test.yaml');
  return loaded.ok
    ? []
    : loaded.errors.map(({ line, column, rule, text, hint }) => `${line}:${column} ${rule} ${text} | ${hint}`);
}

const said = (text: string) => mistakes(`{ say: "${text}", next: end }`);

it('[F120] a text says values in its own language, and the language of the call chooses the text', () => {
  const flow = flowWith(
    `  one: { set: { call.language: zh }, next: two }
  two:
    say:
      - { text: { en: "{{ digits(order) }}", zh: "您的订单{{ digits(order) }}，共{{ money(amount, 'CNY') }}，{{ date(due) }}到期。" } }
      - { text: "{{ number(n) }} of {{ ordinal(n) }}, {{ phone(caller.number) }}, {{ duration(call.seconds) }}", language: en }
    next: end`,
    `languages: [en, zh]\n${VARS}`,
  );
  expect(new FlowCall(flow).said).toEqual([
    '您的订单一二零四，共十二元五角，二零二六年十一月二十八日到期。',
    'two of second, plus four nine, three zero, one two three, four five six, zero seconds',
  ]);
});

it('[F120] questions and announcements are said too', () => {
  const flow = flowWith(
    `  one:
    menu: { prompt: "For order {{ digits(order) }}, press 1.", noInputPrompt: "{{ ordinal(n) }} try." }
    choices: { "1": two }
    noInput: end
  two:
    queue: { name: support, announce: { every: 30s, comfort: "{{ money(amount, 'USD') }}" } }
    onTimeout: end`,
    VARS,
  );
  const call = new FlowCall(flow).heard().silence();
  expect(call.said).toEqual([
    'For order one two zero four, press 1.',
    'second try.',
    'For order one two zero four, press 1.',
  ]);
  call.press('1');
  expect(call.last('enterQueue').announce?.comfort).toEqual([
    { type: 'text', text: 'twelve dollars and fifty cents', language: 'en' },
  ]);
});

it('[F126] what cannot be told is said as it is, and the call goes on', () => {
  const flow = flowWith(`  one: { say: "Due {{ date(order) }}, {{ phone(caller.name) }}.", next: end }`, VARS);
  const call = new FlowCall(flow).heard();
  expect(call.said).toEqual(['Due 1204, Ada.']);
  expect(call.path).toEqual(['one:next', 'end:end']);
});

describe('[F121] where nothing is said, no words are made', () => {
  it.each([
    ['set', '{ set: { order: "{{ digits(order) }}" }, next: end }'],
    ['if', '{ if: "digits(order) == \'one\'", then: end, else: end }'],
    ['tag', '{ tag: { reason: "{{ date(due) }}" }, next: end }'],
    ['http', '{ http: { get: "crm/{{ phone(order) }}" }, next: end }'],
    ['transfer', '{ transfer: { number: "{{ number(n) }}" }, onNoAnswer: end }'],
  ])('%s', (_, step) => {
    expect(mistakes(step)).toEqual([
      expect.stringMatching(
        /^\d+:\d+ expression.refused \w+\(\) says a value in words, and this is no text to be said \| write it into the text of a say$/,
      ),
    ]);
  });
});

it('[F120] a language without words has none', () => {
  expect(mistakes('{ say: "{{ digits(order) }}", next: end }', 'languages: [de]')).toEqual([
    '7:19 expression.refused There are no words for digits() in de | write the value alone; there are some in en and zh',
  ]);
});

it('[F121] secret digits are said by nothing', () => {
  const steps = `{ collect: { prompt: PIN, into: pin, digits: 4, secure: true }, next: two, noInput: end }
  two: { say: "{{ digits(pin) }}", next: end }`;
  expect(mistakes(steps)).toEqual([expect.stringContaining('8:26 variable.secret pin holds secret digits')]);
});

describe('[F126] mistakes in calls are told when the flow is read', () => {
  it.each([
    ['{{ digts(order) }}', '7:19 expression.refused The function digts is not used in flows | did you mean digits?'],
    ['{{ digits(ok) }}', "7:19 expression.type digits() is not used as 'digits(bool)' | such as digits(order)"],
    [
      '{{ money(amount) }}',
      "7:19 expression.type money() is not used as 'money(double)' | such as money(amount, 'EUR')",
    ],
    [
      "{{ money(n, 'EURO') }}",
      '7:28 value.wrong A currency is the three capital letters of its code | did you mean EUR?',
    ],
    ["{{ date(due, 'weekdays') }}", '7:29 value.wrong A date is not said "weekdays" | did you mean weekday?'],
    [
      '{{ duration(due) }}',
      '7:19 expression.type duration() says a number of seconds, and this is a text | such as duration(call.seconds)',
    ],
    [
      '{{ number(m) }}',
      '7:26 variable.unknown There is no variable m | declare it under vars, or collect digits into it',
    ],
  ])('%s', (text, expected) => {
    expect(said(text)).toEqual([expected]);
  });
});

it('[F120] a variable may have the name of a function', () => {
  const flow = flowWith(
    '  one: { say: "{{ phone(phone) }} {{ number(number) }}", next: end }',
    'vars: { phone: "110", number: 3 }',
  );
  expect(new FlowCall(flow).said).toEqual(['one one zero three']);
});

it('[F120] the quick way says the same as the library', () => {
  const expressions = new Expressions(
    new Map([
      ['s', 'string'],
      ['i', 'int'],
      ['d', 'double'],
    ] as const),
  );
  const state = {
    vars: { s: '2026-11-28', i: 7, d: 2.5 },
    caller: { number: '1', name: '' },
    called: '',
    language: 'en',
    at: 0,
    startedAt: 0,
  };
  const plain = { s: '2026-11-28', i: 7n, d: 2.5 };
  const calls = [
    'digits(s)',
    'digits(i)',
    'number(d)',
    'number(i + 1)',
    'ordinal(i)',
    "money(d, 'EUR')",
    "money(i, 'EUR')",
    'date(s)',
  ];
  for (const source of [
    ...calls,
    "date(s, 'weekday')",
    'time(s)',
    'duration(i)',
    'duration(d)',
    "'in ' + duration(i * 60)",
  ])
    for (const language of ['en', 'zh']) {
      const compiled = expressions.compile(source, language);
      if (!('evaluate' in compiled)) throw new Error(compiled.text);
      const quick = compiled.evaluate({ [VALUES]: state });
      expect(quick).toBe(compiled.evaluate(plain));
      expect(quick).toBeTypeOf('string');
    }
});
