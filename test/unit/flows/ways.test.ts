import { describe, expect, it } from 'vitest';
import { chanceOf } from '../../../src/flows/machine/chance.ts';
import { FlowCall, flowWith } from '../../support/flow-call.ts';

describe('answering', () => {
  const BY_STEP = 'answer: byStep';

  it('[F50] rings, answers and speaks', () => {
    const call = new FlowCall(
      flowWith(
        '  one: { ring: 3s, next: take }\n  take: { answer: {}, next: hi }\n  hi: { say: Hi., next: end }',
        BY_STEP,
      ),
    );
    expect(call.effects.map(({ type }) => type)).toEqual(['stepEntered', 'ring', 'setTimer']);
    call.silence();
    const { answerId } = call.last('answer');
    call.send({ type: 'answered', answerId });
    expect(call.said).toEqual(['Hi.']);
    expect(call.state.answered).toBe(true);
  });

  it.each(['busy', 'unavailable', 'declined'])('[F50] rejects as %s', (cause) => {
    const call = new FlowCall(flowWith(`  one: { reject: ${cause} }`, BY_STEP));
    expect(call.effects.at(-1)).toEqual({ type: 'hangup', reason: 'rejected', cause });
  });

  it('[F50] a step that needs an answered call fails before the answer', () => {
    const call = new FlowCall(flowWith('  one: { say: Hi., next: end, onError: no }\n  no: { reject: busy }', BY_STEP));
    expect(call.path).toEqual(['one:error', 'no:end']);
  });

  it('[F51] hanging up before the answer refuses', () => {
    const call = new FlowCall(flowWith('  one: { hangup: {} }', BY_STEP));
    expect(call.effects.at(-1)).toEqual({ type: 'hangup', reason: 'completed', cause: 'declined' });
  });

  it('[F50] after the answer there is neither ringing nor rejecting', () => {
    expect(new FlowCall(flowWith('  one: { ring: 1s, next: end }')).path).toEqual(['one:error']);
    expect(new FlowCall(flowWith('  one: { reject: busy }')).path).toEqual(['one:error']);
  });
});

describe('the longest time of a call', () => {
  const HEAD = 'on: { maxDuration: { after: 30m, then: tooLong } }';
  const TOO_LONG = '  tooLong: { say: Time is up., next: end }';

  it('[F58] stops what runs and goes where the flow says, once', () => {
    const call = new FlowCall(flowWith(`  one: { say: Hello., next: one }\n${TOO_LONG}`, HEAD));
    expect(call.effects[0]).toEqual({ type: 'setTimer', timerId: 'maxDuration', ms: 1_800_000 });
    const effects = call.send({ type: 'timer', timerId: 'maxDuration' });
    expect(effects[0]).toMatchObject({ type: 'stopPlay' });
    expect(call.said).toEqual(['Hello.', 'Time is up.']);
    expect(call.send({ type: 'timer', timerId: 'maxDuration' })).toEqual([]);
    call.heard();
    expect(call.effects.at(-1)).toEqual({ type: 'hangup', reason: 'maxDuration' });
  });

  it('[F58] does not cut a talk; the time counts when it is over', () => {
    const queue = '  one: { queue: support, onTimeout: end, onAnsweredEnd: one }';
    const call = new FlowCall(flowWith(`${queue}\n${TOO_LONG}`, HEAD));
    const { queueId } = call.last('enterQueue');
    call.send({ type: 'queueAnswered', queueId });
    expect(call.send({ type: 'timer', timerId: 'maxDuration' })).toEqual([]);
    call.send({ type: 'queueEnded', queueId, outcome: 'agentEnded' });
    expect(call.said).toEqual(['Time is up.']);
  });

  it('[F58] a caller who leaves in a talk that lasted too long is not told so', () => {
    const steps = `  one: { queue: support, onTimeout: end }\n  bye: { set: { left: true }, next: end }\n${TOO_LONG}`;
    const head = 'vars: { left: false }\non: { hangup: bye, maxDuration: { after: 30m, then: tooLong } }';
    const call = new FlowCall(flowWith(steps, head));
    call.send({ type: 'queueAnswered', queueId: call.last('enterQueue').queueId });
    call.send({ type: 'timer', timerId: 'maxDuration' });
    call.hangUp();
    expect(call.path).toEqual(['one:callerLeft', 'bye:next', 'end:end']);
    expect(call.state).toMatchObject({ endReason: 'callerLeft', vars: { left: true } });
  });

  it('[F58] leads back into the flow the call began with, also after a goto', () => {
    const other = 'flow: other\nversion: 1\nstart: s\nsteps:\n  s: { say: Elsewhere., next: s }\n';
    const call = new FlowCall(flowWith(`  one: { goto: other }\n${TOO_LONG}`, HEAD, [other]));
    call.send({ type: 'timer', timerId: 'maxDuration' });
    expect(call.said).toEqual(['Elsewhere.', 'Time is up.']);
    expect(call.state.inside).toBe('test');
  });

  it('[F58] leaves the flows inside, and its clock ends with the call', () => {
    const inner = 'flow: inner\nversion: 1\nstart: s\nsteps:\n  s: { say: In., next: b }\n  b: { return: {} }\n';
    const flow = flowWith(`  one: { call: inner, next: end }\n${TOO_LONG}`, HEAD, [inner]);
    const call = new FlowCall(flow);
    call.send({ type: 'timer', timerId: 'maxDuration' });
    expect(call.path).toEqual(['one:maxDuration', 's:maxDuration']);
    expect(call.said).toEqual(['In.', 'Time is up.']);
    const other = new FlowCall(flow);
    other.heard();
    expect(other.effects.slice(-2)).toEqual([
      { type: 'clearTimer', timerId: 'maxDuration' },
      { type: 'hangup', reason: 'completed' },
    ]);
  });
});

