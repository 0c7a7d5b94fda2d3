import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Expressions } from '../../../src/flows/language/condition.ts';
import { loadFlow } from '../../../src/flows/language/load.ts';
import { compileTextPattern, MAX_SUBJECT } from '../../../src/flows/language/text-pattern.ts';
import { FlowCall, flowWith } from '../../support/flow-call.ts';

const NAMES = new Map([
  ['s', 'string'],
  ['n', 'int'],
  ['seconds', 'int'],
] as const);

/** The value of an expression, or what is wrong with it. */
function value(source: string, s = '', n = 0n): unknown {
  const compiled = new Expressions(NAMES).compile(source);
  if (!('evaluate' in compiled)) return `${compiled.rule} ${compiled.start} ${compiled.text}`;
  const scope = {
    s,
    n,
    seconds: 5n,
    caller: { number: '', name: '' },
    call: { called: '', language: 'en', seconds: 90n },
  };
  return compiled.evaluate(scope);
}

describe('durations in conditions', () => {
  it.each([
    ["call.seconds > seconds('1m')", true],
    ["call.seconds > seconds('2m')", false],
    ["call.seconds >= seconds('1m30s')", true],
    ["seconds('1h') + seconds('1500ms') * 0", 'value.wrong 24 "1500ms" is not a duration in whole seconds'],
    ["seconds('2d')", 172_800],
    ["seconds('1.5m')", 90],
    ["seconds > seconds('4s')", true],
    ["seconds('2 minutes')", 'value.wrong 8 "2 minutes" is not a duration in whole seconds'],
    ["seconds('')", 'value.wrong 8 "" is not a duration in whole seconds'],
    ['seconds(s)', 'expression.refused 8 seconds takes a duration that is written out'],
    ['seconds()', 'expression.refused 0 seconds takes a duration that is written out'],
    ["seconds('1s', 2)", 'expression.refused 8 seconds takes a duration that is written out'],
    ["second('1s')", 'expression.refused 0 The function second is not used in flows'],
  ])('[F127] %s is %s', (source, expected) => {
    expect(value(source)).toBe(expected);
  });

  it('[F127] a flow goes by how long the call has lasted', () => {
    const flow = flowWith(
      `  one: { menu: { prompt: Press, timeout: 2m }, choices: { "1": two }, noInput: two }
  two: { if: "call.seconds > seconds('5s')", then: late, else: early }
  late: { hangup: {} }
  early: { hangup: {} }`,
    );
    const lasting = (ms: number) => {
      const call = new FlowCall(flow).heard();
      call.at += ms;
      return call.press('1').path.at(-1);
    };
    expect([lasting(4_000), lasting(7_000)]).toEqual(['early:end', 'late:end']);
  });
});

