import { describe, expect, it } from 'vitest';
import { loadFlow } from '../../../src/flows/language/load.ts';
import { FlowCall, flowWith } from '../../support/flow-call.ts';

describe('[F67] queueStatus', () => {
  it('reads the figures of a queue', () => {
    const steps =
      '  one: { queueStatus: { queue: support, save: { ahead: waiting, soon: estimatedWaitSeconds, longest: longestWaitSeconds } }, next: end }';
    const call = new FlowCall(flowWith(steps, 'vars: { ahead: 0, soon: 0, longest: 0 }'));
    const { readId } = call.last('readQueue');
    const figures = { waiting: 3, agentsOnDuty: 2, agentsReady: 0, longestWaitMs: 61_400 };
    call.send({ type: 'queueRead', readId, figures });
    expect(call.state.vars).toEqual({ ahead: 3, soon: -1, longest: 61 });
  });
});

describe('[F68] queue', () => {
  const QUEUE = `  one: { queue: { name: support, callbackKey: "*", whisper: "From {{ caller.name }}." }, onTimeout: again, onCallback: back }
  again: { say: Still here., next: one }
  back: { callback: { queue: support }, next: end, onInvalid: end }`;

  it('tells the agent something before they are joined', () => {
    const call = new FlowCall(flowWith(QUEUE));
    expect(call.last('enterQueue').whisper).toEqual([{ type: 'text', text: 'From Ada.', language: 'en' }]);
  });

  it('the key ends the wait and keeps the place; other keys, and the key in a talk, mean nothing', () => {
    const call = new FlowCall(flowWith(QUEUE)).press('5');
    expect(call.path).toEqual([]);
    const since = call.state.startedAt;
    call.press('*');
    expect(call.last('leaveQueue').queueId).toBe('queue-1');
    expect(call.last('bookCallback')).toMatchObject({ queue: 'support', number: '+4930123456', since, priority: 0 });
    call.send({ type: 'callbackBooked', callbackId: call.last('bookCallback').callbackId });
    expect(call.path).toEqual(['one:callback', 'back:next', 'end:end']);
    const talking = new FlowCall(flowWith(QUEUE));
    talking.send({ type: 'queueAnswered', queueId: 'queue-1' });
    expect(talking.press('*').path).toEqual([]);
  });

  it('whoever comes back keeps the place of the first time', () => {
    const call = new FlowCall(flowWith(QUEUE));
    expect(call.last('enterQueue').since).toBeUndefined();
    call.send({ type: 'queueEnded', queueId: 'queue-1', outcome: 'timeout' });
    call.heard();
    expect(call.last('enterQueue')).toMatchObject({ queueId: 'queue-3', since: call.state.startedAt });
  });

  it('[F69] a number that cannot be called has a way of its own', () => {
    const flow = flowWith(QUEUE);
    const call = new FlowCall(flow, { caller: { number: '', name: '' } }).press('*');
    expect(call.path).toEqual(['one:callback', 'back:invalid', 'end:end']);
  });

  it('callbackKey and onCallback stand together', () => {
    const text = `flow: t\nversion: 1\nstart: one\nsteps:\n  one: { queue: { name: s, callbackKey: "1" }, onTimeout: end }\n  end: { hangup: {} }\n`;
    const loaded = loadFlow(text, 't.yaml');
    expect(loaded.ok ? [] : loaded.errors.map(({ rule }) => rule)).toEqual(['value.wrong']);
  });
});