describe('ways and counts', () => {
  it('[F60] switch compares as text', () => {
    const steps =
      '  one: { switch: n, cases: { "3": three, "4": end }, else: end }\n  three: { say: Three., next: end }';
    expect(new FlowCall(flowWith(steps, 'vars: { n: 3 }')).said).toEqual(['Three.']);
    expect(new FlowCall(flowWith(steps, 'vars: { n: 5 }')).path).toEqual(['one:else', 'end:end']);
  });

  it('[F61] loop goes round as often as it says, and counts anew after that', () => {
    const steps = '  one: { loop: 2, again: one, done: two }\n  two: { loop: 1, again: one, done: end }';
    const exits = new FlowCall(flowWith(steps)).path;
    expect(exits).toEqual([
      ...['one:again', 'one:again', 'one:done', 'two:again'],
      ...['one:again', 'one:again', 'one:done', 'two:done', 'end:end'],
    ]);
  });

  it('[F61] a step may have the name of something every object has', () => {
    const call = new FlowCall(
      flowWith(
        '  one: { loop: 1, again: constructor, done: end }\n  constructor: { loop: 1, again: constructor, done: one }',
      ),
    );
    expect(call.path.slice(0, 4)).toEqual(['one:again', 'constructor:again', 'constructor:done', 'one:done']);
  });

  it('[F62] distribute takes the same way for the same seed, and shares evenly', () => {
    const steps =
      '  one: { distribute: [{ percent: 30, then: end }, { percent: 70, then: two }] }\n  two: { hangup: {} }';
    const flow = flowWith(steps);
    const taken = (seed: number) => new FlowCall(flow, { seed }).path[0];
    let first = 0;
    for (let seed = 0; seed < 2_000; seed += 1) {
      if (taken(seed) === 'one:share1') first += 1;
      expect(taken(seed)).toBe(taken(seed));
    }
    expect(first / 2_000).toBeGreaterThan(0.26);
    expect(first / 2_000).toBeLessThan(0.34);
  });

  it('[F62] draws of different places do not depend on each other', () => {
    const both = Array.from({ length: 4_000 }, (_, seed) => [chanceOf(seed, 'f/a') < 0.5, chanceOf(seed, 'f/b') < 0.5]);
    const equal = both.filter(([a, b]) => a === b).length / both.length;
    expect(equal).toBeGreaterThan(0.46);
    expect(equal).toBeLessThan(0.54);
  });

  it('[F63] wait is silent, and keeps keys for the next question', () => {
    const steps =
      '  one: { wait: 3s, next: two }\n  two: { menu: { prompt: "?" }, choices: { "1": end }, noInput: end }';
    const call = new FlowCall(flowWith(steps)).press('1').silence();
    expect(call.path).toEqual(['one:next', 'two:1', 'end:end']);
    expect(call.said).toEqual([]);
  });

  it('[F74] texts are spoken by the voice that was chosen', () => {
    const steps =
      '  one: { set: { call.voice: male }, next: two }\n  two: { say: "After {{ call.seconds }}.", next: end }';
    const call = new FlowCall(flowWith(steps));
    expect(call.last('play').items).toEqual([{ type: 'text', text: 'After 0.', language: 'en', voice: 'male' }]);
  });
});