describe('patterns', () => {
  it.each([
    ['^[0-9]{4}$', ['1204'], ['120', '12045', 'a1204']],
    ['^(49|86)', ['4930', '86'], ['149', '']],
    ['^(\\+49|0)?30\\d+$', ['+49301', '0301', '301'], ['49301', '+4930']],
    ['b', ['abc', 'b'], ['ac', '']],
    ['^a|b$', ['ax', 'xb'], ['xa', 'bx']],
    ['^[^aeiou]+$', ['xyz'], ['xay', '']],
    ['^\\w+@\\w+\\.(com|cn)$', ['a_1@b.cn'], ['a@b.de', '@b.cn']],
    ['a.c', ['xabcx'], ['a\nc', 'ac']],
    ['^(?:a|b(c|d)?)$', ['a', 'b', 'bc', 'bd'], ['c', 'bcd']],
    ['^x{2,}$', ['xx', 'xxxxx'], ['x', '']],
    ['^[一-龥]+$', ['中文'], ['中x']],
    ['^$', [''], ['a']],
    ['', ['', 'a'], []],
    ['[+\\-*.]', ['a-b', '*'], ['ab']],
  ] as const)('[F128] %s matches what it says', (source, fits, fails) => {
    const pattern = compileTextPattern(source);
    if (!('matches' in pattern)) throw new Error(pattern.text);
    expect(fits.filter((text) => !pattern.matches(text))).toEqual([]);
    expect(fails.filter((text) => pattern.matches(text))).toEqual([]);
  });

  it.each([
    ['(a+)+$', 4, 'A group is not repeated: that could take longer than a call lasts'],
    ['(a|aa)*', 6, 'A group is not repeated: that could take longer than a call lasts'],
    ['(x){2}', 3, 'A group is not repeated: that could take longer than a call lasts'],
    ['(a)\\1', 4, 'Patterns do not look back at what they matched'],
    ['a**', 2, 'Two counts stand after one another'],
    ['a+?', 2, 'Two counts stand after one another'],
    ['(?=a)', 2, 'Only plain groups ( ) and (?: ) are known'],
    ['(?<n>a)', 2, 'Only plain groups ( ) and (?: ) are known'],
    ['(?i)a', 2, 'Only plain groups ( ) and (?: ) are known'],
    ['\\bword', 1, '\\b is not known'],
    ['\\p{L}', 1, '\\p is not known'],
    ['*a', 0, 'There is nothing that * could repeat'],
    ['a|+', 2, 'There is nothing that + could repeat'],
    ['a{65}', 1, 'The count {65} is not possible'],
    ['a{3,2}', 1, 'The count {3,2} is not possible'],
    ['a{0}', 1, 'The count {0} is not possible'],
    ['a{x}', 1, 'A count is written {3}, {2,} or {2,4}'],
    ['[a', 2, 'The pattern ends too early'],
    ['[]', 2, 'The class [ ] is empty'],
    ['[z-a]', 4, 'The range ends before it begins'],
    ['(a', 2, 'A ( is not closed'],
    ['a)', 1, 'There is a ) without its ('],
    ['a\\', 2, 'The pattern ends too early'],
    ['a^b', 1, '^ stands at the beginning of a pattern'],
    ['a$b', 2, '$ stands at the end of a pattern'],
    [`${'.{1,64}'.repeat(2)}`, 0, 'The counts of the pattern are too large together'],
    ['(a|b)'.repeat(7), 35, 'The pattern has too many ways through its groups'],
    ['('.repeat(9), 9, 'Groups are nested too deep'],
    ['a'.repeat(201), 0, 'A pattern has at most 200 characters'],
  ])('[F128] %s is refused at %i: %s', (source, at, text) => {
    expect(compileTextPattern(source)).toMatchObject({ at, text });
  });

  it('[F128] any text is a pattern or is refused, and one that is a pattern means what JavaScript means by it', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'a',
        'b',
        '1',
        '.',
        '\\d',
        '\\w',
        '\\s',
        '[ab]',
        '[^a]',
        '[0-9]',
        '(a|b)',
        '(?:1|)',
        '(ab)?',
        '|',
        ' ',
      ),
      fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '{0,}', '^', '$', '(', ')', '[', '\\', '-', '\\.'),
    );
    const pattern = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    const subject = fc.string({ unit: fc.constantFrom('a', 'b', '1', ' ', '.', '\n'), maxLength: 8 });
    let known = 0;
    fc.assert(
      fc.property(pattern, fc.array(subject, { minLength: 4, maxLength: 4 }), (source, subjects) => {
        const compiled = compileTextPattern(source);
        if (!('matches' in compiled)) return;
        known += 1;
        const native = new RegExp(source);
        for (const text of subjects)
          expect([source, text, compiled.matches(text)]).toEqual([source, text, native.test(text)]);
      }),
      { numRuns: 4_000 },
    );
    expect(known).toBeGreaterThan(500);
  });

  it('[F128] whatever is written is answered', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 40 }), (source, text) => {
        const compiled = compileTextPattern(source);
        if ('matches' in compiled) expect(compiled.matches(text)).toBeTypeOf('boolean');
        else expect(compiled.text).not.toBe('');
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    'a*a*a*a*a*a*a*a*a*a*b',
    '(a|a)(a|a)(a|a)$',
    '.*.*.*.*.*=.*',
    '^(a|ab)(c|bcd)?(d*)$',
    'a{1,64}a{1,58}b',
    '(?:a*|a*)a*a*a*$x?',
  ])('[F128] the hostile pattern %s takes no longer than its length', (source) => {
    const compiled = compileTextPattern(source);
    if (!('matches' in compiled)) return expect(compiled.text).toContain('$ stands');
    const begun = performance.now();
    for (let round = 0; round < 5; round += 1) compiled.matches('a'.repeat(MAX_SUBJECT));
    expect((performance.now() - begun) / 5).toBeLessThan(250);
  });
});

describe('matches in conditions', () => {
  it.each([
    ["s.matches('^[0-9]{4}$')", '1204', true],
    ["s.matches('^[0-9]{4}$')", '120', false],
    ["s.matches(r'^\\d+$') && n == 0", '120', true],
    ["s.matches('^\\\\d+$') ? 'yes' : 'no'", 'x', 'no'],
    ["!s.matches('a') || n > 3", 'a', false],
  ])('[F128] %s for %s is %s', (source, s, expected) => {
    expect(value(source, s)).toBe(expected);
  });

  it.each([
    ["s.matches('(a+)+$')", 'expression.refused 15 A group is not repeated: that could take longer than a call lasts'],
    ['s.matches(s)', 'expression.refused 10 matches takes a pattern that is written out'],
    ["s.matches('a' + s)", 'expression.refused 10 matches takes a pattern that is written out'],
    ["matches(s, 'a')", 'expression.refused 0 matches takes a pattern that is written out'],
    ["n.matches('a')", "expression.type 0 Found no matching overload for 'int.matches(string)'"],
    ["s.matchesPattern('(a+)+$')", 'expression.refused 0 The function matchesPattern is not used in flows'],
    ["s.matches(r'\\1')", 'expression.refused 10 Patterns do not look back at what they matched'],
  ])('[F128] %s is refused when the flow is read', (source, expected) => {
    expect(value(source)).toBe(expected);
  });

  it('[F128] a mistake in a pattern is told at its letter', () => {
    const text = `flow: t\nversion: 1\nstart: one\nvars: { s: "" }\nsteps:\n  one: { if: "s.matches('(a|b)*')", then: end, else: end }\n  end: { hangup: {} }\n`;
    const loaded = loadFlow(text, 't.yaml');
    expect(loaded).toMatchObject({ ok: false, errors: [{ line: 6, column: 31, rule: 'expression.refused' }] });
  });

  it('[F128] a text that is too long fails the step, and no condition is taken', () => {
    const flow = flowWith(
      `  one: { set: { s: "{{ s + s }}" }, next: two }
  two: { loop: 9, again: one, done: three }
  three: { if: "s.matches('x')", then: end, else: end, onError: caught }
  caught: { hangup: {} }`,
      'vars: { s: a }',
    );
    expect(new FlowCall(flow).path.slice(-2)).toEqual(['three:error', 'caught:end']);
  });
});
