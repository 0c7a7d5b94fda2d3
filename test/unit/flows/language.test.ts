import { describe, expect, it } from 'vitest';
import { spokenHours } from '../../../src/flows/calendars/spoken.ts';
import { statusAt } from '../../../src/flows/calendars/status.ts';
import { Expressions } from '../../../src/flows/language/condition.ts';
import { compileDigitPattern } from '../../../src/flows/language/digit-pattern.ts';
import { flowJsonSchema, loadFlow } from '../../../src/flows/language/load.ts';
import { didYouMean } from '../../../src/flows/language/near.ts';
import { choosePrompt } from '../../../src/flows/prompt-names.ts';
import { calendarOf, FlowCall, flowOf, flowWith } from '../../support/flow-call.ts';

describe('expressions', () => {
  const expressions = new Expressions(
    new Map([
      ['n', 'int'],
      ['x', 'double'],
      ['s', 'string'],
    ] as const),
  );
  const value = (source: string) => {
    const compiled = expressions.compile(source);
    if (!('evaluate' in compiled)) return compiled.rule;
    return compiled.evaluate({
      n: 3n,
      x: 1.5,
      s: 'vip',
      caller: { number: '1', name: '' },
      call: { called: '', language: 'en' },
    });
  };

  it.each([
    ['n + 1', 4],
    ['n * x', 4.5],
    ['x / 2', 0.75],
    ["s == 'vip' ? n : 0", 3],
    ['string(n) + s', '3vip'],
    ["s in ['vip', 'gold']", true],
    ['size(s) > 2 && s.startsWith("v")', true],
  ])('[F8] %s is %s', (source, expected) => {
    expect(value(source)).toBe(expected);
  });

  it.each([
    ["s.matches('(a+)+$')", 'expression.refused'],
    ['[1, 2].map(y, y)[0]', 'expression.refused'],
    ['timestamp(0).getHours()', 'expression.refused'],
    ['s.constructor', 'expression.type'],
    ['caller.__proto__', 'variable.unknown'],
    ['globalThis', 'variable.unknown'],
    ['(', 'expression.syntax'],
    ['1 +'.repeat(400), 'expression.syntax'],
    [`${'('.repeat(200)}1${')'.repeat(200)}`, 'expression.syntax'],
  ])('[F8] %s is refused when the flow is read', (source, rule) => {
    expect(value(source)).toBe(rule);
  });
});

it('[F9] a text holds expressions, also ones with braces and quotes in them', () => {
  const call = new FlowCall(
    flowWith(
      `  one: { say: 'You are {{ caller.name + "}}" }} at {{ caller.number }}{{ n }}.', next: end }`,
      'vars: { n: 7 }',
    ),
  );
  expect(call.said).toEqual(['You are Ada}} at +49301234567.']);
});

it.each([
  ['[1-5]', ['1', '5'], ['0', '6', '11', '']],
  ['49.{4,6}', ['491234', '49123456'], ['49123', '491234567', '501234']],
  ['1?2{2}|[*#]9', ['22', '122', '*9', '#9'], ['12', '1', '9']],
] as const)('[F27] the pattern %s fits what it says', (source, fits, fails) => {
  const pattern = compileDigitPattern(source);
  if (typeof pattern === 'string') throw new Error(pattern);
  expect(fits.filter((digits) => !pattern.matches(digits))).toEqual([]);
  expect(fails.filter((digits) => pattern.matches(digits))).toEqual([]);
  for (const digits of fits)
    for (let length = 0; length < digits.length; length += 1)
      expect(pattern.canGrow(digits.slice(0, length)) || pattern.matches(digits.slice(0, length))).toBe(true);
});

it.each(['(1+)+', '[5-1]', '1{9,2}', '', 'a', '1|', '[1-]'])(
  '[F27] the pattern "%s" is refused with a reason',
  (source) => {
    expect(compileDigitPattern(source)).toBeTypeOf('string');
  },
);

it('[F27] a hostile pattern costs no more than its length', () => {
  const pattern = compileDigitPattern('.{1,64}'.repeat(28));
  expect(typeof pattern === 'string' ? pattern : pattern.matches('1'.repeat(64))).toBe(true);
  expect(typeof pattern === 'string' ? pattern : pattern.matches(`${'1'.repeat(63)}#`)).toBe(false);
});

describe('calendars', () => {
  const calendar = calendarOf(`
calendar: night
version: 1
timeZone: Europe/Berlin
weekly: { friday: 22:00-06:00, saturday: [09:00-12:00, 13:00-24:00], sunday: 00:00-24:00 }
holidays:
  - { from: 12-24, to: 12-26 }
  - { date: 2026-12-31, open: 09:00-12:00 }
`);

  it.each([
    ['2026-11-20T21:30:00Z', 'open', 'Friday night'],
    ['2026-11-21T04:59:00Z', 'open', 'the morning after'],
    ['2026-11-21T05:00:00Z', 'closed', 'six in the morning'],
    ['2026-11-21T11:30:00Z', 'closed', 'the break'],
    ['2026-11-21T22:59:00Z', 'open', 'up to midnight'],
    ['2026-12-25T22:30:00Z', 'holiday', 'a day of every year'],
    ['2027-12-26T10:00:00Z', 'holiday', 'the next year too'],
    ['2026-12-31T08:30:00Z', 'open', 'a special day within its hours'],
    ['2026-12-31T12:30:00Z', 'holiday', 'a special day after them'],
    ['2026-03-29T00:30:00Z', 'open', 'before the clock jumps'],
    ['2026-03-29T21:59:00Z', 'open', 'at the end of the short day'],
    ['2026-10-25T22:59:00Z', 'open', 'at the end of the long day'],
    ['2026-10-25T23:00:00Z', 'closed', 'Monday'],
  ])('[F33] %s is %s: %s', (time, status) => {
    expect(statusAt(calendar, Date.parse(time))).toBe(status);
  });

  it('[F34] the week is told in both languages', () => {
    const week = calendarOf(
      'calendar: c\nversion: 1\ntimeZone: UTC\nweekly: { monday: 09:00-18:30, tuesday: 09:00-18:30, saturday: 00:00-24:00 }\n',
    );
    expect(spokenHours(week, 'en')).toBe(
      'We are open Monday and Tuesday, from nine AM to six thirty PM; Saturday, all day. We are closed on Wednesday to Friday and Sunday.',
    );
    expect(spokenHours(week, 'zh-CN')).toBe(
      '我们的服务时间是：星期一和星期二，上午九点到下午六点半；星期六，全天。星期三到星期五、星期日休息。',
    );
  });
});