describe('[F70] transfer', () => {
  const STEPS = `  one: { transfer: { number: "+49 (30) 12-34", ring: 20s, whisper: Hello. }, onNoAnswer: na, onBusy: busy, onEnded: after }
  na: { hangup: {} }
  busy: { hangup: {} }
  after: { hangup: {} }`;

  it('rings a number and is over when the other side hangs up', () => {
    const call = new FlowCall(flowWith(STEPS));
    expect(call.last('transfer')).toMatchObject({ to: { number: '+49301234' }, ringMs: 20_000 });
    const { transferId } = call.last('transfer');
    call.send({ type: 'transferAnswered', transferId });
    call.send({ type: 'transferEnded', transferId, outcome: 'ended' });
    expect(call.path).toEqual(['one:ended', 'after:end']);
  });

  it.each([
    ['busy', 'busy'],
    ['noAnswer', 'na'],
    ['failed', 'na'],
  ] as const)('%s leads to %s', (outcome, step) => {
    const call = new FlowCall(flowWith(STEPS));
    call.send({ type: 'transferEnded', transferId: call.last('transfer').transferId, outcome });
    expect(call.path).toEqual([`one:${outcome}`, `${step}:end`]);
  });

  it('a hang-up ends it, and what is no number fails to reach anybody', () => {
    expect(new FlowCall(flowWith(STEPS)).hangUp()[0]).toMatchObject({ type: 'endTransfer' });
    const to = flowWith('  one: { transfer: { number: "{{ caller.name }}" }, onNoAnswer: end }');
    expect(new FlowCall(to).path).toEqual(['one:failed', 'end:end']);
  });
});

describe('the smaller ones', () => {
  it('[F71] sends keys, and goes on when they are out', () => {
    const call = new FlowCall(flowWith('  one: { dtmf: { digits: "12#", gap: 100ms }, next: end }'));
    expect(call.last('sendDigits')).toMatchObject({ digits: '12#', durationMs: 100, gapMs: 100 });
    call.send({ type: 'digitsSent', sendId: call.last('sendDigits').sendId });
    expect(call.path).toEqual(['one:next', 'end:end']);
    expect(new FlowCall(flowWith('  one: { dtmf: "{{ caller.name }}", next: end }')).path).toEqual(['one:error']);
  });

  it('[F71] more keys than go out at once are told when the flow is read, and fail the step later', () => {
    const load = (keys: string) =>
      loadFlow(
        `flow: t\nversion: 1\nstart: a\nsteps:\n  a: { dtmf: "${keys}", next: b }\n  b: { hangup: {} }\n`,
        't.yaml',
      ).ok;
    expect([load('1'.repeat(50)), load('1'.repeat(51)), load('12x')]).toEqual([true, false, false]);
    const flow = flowWith('  one: { dtmf: "{{ caller.name }}", next: end }');
    expect(new FlowCall(flow, { caller: { number: '', name: '1'.repeat(51) } }).path).toEqual(['one:error']);
  });

  it('[F72] a consent with nothing to hear fails', () => {
    const flow = flowWith('  one: { say: { text: "{{ notice }}", consent: true }, next: end }', 'vars: { notice: "" }');
    expect(new FlowCall(flow).path).toEqual(['one:error']);
  });

  it('[F72] a consent is heard to the end, counts then, and is lost when it cannot be played', () => {
    const flow = flowWith(
      '  one: { say: { text: Recorded., consent: true }, next: two }\n  two: { record: start, next: end }',
    );
    const call = new FlowCall(flow).press('1');
    expect(call.effects.some(({ type }) => type === 'stopPlay')).toBe(false);
    call.heard();
    expect(
      call.effects.map(({ type }) => type).filter((type) => type === 'consentPlayed' || type === 'record'),
    ).toEqual(['consentPlayed', 'record']);
    expect(new FlowCall(flow).heard('failed').path).toEqual(['one:error']);
  });

  it('[F73] labels and milestones carry values of the moment', () => {
    const steps = `  one: { tag: { reason: "from {{ caller.name }}" }, next: two }
  two: { event: { name: found, values: { n: "{{ n }}", fixed: 2 } }, next: end }`;
    const call = new FlowCall(flowWith(steps, 'vars: { n: 7 }'));
    expect(call.last('tagged').tags).toEqual({ reason: 'from Ada' });
    const cut = new FlowCall(call.flow, { caller: { number: '', name: `${'x'.repeat(194)}😀` } });
    expect(cut.last('tagged').tags).toEqual({ reason: `from ${'x'.repeat(194)}` });
    expect(call.last('milestone')).toMatchObject({ name: 'found', values: { n: 7, fixed: 2 } });
  });
});
