import { describe, expect, it } from 'vitest';
import { flowWith } from '../../support/flow-call.ts';
import { everyCall, type WalkedCall } from '../../support/flow-walk.ts';

/** What nobody takes back: a booking that was asked for is wanted, and the others are over in a moment. */
const NOT_TAKEN_BACK = new Set(['bookCallback', 'readQueue', 'sendDigits']);

const FLOWS = {
  '[F64] http': `  one: { http: { get: crm/x, filler: Wait. }, save: { n: n }, next: two, onNotFound: end, onRefused: two }
  two: { http: { post: crm/y, body: { n: "{{ n }}" }, filler: Wait. }, next: end, onError: end }`,
  '[F67] queueStatus': `  one: { queueStatus: { queue: s, save: { n: waiting } }, next: two }
  two: { queue: s, onTimeout: end }`,
  '[F68] queue with a callback key': `  one: { queue: { name: s, callbackKey: "*", whisper: Hi. }, onTimeout: one, onCallback: two }
  two: { callback: { queue: s }, next: end }`,
  '[F70] transfer': `  one: { transfer: { number: "12345" }, onNoAnswer: two, onBusy: end, onEnded: two }
  two: { say: Nobody., next: end }`,
  '[F71] dtmf': `  one: { dtmf: "12", next: two }
  two: { say: { text: Recorded., consent: true }, next: three }
  three: { record: start, next: end }`,
};

describe('on every way through', () => {
  it.each(Object.entries(FLOWS))('%s leaves nothing running behind, and says the end once', (_, steps) => {
    let ended = 0;
    const title = ({ events }: WalkedCall) => events.map((event) => JSON.stringify(event)).join('\n');
    for (const call of everyCall(flowWith(steps, 'vars: { n: 0 }'), 6, '1*')) {
      expect(JSON.parse(JSON.stringify(call.state)), title(call)).toEqual(call.state);
      const ends = call.effects.filter(({ type }) => type === 'hangup' || type === 'finished').length;
      expect(ends, title(call)).toBe(call.state.phase === 'ended' ? 1 : 0);
      if (call.state.phase !== 'ended') continue;
      ended += 1;
      const left = [...call.open.values()].filter((type) => !NOT_TAKEN_BACK.has(type));
      expect(left, title(call)).toEqual([]);
    }
    expect(ended).toBeGreaterThan(5);
  });

  it('[F72] a consent counts only when it was heard to the end, and only then is anything recorded', () => {
    for (const { events, effects } of everyCall(flowWith(FLOWS['[F71] dtmf']), 6, '1*')) {
      const heard = events.some((event) => event.type === 'playEnded' && event.reason === 'finished');
      const types = effects.map(({ type }) => type);
      expect(types.filter((type) => type === 'consentPlayed')).toHaveLength(heard ? 1 : 0);
      expect(types.includes('record')).toBe(heard);
    }
  });

  it('[F68] the place in a queue is that of the first time, however often it is entered', () => {
    for (const { effects, state } of everyCall(flowWith(FLOWS['[F68] queue with a callback key']), 6, '1*')) {
      for (const effect of effects.filter(({ type }) => type === 'enterQueue').slice(1))
        expect(effect).toMatchObject({ since: state.startedAt });
      for (const effect of effects.filter(({ type }) => type === 'bookCallback'))
        expect(effect).toMatchObject({ since: state.startedAt });
    }
  });
});
