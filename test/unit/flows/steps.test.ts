import { describe, expect, it } from 'vitest';
import { FlowCall, flowOf, flowWith } from '../../support/flow-call.ts';

const END = 'end:end';

describe('say and play', () => {
  it('[F30] plays its items in order and leaves by next', () => {
    const call = new FlowCall(
      flowWith('  one: { say: [Hello, { silence: 200ms }, { tone: beep }, { prompt: jingle }], next: end }'),
    );
    expect(call.said).toEqual(['Hello', '(silence)', '(tone)', '(jingle)']);
    expect(call.heard().path).toEqual(['one:next', END]);
    expect(call.effects.at(-1)).toEqual({ type: 'hangup', reason: 'completed' });
  });

  it('[F30] a bare name under play is a recording; nothing to say takes no time', () => {
    const call = new FlowCall(
      flowWith('  one: { say: "{{ word }}", next: two }\n  two: { play: jingle, next: end }', 'vars: { word: " " }'),
    );
    expect(call.said).toEqual(['(jingle)']);
    expect(call.path).toEqual(['one:next']);
  });

  it('[F30] speaks the language of the call, and its own where an item has one', () => {
    const flow = flowOf(`
flow: test
version: 1
languages: [en, zh]
start: one
steps:
  one: { set: { call.language: zh }, next: two }
  two: { say: [{ text: { en: Hello, zh: 您好 } }, { text: Bye, language: en }], next: end }
  end: { hangup: {} }
`);
    const call = new FlowCall(flow);
    expect(call.said).toEqual(['您好', 'Bye']);
    expect(call.last('play').items).toMatchObject([{ language: 'zh' }, { language: 'en' }]);
  });

  it('[F17] a prompt that fails does not lose the call, unless the step wants to know', () => {
    const steps = '  one: { say: Hello, next: two }\n  two: { say: Again, next: end, onError: end }';
    const call = new FlowCall(flowWith(steps));
    expect(call.heard('failed').heard('failed').path).toEqual(['one:next', 'two:error', END]);
  });
});

describe('menu', () => {
  const steps = `  one:
    menu: { prompt: Press, noInputPrompt: Silence, noMatchPrompt: Wrong, retries: 1, timeout: 5s, interDigit: 1s }
    choices: { "1": two, "12": three, "7": two }
    noInput: four
    noMatch: five
  two: { hangup: {} }
  three: { hangup: {} }
  four: { hangup: {} }
  five: { hangup: {} }`;
  const call = () => new FlowCall(flowWith(steps));

  it('[F26] a choice that nothing longer begins with counts at once', () => {
    const pressed = call().heard().press('7');
    expect(pressed.path).toEqual(['one:7', 'two:end']);
    expect(pressed.last('digitsCollected')).toMatchObject({ step: 'one', digits: '7' });
  });

  it('[F26] a choice that a longer one begins with waits for the next key', () => {
    expect(call().heard().press('1').state.phase).toBe('running');
    expect(call().heard().press('1').silence().path).toEqual(['one:1', 'two:end']);
    expect(call().heard().press('12').path).toEqual(['one:12', 'three:end']);
  });

  it('[F25] asks again after silence and after a wrong key, then leaves by the last reason', () => {
    const silent = call().heard().silence();
    expect(silent.said).toEqual(['Press', 'Silence', 'Press']);
    expect(silent.heard().silence().path).toEqual(['one:noInput', 'four:end']);
    const wrong = call().heard().silence().heard().press('5');
    expect(wrong.path).toEqual(['one:noMatch', 'five:end']);
    expect(wrong.waiting).toBe(false);
  });

  it('[F17] a prompt that fails leaves the caller free to choose', () => {
    expect(call().heard('failed').press('7').path).toEqual(['one:7', 'two:end']);
    const lost = call();
    lost.send({ type: 'effectFailed', id: lost.last('play').playId, code: 'voice.failed' });
    expect(lost.waiting).toBe(true);
  });
});

