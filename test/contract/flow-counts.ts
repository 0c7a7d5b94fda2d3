import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, dayOf } from '../../src/reports/flow-counts.ts';
import type { CallFact, CallOutcome } from '../../src/reports/journal.ts';
import { wholeCall } from '../support/call-facts.ts';
import type { RecordsUnderTest } from './records.ts';

const START = 1_764_000_000_000;
const TODAY = dayOf(START);
const AGENTS = { first: 'user-a', second: 'user-b' };

/** The promises of what is counted of ended calls, in either database. */
export function flowCountsContract(name: string, open: () => Promise<RecordsUnderTest>): void {
  describe(`counts of flows in ${name}`, () => {
    let site: RecordsUnderTest;
    beforeEach(async () => {
      site = await open();
    });
    afterEach(() => site.close());

    async function write(facts: readonly CallFact[]): Promise<void> {
      for (const fact of facts) site.records.journal.write(fact);
      await site.records.journal.flushed();
    }

    /** A call of one menu, in the version and way given. */
    function shortCall(callId: string, at: number, version: string, exit: string, outcome: CallOutcome): CallFact[] {
      return [
        { callId, at, type: 'callStarted', callerNumber: '+4930123456', calledNumber: '1000' },
        { callId, at, type: 'flowStarted', flow: 'welcome', flowVersion: version, alias: 'canary' },
        { callId, at, type: 'stepEntered', step: 'choose', verb: 'menu' },
        { callId, at: at + 2_000, type: 'stepLeft', step: 'choose', exit },
        { callId, at: at + 3_000, type: 'callEnded', outcome, endedBy: 'caller', reason: 'caller hung up' },
      ];
    }

    it('[V30] counts a call when it ends: its outcome, its way to a person, and each visit with its exit and time', async () => {
      const facts = wholeCall('call-1', START, AGENTS);
      await write(facts.slice(0, -1));
      expect(await site.records.flowTallies.calls('welcome', 0)).toEqual([]);
      await write(facts.slice(-1));
      expect(await site.records.flowTallies.calls('welcome', 0)).toEqual([
        { version: 'abc', alias: 'draft', outcome: 'answered', calls: 1, reached: 1, reachedMs: 30_000, lastAt: START },
      ]);
      expect(await site.records.flowTallies.steps('welcome', 0)).toEqual([
        { step: 'card', verb: 'collect', exit: 'done', visits: 1, spentMs: 2_000, lastAt: START + 4_000 },
        { step: 'hello', verb: 'menu', exit: '1', visits: 1, spentMs: 3_000, lastAt: START + 1_000 },
        { step: 'support', verb: 'queue', exit: '', visits: 1, spentMs: 84_000, lastAt: START + 6_000 },
      ]);
      expect(await site.records.flowTallies.steps('other', 0)).toEqual([]);
    });

    it('[V30] adds up many calls of many days, each under its version; a window of days leaves out what is older', async () => {
      const calls: CallFact[] = [];
      for (let day = 0; day < 3; day += 1) {
        for (let n = 0; n < 40; n += 1) {
          const at = START - day * DAY_MS + n;
          const version = n % 2 === 0 ? 'one' : 'two';
          const outcome = n % 4 === 0 ? 'abandoned' : 'selfService';
          calls.push(...shortCall(`call-${day}-${n}`, at, version, n % 10 === 0 ? '9' : '1', outcome));
        }
      }
      await write(calls);
      const tallies = await site.records.flowTallies.calls('welcome', TODAY - 1);
      expect(tallies.map(({ version, alias, outcome, calls: count }) => [version, alias, outcome, count])).toEqual([
        ['one', 'canary', 'abandoned', 20],
        ['one', 'canary', 'selfService', 20],
        ['two', 'canary', 'selfService', 40],
      ]);
      expect(await site.records.flowTallies.steps('welcome', TODAY - 1)).toEqual([
        { step: 'choose', verb: 'menu', exit: '1', visits: 72, spentMs: 144_000, lastAt: START + 39 },
        { step: 'choose', verb: 'menu', exit: '9', visits: 8, spentMs: 16_000, lastAt: START + 30 },
      ]);
      expect(await site.records.flowTallies.steps('welcome', TODAY + 1, 'two')).toEqual([
        { step: 'choose', verb: 'menu', exit: '1', visits: 0, spentMs: 0, lastAt: START + 39 },
      ]);
    });

    it('[V31] [R53] facts that come again, at once or after a restart, are counted once', async () => {
      const spill = join(site.folder, 'journal.spill');
      const keyed = wholeCall('call-1', START, AGENTS).map((fact, index) => ({ key: `run-${index}`, fact }));
      const text = keyed.map((one) => `${JSON.stringify(one)}\n`).join('');
      const replay = async (lines: string): Promise<void> => {
        await site.records.close();
        writeFileSync(spill, lines);
        await site.reopen();
        await site.records.journal.flushed();
      };
      const half = text.slice(0, text.length / 2);
      for (const lines of [half, half + text, text + text, text]) {
        await replay(lines);
        const line = (await site.records.callRecords.list({ limit: 1 }))[0];
        const record = await site.records.callRecords.get('call-1');
        expect(record).toMatchObject({ ...line });
      }
      expect(await site.records.flowTallies.calls('welcome', 0)).toMatchObject([{ calls: 1, reachedMs: 30_000 }]);
      const steps = await site.records.flowTallies.steps('welcome', 0);
      expect(steps.map(({ step, visits }) => [step, visits])).toEqual([
        ['card', 1],
        ['hello', 1],
        ['support', 1],
      ]);
    });

    it('[V31] a call that a program left behind is counted when the next one ends it', async () => {
      const facts = wholeCall('call-1', START, AGENTS);
      await write(facts.slice(0, 12));
      await site.reopen();
      expect(await site.records.flowTallies.calls('welcome', 0)).toEqual([]);
      const last = { type: 'callEnded', outcome: 'failed', endedBy: 'system', reason: 'program restarted' } as const;
      await write([{ callId: 'call-1', at: START + 9_000, ...last }]);
      await write([{ callId: 'call-1', at: START + 9_500, ...last }]);
      expect(await site.records.flowTallies.calls('welcome', 0)).toMatchObject([{ outcome: 'failed', calls: 1 }]);
      expect(await site.records.flowTallies.steps('welcome', 0)).toContainEqual({
        ...{ step: 'support', verb: 'queue', exit: '', visits: 1, spentMs: 3_000, lastAt: START + 6_000 },
      });
    });

    it('[V32] a step inside of a called flow counts for that flow; steps of one name are told apart', async () => {
      const callId = 'call-1';
      const at = (s: number): number => START + s * 1_000;
      await write([
        { callId, at: at(0), type: 'callStarted', callerNumber: '1', calledNumber: '1000' },
        { callId, at: at(0), type: 'flowStarted', flow: 'welcome', flowVersion: 'abc', alias: 'live' },
        { callId, at: at(0), type: 'stepEntered', step: 'ask', verb: 'call' },
        { callId, at: at(0), type: 'stepEntered', step: 'ask', verb: 'collect', flow: 'identify' },
        { callId, at: at(4), type: 'stepLeft', step: 'ask', exit: 'next', flow: 'identify' },
        { callId, at: at(5), type: 'stepLeft', step: 'ask', exit: 'next' },
        { callId, at: at(5), type: 'callEnded', outcome: 'selfService', endedBy: 'system', reason: 'the flow ended' },
      ]);
      const tally = { step: 'ask', exit: 'next', visits: 1, lastAt: START };
      expect(await site.records.flowTallies.steps('welcome', 0)).toEqual([{ ...tally, verb: 'call', spentMs: 5_000 }]);
      expect(await site.records.flowTallies.steps('identify', 0)).toEqual([
        { ...tally, verb: 'collect', spentMs: 4_000 },
      ]);
      expect(await site.records.flowTallies.calls('identify', 0)).toEqual([]);
    });

    it('[V31] a call that came to no flow counts nowhere, and names that a database would refuse are kept', async () => {
      const [started, ...others] = shortCall('call-1', START, 'v\0', '\uD800', 'failed');
      if (started) await write([started, ...others.slice(-1)]);
      expect(await site.records.flowTallies.calls('welcome', 0)).toEqual([]);
      await write(shortCall('call-2', START, 'v\0', '\uD800', 'failed'));
      expect(await site.records.flowTallies.calls('welcome', 0)).toMatchObject([{ version: 'v\uFFFD', calls: 1 }]);
      expect(await site.records.flowTallies.steps('welcome', 0)).toMatchObject([{ exit: '\uFFFD', visits: 1 }]);
    });
  });
}
