import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFailed } from 'vitest';
import { writeCallerAudio } from '../../../bench/support/caller-audio.ts';
import { callWithSipp } from '../../../bench/support/tools.ts';
import type { CallRecord, CallSummary } from '../../../src/protocol/http.ts';
import { asUser } from '../../support/desk-page.ts';
import { describeWith } from '../../support/peers.ts';
import { type Site, startSite } from '../../support/site.ts';

const CALLS = 3;
const SCENARIO = join(import.meta.dirname, '../../fixtures/sipp/caller-hangs-up.xml');

/** A SIP stack and RTP that are not ours. */
describeWith(['sipp', 'espeak-ng'], 'sipp calls the seeded number', () => {
  let site: Site;

  beforeAll(async () => {
    site = await startSite();
  }, 180_000);
  beforeEach(() => {
    onTestFailed(() => console.log(site.output()));
  });
  afterAll(() => site?.stop());

  it('is answered, leads by its digit to the opening hours and hangs up', { timeout: 90_000 }, async () => {
    const folder = join(site.folder, 'sipp');
    mkdirSync(folder);
    const audio = join(folder, 'caller.pcap');
    writeCallerAudio(audio, 7, 2, 2_000);
    const outcome = await callWithSipp({
      scenario: SCENARIO,
      folder,
      target: `${site.host}:${site.sipPort}`,
      number: '1000',
      audio,
      callsAtOnce: CALLS,
      total: CALLS,
      callsPerSecond: 1,
    });
    expect(outcome).toEqual({ succeeded: CALLS, failed: 0 });

    const get = await asUser(site, 'sam');
    await expect.poll(() => endedCalls(get), { timeout: 20_000 }).toHaveLength(CALLS);
    for (const callId of await endedCalls(get)) {
      const record = (await (await get(`/calls/${callId}`)).json()) as CallRecord;
      expect(record).toMatchObject({ calledNumber: '1000', endedBy: 'caller' });
      expect(record.steps.map(({ step }) => step)).toEqual(['greeting', 'choose', 'openingHours']);
      expect(record.steps[1]).toMatchObject({ exit: '2', digits: '2' });
    }
  });
});

async function endedCalls(get: (path: string) => Promise<Response>): Promise<string[]> {
  const { calls } = (await (await get('/calls')).json()) as { calls: CallSummary[] };
  return calls.filter(({ endedAt }) => endedAt !== undefined).map(({ callId }) => callId);
}