describe('collect', () => {
  const collect = (params: string) =>
    flowWith(`  one: { collect: { prompt: Number, into: number, retries: 0, ${params} }, next: two, noInput: four, noMatch: five }
  two: { say: "It is {{ number }}.", next: end }
  four: { hangup: {} }
  five: { hangup: {} }`);

  it('[F27] a fixed length ends by itself; the digits are a variable and a fact', () => {
    const call = new FlowCall(collect('digits: 3')).heard().press('042');
    expect(call.said.at(-1)).toBe('It is 042.');
    expect(call.state.vars).toEqual({ number: '042' });
    expect(call.last('digitsCollected')).toMatchObject({ step: 'one', digits: '042' });
  });

  it('[F27] a terminator, or a pause when it is long enough, ends a free length', () => {
    expect(new FlowCall(collect('min: 2, max: 5')).heard().press('42#').state.vars).toEqual({ number: '42' });
    expect(new FlowCall(collect('min: 2, max: 5')).heard().press('42').silence().state.vars).toEqual({ number: '42' });
    expect(new FlowCall(collect('min: 2, max: 5')).heard().press('4').silence().path).toEqual([
      'one:noMatch',
      'five:end',
    ]);
    expect(new FlowCall(collect('min: 2, max: 5')).heard().press('4#').path).toEqual(['one:noMatch', 'five:end']);
    expect(new FlowCall(collect('min: 2, max: 5')).heard().press('12345').state.vars).toEqual({ number: '12345' });
  });

  it('[F27] valid decides, as early as it can', () => {
    const call = () => new FlowCall(collect('min: 1, max: 9, valid: "[1-5]|9.{2}"')).heard();
    expect(call().press('3').state.vars).toEqual({ number: '3' });
    expect(call().press('971').state.vars).toEqual({ number: '971' });
    expect(call().press('7').path).toEqual(['one:noMatch', 'five:end']);
  });

  it('[F25] silence leaves by noInput', () => {
    expect(new FlowCall(collect('digits: 3')).heard().silence().path).toEqual(['one:noInput', 'four:end']);
  });
});

describe('set and if', () => {
  it('[F31] works all values out before it sets the first', () => {
    const flow = flowWith(
      '  one: { set: { a: "{{ b }}", b: "{{ a + 1 }}", c: "{{ a }} and {{ b }}" }, next: two }\n  two: { say: Hi, next: end }',
      'vars: { a: 1, b: 2, c: "" }',
    );
    expect(new FlowCall(flow).state.vars).toEqual({ a: 2, b: 2, c: '1 and 2' });
  });

  it('[F32] takes the first condition that is true', () => {
    const path = (vars: string, condition: string) =>
      new FlowCall(flowWith(`  one: ${condition}\n  two: { hangup: {} }\n  three: { hangup: {} }`, `vars: ${vars}`))
        .path;
    expect(path('{ n: 3 }', '{ if: n > 2, then: two, else: three }')).toEqual(['one:then', 'two:end']);
    expect(path('{ n: 1 }', '{ if: n > 2, then: two, else: three }')).toEqual(['one:else', 'three:end']);
    const several = '{ if: [{ when: n == 1, then: two }, { when: n < 3, then: three }], else: end }';
    expect(path('{ n: 2 }', several)).toEqual(['one:case2', 'three:end']);
    expect(path('{ n: 9 }', several)).toEqual(['one:else', 'end:end']);
  });

  it('[F32] an expression that cannot be worked out fails the step', () => {
    const flow = flowWith(
      '  one: { if: 1 / n > 0, then: end, else: end, onError: two }\n  two: { hangup: {} }',
      'vars: { n: 0 }',
    );
    expect(new FlowCall(flow).path).toEqual(['one:error', 'two:end']);
  });
});

describe('hours', () => {
  const calendar =
    'calendar: desk\nversion: 1\ntimeZone: Europe/Berlin\nweekly: { monday: 09:00-17:00 }\nholidays: [{ date: 2026-01-05 }]\n';
  const flow = flowOf(
    `flow: test\nversion: 1\nstart: one\nsteps:
  one: { hours: desk, open: end, closed: two, holiday: three }
  two: { hangup: {} }
  three: { hangup: {} }
  end: { hangup: {} }\n`,
    [calendar],
  );

  it.each([
    ['2026-01-12T08:00:00Z', 'one:open'],
    ['2026-01-12T07:59:59Z', 'one:closed'],
    ['2026-01-05T10:00:00Z', 'one:holiday'],
  ])('[F33] at %s it leaves by %s', (time, exit) => {
    expect(new FlowCall(flow, { at: Date.parse(time) }).path[0]).toBe(exit);
  });

  it('[F15] without its calendar it fails', () => {
    const call = new FlowCall({ ...flow, calendars: {} });
    expect(call.effects.at(-1)).toEqual({ type: 'hangup', reason: 'error' });
  });
});

