import { describe, expect, it } from 'vitest';
import { bindFlows } from '../../../src/flows/check/bind.ts';
import { printFlowError } from '../../../src/flows/language/errors.ts';
import type { Flow } from '../../../src/flows/language/flow.ts';
import { loadFlow } from '../../../src/flows/language/load.ts';
import { printable } from '../../../src/flows/machine/printable.ts';
import { FlowCall, flowWith } from '../../support/flow-call.ts';

const IDENTIFY = `flow: identify
version: 1
params: { tries: int }
results: { customer: string }
start: ask
vars: { note: mine }
steps:
  ask:
    collect: { prompt: "{{ tries }} tries.", digits: 2, into: id, retries: 0, secure: false }
    next: give
    noInput: lost
  lost: { return: { customer: "" } }
  give: { return: { customer: "{{ id }}" } }
`;

const MAIN = `  one: { call: identify, with: { tries: 3 }, save: { who: customer }, next: greet }
  greet: { say: "Hello {{ who }}, {{ note }}.", next: end }`;

function main(steps = MAIN, head = 'vars: { who: nobody, note: ours }'): Flow {
  return flowWith(steps, head, [IDENTIFY]);
}

describe('flows in flows', () => {
  it('[F52] runs the other flow with its arguments and takes over its results', () => {
    const call = new FlowCall(main());
    expect(call.said).toEqual(['3 tries.']);
    expect(call.state).toMatchObject({ inside: 'identify', step: 'ask' });
    call.press('42');
    expect(call.said).toEqual(['3 tries.', 'Hello 42, ours.']);
    call.heard();
    expect(call.state).toMatchObject({ endReason: 'completed', inside: 'test', frames: [] });
    expect(call.path).toEqual(['one:next', 'ask:next', 'give:return', 'greet:next', 'end:end']);
    expect(call.state.path.map(({ flow }) => flow)).toEqual([undefined, 'identify', 'identify', undefined, undefined]);
  });

  it('[F52] keeps the variables of the two apart', () => {
    const call = new FlowCall(main());
    expect(call.state.vars).toEqual({ tries: 3, id: '', note: 'mine' });
    call.press('42');
    expect(call.state.vars).toEqual({ who: '42', note: 'ours' });
  });

  it('[F53] return in the first flow of a call ends it', () => {
    const call = new FlowCall(flowWith('  one: { return: {} }'));
    expect(call.effects.at(-1)).toEqual({ type: 'hangup', reason: 'completed' });
  });

  it('[F54] goto goes on and does not come back', () => {
    const other =
      'flow: other\nversion: 1\nstart: bye\nsteps:\n  bye: { say: Bye., next: end }\n  end: { hangup: {} }\n';
    const call = new FlowCall(flowWith('  one: { goto: other }', '', [other]));
    call.heard();
    expect(call.path).toEqual(['one:next', 'bye:next', 'end:end']);
    expect(call.state.frames).toEqual([]);
  });

  it('[F55] a failure inside fails the step that called, unless it is caught inside', () => {
    const failing = (on: string) =>
      `flow: inner\nversion: 1\nvars: { n: 0 }\nstart: s\n${on}steps:\n  s: { set: { n: "{{ 1 / n }}" }, next: b }\n  b: { return: {} }\n`;
    const steps = '  one: { call: inner, next: end, onError: caught }\n  caught: { say: Sorry., next: end }';
    const outside = new FlowCall(flowWith(steps, '', [failing('')]));
    expect(outside.said).toEqual(['Sorry.']);
    expect(outside.path).toEqual(['one:error', 's:error']);
    const inside = new FlowCall(flowWith(steps, '', [failing('on: { error: b }\n')]));
    expect(inside.said).toEqual([]);
    expect(inside.path).toEqual(['one:next', 's:error', 'b:return', 'end:end']);
  });

  it('[F55] after a hang-up each flow does what it has to, from the inside out', () => {
    const inner = `flow: inner\nversion: 1\nvars: { a: 0 }\nstart: s\non: { hangup: note }\nsteps:\n  s: { say: Hi., next: b }\n  b: { return: {} }\n  note: { set: { a: 1 }, next: s }\n`;
    const head = 'vars: { b: 0 }\non: { hangup: own }';
    const call = new FlowCall(
      flowWith('  one: { call: inner, next: end }\n  own: { set: { b: 1 }, next: end }', head, [inner]),
    );
    call.hangUp();
    expect(call.path).toEqual(['one:callerLeft', 's:callerLeft', 'note:next', 'own:next', 'end:end']);
    expect(call.effects.at(-1)).toEqual({ type: 'finished', reason: 'callerLeft' });
  });

  it('[F55] a return after a hang-up ends what this flow does about it, and the next one is heard', () => {
    const inner = `flow: inner\nversion: 1\nstart: s\non: { hangup: b }\nsteps:\n  s: { say: Hi., next: b }\n  b: { return: {} }\n`;
    const steps =
      '  one: { call: inner, next: two }\n  two: { set: { b: 2 }, next: end }\n  own: { set: { b: "{{ b + 10 }}" }, next: end }';
    const call = new FlowCall(flowWith(steps, 'vars: { b: 0 }\non: { hangup: own }', [inner]));
    call.hangUp();
    expect(call.path).toEqual(['one:callerLeft', 's:callerLeft', 'b:return', 'own:next', 'end:end']);
    expect(call.state.vars).toEqual({ b: 10 });
    expect(call.hangUp()).toEqual([]);
  });

  it('[F55] what a flow does after a hang-up may call others, and is done once', () => {
    const noted = (steps: string) => `flow: note\nversion: 1\nvars: { n: 0 }\nstart: s\nsteps:\n  ${steps}\n`;
    const steps =
      '  one: { say: Hello., next: end }\n  own: { call: note, next: after }\n  after: { set: { b: 1 }, next: end }';
    const run = (inner: string) => {
      const call = new FlowCall(flowWith(steps, 'vars: { b: 0 }\non: { hangup: own }', [noted(inner)]));
      call.hangUp();
      expect(call.effects.at(-1)).toEqual({ type: 'finished', reason: 'callerLeft' });
      return call.path;
    };
    expect(run('s: { return: {} }')).toEqual(['one:callerLeft', 'own:next', 's:return', 'after:next', 'end:end']);
    expect(run('s: { say: Nobody hears this., next: s }')).toEqual(['one:callerLeft', 'own:callerLeft']);
  });

  it('[F55] a failure after a hang-up does not keep the flows around from what they have to do', () => {
    const inner = `flow: inner\nversion: 1\nvars: { n: 0 }\nstart: s\non: { hangup: bad }\nsteps:\n  s: { say: Hi., next: s }\n  bad: { set: { n: "{{ 1 / n }}" }, next: s }\n`;
    const steps = '  one: { call: inner, next: end, onError: end }\n  own: { set: { b: 1 }, next: end }';
    const call = new FlowCall(flowWith(steps, 'vars: { b: 0 }\non: { hangup: own }', [inner]));
    call.hangUp();
    expect(call.state.vars).toEqual({ b: 1 });
  });

  it('[F52] a flow that speaks other languages speaks its own, and the caller gets theirs back', () => {
    const inner = `flow: inner\nversion: 1\nlanguages: [en]\nstart: s\nsteps:\n  s: { say: Inside., next: b }\n  b: { return: {} }\n`;
    const steps = '  one: { call: inner, next: two }\n  two: { say: { en: Hello., zh: 您好。 }, next: end }';
    const call = new FlowCall(
      flowWith(steps.replace('{ en:', '{ text: { en:').replace('。 }', '。 } }'), 'languages: [en, zh]', [inner]),
      {
        language: 'zh',
      },
    );
    expect(call.state.language).toBe('en');
    call.heard();
    expect(call.state.language).toBe('zh');
    expect(call.said).toEqual(['Inside.', '您好。']);
  });

  it('[F56] at most sixteen flows wait', () => {
    const chain = Array.from({ length: 17 }, (_, n) => {
      const step = n < 16 ? `{ call: f${n + 1}, next: b }` : '{ return: {} }';
      return `flow: f${n}\nversion: 1\nstart: s\nsteps:\n  s: ${step}\n  b: { return: {} }\n`;
    });
    const call = new FlowCall(
      flowWith('  one: { call: f0, next: end, onError: sorry }\n  sorry: { hangup: {} }', '', chain),
    );
    expect(call.path.at(-1)).toBe('sorry:end');
    expect(call.effects.filter((effect) => effect.type === 'stepEntered').length).toBe(18);
    const fits = new FlowCall(
      flowWith('  one: { call: f1, next: end, onError: sorry }\n  sorry: { hangup: {} }', '', chain),
    );
    expect(fits.path.at(-1)).toBe('end:end');
  });

  it('[F18] digits in confidence of a flow that waits are not printed either', () => {
    const steps = `  one: { collect: { prompt: PIN, into: pin, digits: 4, secure: true }, next: two, noInput: end }
  two: { call: identify, with: { tries: 3 }, next: end }`;
    const call = new FlowCall(flowWith(steps, '', [IDENTIFY])).heard().press('4711');
    expect(call.state.frames[0]?.secrets).toEqual({ pin: '4711' });
    expect(JSON.stringify(printable(call.state))).not.toContain('4711');
  });

  it('[F56] refuses circles, what is missing, and arguments that do not fit, each at its place', () => {
    expect(mistakesOf('  one: { call: test, next: end }')).toEqual(['5:16 flow.circle']);
    expect(mistakesOf('  one: { call: identfy, with: { tries: 1 }, next: end }')).toEqual(['5:16 reference.missing']);
    expect(mistakesOf('  one: { call: identify, next: end }')).toEqual(['5:16 flow.parameters']);
    expect(mistakesOf('  one: { call: identify, with: { tries: "x" }, next: end }')).toEqual(['5:34 flow.parameters']);
    expect(mistakesOf('  one: { call: identify, with: { tries: 1, x: 2 }, next: end }')).toEqual([
      '5:44 flow.parameters',
    ]);
    expect(mistakesOf('  one: { call: identify, with: { tries: 1 }, save: { a: nobody }, next: end }')).toEqual([
      '5:57 flow.results',
    ]);
    expect(mistakesOf('  one: { goto: identify }')).toEqual(['5:16 flow.parameters']);
  });

  it('[F57] the version changes with what is called', () => {
    const [a, b] = [IDENTIFY, IDENTIFY.replace('retries: 0', 'retries: 1')].map((text) =>
      flowWith(MAIN, 'vars: { who: x, note: y }', [text]),
    );
    expect(a?.hash).toBe(b?.hash);
    expect(a?.version).not.toBe(b?.version);
    const alone = flowWith('  one: { hangup: {} }');
    expect(alone.version).toBe(alone.hash);
  });
});

/** `line:column rule` of each mistake of a flow called `test` beside `identify`. */
function mistakesOf(steps: string): string[] {
  const text = `flow: test\nversion: 1\nvars: { a: 0 }\nsteps:\n${steps}\n  end: { hangup: {} }\nstart: one\n`;
  const loaded = [text, IDENTIFY].map((one) => loadFlow(one, 'test.yaml'));
  const flows = loaded.map((one) => {
    if (!one.ok) throw new Error(one.errors.map(printFlowError).join('\n'));
    return one.flow;
  });
  const made = bindFlows(new Map(flows.map((flow) => [flow.name, flow]))).get('test');
  return made?.ok === false ? made.errors.map(({ line, column, rule }) => `${line}:${column} ${rule}`) : [];
}
