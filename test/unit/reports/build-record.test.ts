import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callRecord, callSummary } from '../../../src/protocol/http.ts';
import { buildRecord, type RecordContext, summarise } from '../../../src/reports/build-record.ts';
import { draftOf } from '../../../src/reports/call-draft.ts';
import type { CallFact } from '../../../src/reports/journal.ts';
import { wholeCall } from '../../support/call-facts.ts';

const START = 1_764_000_000_000;
const agents = { first: 'user-amy', second: 'user-bo' };
const context: RecordContext = {
  agentName: (id) => (id === agents.second ? 'Bo' : undefined),
  recording: () => undefined,
};

function recordOf(facts: readonly CallFact[]) {
  const draft = draftOf(facts);
  return draft && buildRecord(draft, context);
}

/** The call as `facts`, and then what a restarted program writes about it. */
function cutOff(facts: CallFact[]): CallFact[] {
  const at = START + 200_000;
  return [...facts, { callId: 'c', at, type: 'callEnded', outcome: 'failed', endedBy: 'system', reason: 'restarted' }];
}

describe('the record of a call', () => {
  it('[R10] every beginning of a call gives a valid record', () => {
    const facts = wholeCall('c', START, agents);
    for (let n = 1; n <= facts.length; n += 1) {
      const record = recordOf(facts.slice(0, n));
      expect(callRecord.parse(record), `after ${n} facts`).toEqual(record);
      expect(record?.outcome === undefined).toBe(n < facts.length);
    }
    expect(recordOf([])).toBeUndefined();
  });

  it('[R10] any facts in any order, with any missing or doubled, give a valid record and line', () => {
    const facts = wholeCall('c', START, agents);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...facts), { minLength: 1, maxLength: 60 }), (some) => {
        const draft = draftOf(some);
        if (!draft) throw new Error('no draft');
        callRecord.parse(buildRecord(draft, context));
        const { agentId: _, ...line } = summarise(draft);
        callSummary.parse(line);
        expect(line.waitedMs ?? 0).toBeGreaterThanOrEqual(0);
        expect(line.talkedMs ?? 0).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });

  it('[R11] a call that was cut off ends with everything that was open in it', () => {
    const facts = wholeCall('c', START, agents);
    for (let n = 1; n < facts.length; n += 1) {
      const record = recordOf(cutOff(facts.slice(0, n)));
      expect(record).toMatchObject({ outcome: 'failed', endedBy: 'system', endReason: 'restarted' });
      expect(record?.legs.every(({ endedAt }) => endedAt !== undefined)).toBe(true);
      expect(record?.steps.every(({ leftAt }) => leftAt !== undefined)).toBe(true);
      expect(record?.offers.every(({ endedAt }) => endedAt !== undefined)).toBe(true);
    }
    const talking = recordOf(cutOff(facts.slice(0, 22)));
    expect(talking?.talkedMs).toBe(170_000);
    expect(talking?.legs[0]).not.toHaveProperty('endReason');
    expect(talking?.steps.at(-1)).not.toHaveProperty('exit');
  });

  it('[R11] the first end counts: what a restarted program adds to a finished call changes nothing', () => {
    const facts = wholeCall('c', START, agents);
    expect(recordOf(cutOff(facts))).toEqual(recordOf(facts));
  });

  it('[R12] secure digits are nowhere in the record, even when they were journaled by mistake', () => {
    const secret = '4929123';
    const at = START;
    const entered: CallFact = { callId: 'c', at, type: 'stepEntered', step: 'card', verb: 'collect' };
    const digits: CallFact = { callId: 'c', at, type: 'digitsCollected', step: 'card', digits: secret };
    const secure: CallFact = { callId: 'c', at, type: 'secureDigitsCollected', step: 'card' };
    for (const order of [
      [entered, digits, secure],
      [entered, secure, digits],
    ]) {
      const record = recordOf(order);
      expect(JSON.stringify(record)).not.toContain(secret);
      expect(record?.steps[0]?.secure).toBe(true);
    }
  });

  it('[R13] digits belong to the visit in which they were pressed', () => {
    const at = START;
    const menu = (digits: string[]): CallFact[] => [
      { callId: 'c', at, type: 'stepEntered', step: 'hello', verb: 'menu' },
      ...digits.map((one): CallFact => ({ callId: 'c', at, type: 'digitsCollected', step: 'hello', digits: one })),
      { callId: 'c', at, type: 'stepLeft', step: 'hello', exit: 'x' },
    ];
    const record = recordOf([...menu(['7', '3']), ...menu([]), ...menu(['1'])]);
    expect(record?.steps.map(({ digits }) => digits)).toEqual(['7 3', undefined, '1']);
  });

  it('[R14] an agent whose account is gone is shown by id', () => {
    const record = recordOf(wholeCall('c', START, agents));
    expect(record?.offers.map(({ agentName }) => agentName)).toEqual(['user-amy', 'Bo']);
  });

  it('[R15] a caller who waited twice waited for both', () => {
    const facts: CallFact[] = [];
    for (const [queue, from, to] of [
      ['sales', 0, 10],
      ['support', 20, 50],
    ] as const) {
      facts.push({ callId: 'c', at: START + from, type: 'queueEntered', queue });
      facts.push({ callId: 'c', at: START + to, type: 'queueLeft', queue, outcome: 'timeout' });
    }
    expect(recordOf(facts)).toMatchObject({ queue: 'support', waitedMs: 40 });
  });

  it('[R16] a kind of fact that this program does not know is passed over', () => {
    const facts = wholeCall('c', START, agents);
    const strange = { callId: 'c', at: START + 1, type: 'teleported', to: 'Mars' } as unknown as CallFact;
    expect(recordOf([...facts.slice(0, 5), strange, ...facts.slice(5)])).toEqual(recordOf(facts));
  });
});