it('[F4] a slip of the pen is recognised, another word is not', () => {
  expect(didYouMean('sya', ['say', 'play'])).toBe('did you mean say?');
  expect(didYouMean('goodby', ['goodbye', 'end'])).toBe('did you mean goodbye?');
  expect(didYouMean('elephant', ['say', 'end'])).toBeUndefined();
});

it('[F10] a prompt is found by name and language', () => {
  const files = ['closed.de.mp3', 'closed.wav', 'closed.zh.ogg', 'music/soft.mp3'];
  expect(choosePrompt(files, 'closed', 'zh-CN')).toBe('closed.zh.ogg');
  expect(choosePrompt(files, 'closed', 'en')).toBe('closed.wav');
  expect(choosePrompt(files, 'music/soft', 'en')).toBe('music/soft.mp3');
  expect(choosePrompt(files, 'open', 'en')).toBeUndefined();
});

it('[F3] the version is the hash of the bytes: a comment makes another version', () => {
  const text = 'flow: a\nversion: 1\nstart: end\nsteps: { end: { hangup: {} } }\n';
  expect(flowOf(text).hash).not.toBe(flowOf(`# new\n${text}`).hash);
  expect(flowOf(text).hash).toBe(flowOf(text).hash);
});

it('[F1] a file over 512 KiB is refused unread', () => {
  const loaded = loadFlow(`flow: a # ${'x'.repeat(512 * 1024)}`, 'big.yaml');
  expect(loaded).toMatchObject({ ok: false, errors: [{ rule: 'yaml.size' }] });
});

it('[F4] the JSON Schema for editors knows every verb', () => {
  const schema = JSON.stringify(flowJsonSchema());
  for (const verb of ['say', 'play', 'menu', 'collect', 'set', 'if', 'hours', 'queue', 'voicemail', 'hangup'])
    expect(schema).toContain(`"required":["${verb}"`);
});

describe('keys pressed ahead', () => {
  const steps = (greeting: string, question: string) =>
    new FlowCall(
      flowWith(`  one: { say: { text: Hello, bargeIn: ${greeting} }, next: two }
  two: { menu: { prompt: Press, bargeIn: ${question} }, choices: { "1": three }, noInput: end }
  three: { menu: { prompt: Again }, choices: { "2": end }, noInput: end }`),
    );

  it('[F22] any: they count and the prompt is not played; what is left goes on to the next question', () => {
    const call = steps('match', 'any').press('12').heard();
    expect(call.said).toEqual(['Hello']);
    expect(call.path).toEqual(['one:next', 'two:1', 'three:2', 'end:end']);
  });

  it('[F22] match: those that fit count, others are dropped', () => {
    expect(steps('match', 'match').press('91').heard().state.step).toBe('three');
    expect(steps('match', 'match').press('9').heard().said).toEqual(['Hello', 'Press']);
  });

  it('[F22] none: they are dropped', () => {
    const call = steps('match', 'none').press('1').heard();
    expect(call.state.step).toBe('two');
    expect(call.said).toEqual(['Hello', 'Press']);
  });

  it('[F24] during a say: any stops it, match lets it play on, none drops the key', () => {
    expect(steps('any', 'any').press('1').state.step).toBe('three');
    const on = steps('match', 'any').press('1');
    expect([on.state.step, on.state.typed, on.playing]).toEqual(['one', '1', true]);
    const dropped = steps('none', 'any').press('1');
    expect([dropped.state.step, dropped.state.typed]).toEqual(['one', '']);
  });
});

it('[F7] a number that is written as a fraction is one, although its value is whole', () => {
  const flow = (vars: string) =>
    loadFlow(
      `flow: a\nversion: 1\nvars: ${vars}\nstart: one\nsteps:\n  one: { set: { amount: 12.5 }, next: end }\n  end: { hangup: {} }\n`,
      'a.yaml',
    );
  for (const amount of ['0.0', '-3.', '1e3', '&zero 0.0, other: *zero'])
    expect(flow(`{ amount: ${amount} }`), amount).toMatchObject({ ok: true });
  expect(flow('{ first: &zero 0.0, amount: *zero }')).toMatchObject({ ok: true });
  for (const amount of ['0', '0xE', '30'])
    expect(flow(`{ amount: ${amount} }`), amount).toMatchObject({ ok: false, errors: [{ rule: 'variable.type' }] });
});