describe('queue', () => {
  const flow = flowWith(
    `  one:
    queue: { name: support, priority: "{{ tier == 'vip' ? 10 : 0 }}", skills: ["lang:{{ call.language }}"], maxWait: 5m, announce: { every: 45s, comfort: Soon } }
    onAnsweredEnd: two
    onTimeout: three
    onNoAgents: four
  two: { say: After, next: end }
  three: { say: Late, next: end }
  four: { say: Nobody, next: end }`,
    'vars: { tier: vip }',
  );
  const call = () => {
    const made = new FlowCall(flow);
    return { made, queueId: made.last('enterQueue').queueId };
  };

  it('[F35] enters with what the flow wants of the queue', () => {
    expect(call().made.last('enterQueue')).toMatchObject({
      queue: 'support',
      priority: 10,
      skills: ['lang:en'],
      maxWaitMs: 300_000,
      announce: { everyMs: 45_000, position: true, comfort: [{ type: 'text', text: 'Soon', language: 'en' }] },
    });
  });

  it.each([
    ['agentEnded', 'one:answeredEnd', 'After'],
    ['timeout', 'one:timeout', 'Late'],
    ['noAgents', 'one:noAgents', 'Nobody'],
    ['full', 'one:full', 'Late'],
  ] as const)('[F35] %s leaves by %s', (outcome, exit, said) => {
    const { made, queueId } = call();
    if (outcome === 'agentEnded') made.send({ type: 'queueAnswered', queueId });
    made.send({ type: 'queueEnded', queueId, outcome });
    expect(made.path).toEqual([exit]);
    expect(made.said.at(-1)).toBe(said);
  });

  it('[F12] another queue, or keys, change nothing; a queue that cannot be entered fails the step', () => {
    const { made, queueId } = call();
    const before = made.state;
    made.send({ type: 'queueEnded', queueId: 'queue-99', outcome: 'full' });
    made.press('1');
    expect(made.state).toBe(before);
    made.send({ type: 'effectFailed', id: queueId, code: 'request.unknown' });
    expect(made.path).toEqual(['one:error']);
  });

  it('[F35] a talk that ends with nothing to follow ends the call', () => {
    const made = new FlowCall(flowWith('  one: { queue: support, onTimeout: end }'));
    made.send({ type: 'queueEnded', queueId: made.last('enterQueue').queueId, outcome: 'agentEnded' });
    expect(made.effects.at(-1)).toEqual({ type: 'hangup', reason: 'completed' });
  });
});

describe('voicemail', () => {
  const flow = flowWith(
    '  one: { voicemail: { box: support, max: 30s, prompt: Speak }, next: two }\n  two: { say: Thanks, next: end }',
  );
  const stored = (call: FlowCall) =>
    call.send({ type: 'voicemailEnded', voicemailId: call.last('startVoicemail').voicemailId, durationMs: 4_000 });

  it('[F36] greets, beeps, records until the limit, and goes on when the message is stored', () => {
    const call = new FlowCall(flow).heard().heard();
    expect(call.said).toEqual(['Speak', '(tone)']);
    expect(call.last('startVoicemail')).toMatchObject({ box: 'support', maxMs: 30_000 });
    call.silence();
    expect(call.last('stopVoicemail')).toEqual({
      type: 'stopVoicemail',
      voicemailId: call.last('startVoicemail').voicemailId,
    });
    stored(call);
    expect(call.path).toEqual(['one:next']);
    expect(call.waiting).toBe(false);
  });

  it('[F36] a key skips the greeting, another ends the message', () => {
    const call = new FlowCall(flow).press('1').heard().press('#');
    stored(call);
    expect(call.path).toEqual(['one:next']);
  });

  it('[F36] a message that is not stored fails the step', () => {
    expect(new FlowCall(flow).heard().heard().press('#').silence().path).toEqual(['one:error']);
    const refused = new FlowCall(flow).heard().heard();
    refused.send({ type: 'effectFailed', id: refused.last('startVoicemail').voicemailId, code: 'media.noWorker' });
    expect(refused.path).toEqual(['one:error']);
  });

  it('[F36] without greeting and beep it records at once', () => {
    const call = new FlowCall(flowWith('  one: { voicemail: { box: support, beep: false }, next: end }'));
    expect(call.effects.map(({ type }) => type)).toEqual(['stepEntered', 'startVoicemail', 'setTimer']);
  });
});
