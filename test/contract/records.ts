import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Records } from '../../src/adapters/records/open.ts';
import { callRecord, callSummary } from '../../src/protocol/http.ts';
import { wholeCall } from '../support/call-facts.ts';
import type { ManualClock } from '../support/manual-clock.ts';

export interface RecordsUnderTest {
  records: Records;
  /** The data folder. */
  folder: string;
  clock: ManualClock;
  /** The same records opened anew, as after a restart. */
  reopen(): Promise<Records>;
  close(): Promise<void>;
}

const START = 1_764_000_000_000;

/** The promises of call records: journal in, lists and records out, in either database. */
export function recordsContract(name: string, open: () => Promise<RecordsUnderTest>): void {
  describe(`call records in ${name}`, () => {
    let site: RecordsUnderTest;
    let agents: { first: string; second: string };
    beforeEach(async () => {
      site = await open();
      const made = await Promise.all(
        ['amy', 'bo'].map((one) =>
          site.records.accounts.create({ name: one, displayName: `${one}!`, role: 'agent', password: 'long enough' }),
        ),
      );
      agents = { first: made[0]?.id ?? '', second: made[1]?.id ?? '' };
    });
    afterEach(() => site.close());

    async function write(callId: string, startedAt: number, facts = 100): Promise<void> {
      for (const fact of wholeCall(callId, startedAt, agents).slice(0, facts)) site.records.journal.write(fact);
      await site.records.journal.flushed();
    }

    it('[R2] gives the whole record of a call back', async () => {
      await write('call-1', START);
      const record = await site.records.callRecords.get('call-1');
      expect(callRecord.parse(record)).toEqual(record);
      expect(record).toMatchObject({
        callerNumber: '+4930123456',
        flow: 'welcome',
        flowVersion: 'abc',
        queue: 'support',
        agentName: 'bo!',
        waitedMs: 24_000,
        talkedMs: 60_000,
        outcome: 'answered',
        endedBy: 'caller',
        endReason: 'caller hung up',
        hasRecording: true,
      });
      expect(record?.legs).toHaveLength(2);
      expect(record?.legs[0]?.quality).toEqual({ mos: 3.9, lossRate: 0.01, jitterMs: 11 });
      expect(record?.steps.map(({ step, digits, secure }) => [step, digits, secure])).toEqual([
        ['hello', '1', undefined],
        ['card', undefined, true],
        ['support', undefined, undefined],
      ]);
      expect(record?.offers.map(({ agentName, outcome }) => [agentName, outcome])).toEqual([
        ['amy!', 'rangOut'],
        ['bo!', 'answered'],
      ]);
      expect(record?.recordings[0]).toMatchObject({ state: 'closed', formats: ['wav'], durationMs: 60_000 });
      expect(await site.records.callRecords.get('call-unheard-of')).toBeUndefined();
    });

    it('[R3] lists the newest first, page by page, and loses none of those that began in the same ms', async () => {
      for (const [i, startedAt] of [START, START + 1, START + 1, START + 1, START + 2].entries()) {
        await write(`call-${i}`, startedAt);
      }
      const first = await site.records.callRecords.list({ limit: 2 });
      for (const summary of first) expect(callSummary.parse(summary)).toEqual(summary);
      expect(first.map(({ callId }) => callId)).toEqual(['call-4', 'call-3', 'call-2', 'call-1']);
      const next = await site.records.callRecords.list({ limit: 2, before: first.at(-1)?.startedAt ?? 0 });
      expect(next.map(({ callId }) => callId)).toEqual(['call-0']);
    });

    it('[R4] the line in the list and the record say the same, after every single fact', async () => {
      const facts = wholeCall('call-1', START, agents);
      for (const fact of facts) {
        site.records.journal.write(fact);
        await site.records.journal.flushed();
        const [line] = await site.records.callRecords.list({ limit: 1 });
        const record = await site.records.callRecords.get('call-1');
        expect(record).toMatchObject({ ...line });
        expect(line?.outcome).toBe(record?.outcome);
      }
    });

    it('[R5] tells which calls a program that died left behind, with their open legs and recordings', async () => {
      await write('call-done', START);
      await write('call-cut', START + 5, 25);
      const records = await site.reopen();
      expect(await records.callRecords.unfinished()).toEqual([
        {
          callId: 'call-cut',
          legs: [{ legId: 'call-cut-a', dialogId: 'dialog-call-cut' }, { legId: 'call-cut-b' }],
          recordingIds: ['rec-of-call-cut'],
        },
      ]);
      // The call goes on from what was kept, although this program never saw its beginning.
      records.journal.write({
        callId: 'call-cut',
        at: START + 100_000,
        type: 'callEnded',
        outcome: 'answered',
        endedBy: 'system',
        reason: 'program restarted',
      });
      await records.journal.flushed();
      expect(await records.callRecords.unfinished()).toEqual([]);
      const [line] = await records.callRecords.list({ limit: 1 });
      expect(line).toMatchObject({ callId: 'call-cut', endReason: 'program restarted', waitedMs: 24_000 });
    });

    it('[R6] takes what callers send in their names and numbers, whatever it is', async () => {
      const callerNumber = "\0'; drop table calls; --\uD800 电话";
      site.records.journal.write({ callId: 'call-1', at: START, type: 'callStarted', callerNumber, calledNumber: '1' });
      site.records.journal.write({
        callId: 'call-1',
        at: START,
        type: 'noted',
        what: 'x',
        detail: { bad: '\0\uDFFF' },
      });
      await site.records.journal.flushed();
      const [line] = await site.records.callRecords.list({ limit: 1 });
      expect(line?.callerNumber).toBe("\uFFFD'; drop table calls; --\uFFFD 电话");
      expect((await site.records.callRecords.get('call-1'))?.events).toHaveLength(1);
    });

    it('[R7] stores many calls at once, all of them and each in its order', async () => {
      const whole = Array.from({ length: 60 }, (_, i) => wholeCall(`call-${i}`, START + i, agents));
      for (let n = 0; n < 40; n += 1) {
        for (const facts of whole) {
          const fact = facts[n];
          if (fact) site.records.journal.write(fact);
        }
      }
      await site.records.journal.flushed();
      const lines = await site.records.callRecords.list({ limit: 200 });
      expect(lines).toHaveLength(60);
      expect(lines.every(({ outcome, talkedMs }) => outcome === 'answered' && talkedMs === 60_000)).toBe(true);
      expect((await site.records.callRecords.get('call-17'))?.steps).toHaveLength(3);
    });
  });
}
