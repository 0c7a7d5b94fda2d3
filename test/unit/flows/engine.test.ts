import { describe, expect, it } from 'vitest';
import { next, start } from '../../../src/flows/machine/engine.ts';
import { isSecret, printable } from '../../../src/flows/machine/printable.ts';
import { FlowCall, flowWith } from '../../support/flow-call.ts';

describe('errors and limits', () => {
  it('[F15] a failed step goes to its onError, else to on.error, else the call ends', () => {
    const failing = (own: string, head: string) =>
      new FlowCall(
        flowWith(
          `  one: { if: 1 / n > 0, then: end, else: end${own} }\n  own: { hangup: {} }\n  all: { hangup: {} }`,
          `vars: { n: 0 }\n${head}`,
        ),
      );
    expect(failing(', onError: own', 'on: { error: all }').path).toEqual(['one:error', 'own:end']);
    expect(failing('', 'on: { error: all }').path).toEqual(['one:error', 'all:end']);
    expect(failing('', '').effects.at(-1)).toEqual({ type: 'hangup', reason: 'error' });
  });

  it('[F15] an error handler that fails itself is stopped', () => {
    const call = new FlowCall(
      flowWith('  one: { if: 1 / n > 0, then: end, else: end }', 'vars: { n: 0 }\non: { error: one }'),
    );
    expect(call.state).toMatchObject({ phase: 'ended', endReason: 'error', failures: 20 });
  });

  it('[F14] a loop without end stops at the limit', () => {
    const call = new FlowCall(flowWith('  one: { set: { n: "{{ n + 1 }}" }, next: one }', 'vars: { n: 0 }'));
    expect(call.state).toMatchObject({ phase: 'ended', endReason: 'stepLimit', steps: 2_000, vars: { n: 2_000 } });
    expect(call.effects.at(-1)).toEqual({ type: 'hangup', reason: 'stepLimit' });
  });

  it('[F14] at the limit on.error is entered once and has 50 steps', () => {
    const loop = '  one: { set: { n: "{{ n + 1 }}" }, next: one }';
    const kind = new FlowCall(
      flowWith(`${loop}\n  sorry: { say: Sorry, next: end }`, 'vars: { n: 0 }\non: { error: sorry }'),
    );
    expect(kind.said).toEqual(['Sorry']);
    expect(kind.heard().effects.at(-1)).toEqual({ type: 'hangup', reason: 'completed' });
    const endless = new FlowCall(flowWith(loop, 'vars: { n: 0 }\non: { error: one }'));
    expect(endless.state).toMatchObject({ phase: 'ended', endReason: 'stepLimit', steps: 2_050 });
  });

  it('[F9] texts cannot grow without end', () => {
    const call = new FlowCall(flowWith('  one: { set: { a: "{{ a + a }}" }, next: one }', 'vars: { a: xxxxxxxx }'));
    expect(call.state).toMatchObject({ phase: 'ended', endReason: 'error' });
    expect(String(call.state.vars['a']).length).toBeLessThanOrEqual(4_096);
  });

  it('[F11] a state of another version is refused', () => {
    const one = flowWith('  one: { say: Hello, next: end }');
    const other = flowWith('  one: { say: Bye, next: end }');
    const { state } = start(one, { at: 0, caller: { number: '', name: '' }, called: '1' });
    expect(() => next(other, state, { type: 'digit', at: 1, digit: '1' })).toThrow(RangeError);
  });
});

describe('the caller leaves', () => {
  const steps = `  one:
    menu: { prompt: Press }
    choices: { "1": two, "2": three }
    noInput: end
  two: { queue: support, onTimeout: end }
  three: { voicemail: support, next: end }
  log: { set: { left: true }, next: after }
  after: { say: Nobody hears this, next: end }`;
  const flow = flowWith(steps, 'vars: { left: false }\non: { hangup: log }');

  it.each([
    ['during a prompt', (call: FlowCall) => call, ['stopPlay']],
    ['while we wait for a key', (call: FlowCall) => call.heard(), ['clearTimer']],
    ['in a queue', (call: FlowCall) => call.press('1'), ['leaveQueue']],
    ['before the beep', (call: FlowCall) => call.press('2'), ['stopPlay']],
    ['while leaving a message', (call: FlowCall) => call.press('2').heard(), ['clearTimer', 'stopVoicemail']],
  ] as const)('[F16] %s: what runs is stopped and on.hangup runs without a caller', (_, reach, stopped) => {
    const call = reach(new FlowCall(flow));
    const effects = call.hangUp();
    expect(effects.slice(0, stopped.length).map(({ type }) => type)).toEqual(stopped);
    expect(call.state).toMatchObject({
      phase: 'ended',
      endReason: 'callerLeft',
      callerGone: true,
      vars: { left: true },
    });
    expect(effects.at(-1)).toEqual({ type: 'finished', reason: 'callerLeft' });
    expect(effects.filter(({ type }) => type === 'play' || type === 'hangup')).toEqual([]);
  });

  it('[F13] after the end nothing has any effect', () => {
    const call = new FlowCall(flow);
    call.hangUp();
    const { state } = call;
    expect(call.hangUp()).toEqual([]);
    expect(call.press('1').state).toBe(state);
  });
});

describe('secure digits', () => {
  const flow = flowWith(`  one: { say: Hello, next: two }
  two: { collect: { prompt: PIN, into: pin, digits: 4, secure: true }, next: three, noInput: end }
  three: { say: Thanks, next: end }`);
  const PIN = '4711';

  it('[F18] the digits are in no variable, fact, log or effect', () => {
    const call = new FlowCall(flow).heard().heard().press(PIN);
    expect(call.state.secrets).toEqual({ pin: PIN });
    expect(call.state.vars).toEqual({});
    expect(JSON.stringify(call.effects)).not.toContain(PIN);
    const framed = call.effects.map(({ type }) => type).filter((type) => type.startsWith('secure'));
    expect(framed).toEqual(['secureStarted', 'secureEnded', 'secureDigitsCollected']);
    expect(JSON.stringify(printable(call.state))).not.toContain(PIN);
  });

  it('[F18] a state in the middle of the entry does not print what was typed', () => {
    const call = new FlowCall(flow).heard().heard().press('471');
    expect(isSecret(call.state)).toBe(true);
    expect(JSON.stringify(call.state)).toContain('471');
    expect(JSON.stringify(printable(call.state))).not.toContain('471');
    expect(call.hangUp().map(({ type }) => type)).toContain('secureEnded');
    expect(JSON.stringify(call.state)).not.toContain('471');
  });

  it('[F18] keys pressed ahead of a secure entry are dropped', () => {
    const call = new FlowCall(flow).press('47');
    expect(call.state.step).toBe('two');
    expect(call.state.typed).toBe('');
    expect(call.press('11').state.phase).toBe('running');
    expect(call.state.secrets).toEqual({});
  });
});
