import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewVersion } from '../../src/flows/versions/version-store.ts';
import type { RecordsUnderTest } from './records.ts';

/** As unlike as hashes, and readable; a real one is hex. */
const hashOf = (text: string): string => `hash of ${text.replaceAll('\0', '')}`;
const BY = { id: 'user-1', name: 'sam' };

/** The promises of published flows, in either database. */
export function flowVersionsContract(name: string, open: () => Promise<RecordsUnderTest>): void {
  describe(`published flows in ${name}`, () => {
    let site: RecordsUnderTest;
    beforeEach(async () => {
      site = await open();
    });
    afterEach(() => site.close());

    const wanted = (text: string, parent?: number, goesLive = true): NewVersion => ({
      flow: 'welcome',
      version: hashOf(text),
      bundle: [{ flow: 'welcome', file: 'welcome.yaml', text }],
      message: `why ${text}`,
      changes: [{ flow: 'welcome', change: 'added', head: [], steps: [{ step: 'one', change: 'added' }] }],
      parent,
      goesLive,
    });
    const standing = async () => (await site.records.flowVersions.standings())[0];

    it('[V2] keeps a version as it was published, byte by byte, over a restart', async () => {
      const text = 'a: "\0\u{1F600}\r\n\uFEFF" # 中文\n';
      const made = await site.records.flowVersions.publish(wanted(text), BY);
      expect(made).toEqual({
        flow: 'welcome',
        number: 1,
        version: hashOf(text),
        author: 'sam',
        message: `why ${text.replace('\0', '\uFFFD')}`,
        publishedAt: site.clock.now(),
        changes: [{ flow: 'welcome', change: 'added', head: [], steps: [{ step: 'one', change: 'added' }] }],
      });
      const { flowVersions } = await site.reopen();
      expect(await flowVersions.list('welcome')).toEqual([made]);
      expect(await flowVersions.bundle(made.version)).toEqual([{ flow: 'welcome', file: 'welcome.yaml', text }]);
      expect(await flowVersions.bundle('unheard of')).toBeUndefined();
      expect(await flowVersions.list('unheard-of')).toEqual([]);
    });

    it('[V3] the same text may be published again under a new number; numbers count within a flow', async () => {
      const { flowVersions } = site.records;
      await flowVersions.publish(wanted('one'), BY);
      await flowVersions.publish(wanted('two', 1), BY);
      await flowVersions.publish({ ...wanted('other'), flow: 'other' }, BY);
      expect(await flowVersions.publish(wanted('one', 2), BY)).toMatchObject({ number: 3, parent: 2 });
      expect((await flowVersions.list('welcome')).map(({ number }) => number)).toEqual([3, 2, 1]);
      expect((await flowVersions.standings()).map(({ flow, live }) => [flow, live?.number])).toEqual([
        ['other', 1],
        ['welcome', 3],
      ]);
    });

    it('[V3] of two who publish or roll back at once one is told, and nothing of theirs is stored', async () => {
      const { flowVersions, audit } = site.records;
      await flowVersions.publish(wanted('one'), BY);
      const both = await Promise.allSettled(
        ['two', 'three', 'four'].map((text) => flowVersions.publish(wanted(text, 1), BY)),
      );
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const one of both) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'flow.changed' });
      await expect(flowVersions.setLive('welcome', 1, 1, 'flow.rolledBack', BY)).rejects.toMatchObject({
        code: 'flow.changed',
      });
      expect(await flowVersions.list('welcome')).toHaveLength(2);
      expect(await audit.list(10)).toHaveLength(2);
      expect(await standing()).toMatchObject({ live: { number: 2 } });
    });

    it('[V12] [V20] [V21] what callers get: live, canary, and an end of the canary with each change of what is live', async () => {
      const { flowVersions } = site.records;
      expect(await flowVersions.standings()).toEqual([]);
      await flowVersions.publish(wanted('one'), BY);
      await flowVersions.publish(wanted('two', 1, false), BY);
      const live = { number: 1, version: 'hash of one', since: site.clock.now() };
      expect(await standing()).toEqual({ flow: 'welcome', live });
      site.clock.pass(1_000);
      await flowVersions.setCanary('welcome', { percent: 10, number: 2 }, BY);
      const startedAt = site.clock.now();
      expect(await standing()).toEqual({
        flow: 'welcome',
        live,
        canary: { percent: 10, number: 2, version: 'hash of two', startedAt },
      });
      await flowVersions.setCanary('welcome', { percent: 100 }, BY);
      expect(await standing()).toEqual({ flow: 'welcome', live, canary: { percent: 100, startedAt } });
      await flowVersions.setLive('welcome', 2, 1, 'flow.canaryPromoted', BY);
      expect(await standing()).toEqual({
        flow: 'welcome',
        live: { number: 2, version: 'hash of two', since: startedAt },
      });
      await flowVersions.setCanary('welcome', { percent: 1 }, BY);
      await flowVersions.setCanary('welcome', undefined, BY);
      expect(await standing()).not.toHaveProperty('canary');
    });

    it('[V20] a version may be stored before any is live', async () => {
      await site.records.flowVersions.publish(wanted('one', undefined, false), BY);
      expect(await standing()).toEqual({ flow: 'welcome' });
      expect(await site.records.flowVersions.publish(wanted('two'), BY)).toMatchObject({ number: 2 });
    });

    it('[V6] every change is in the audit with who made it', async () => {
      const { flowVersions, audit } = site.records;
      await flowVersions.publish(wanted('one'), BY);
      await flowVersions.publish(wanted('two', 1), BY);
      await flowVersions.setLive('welcome', 1, 2, 'flow.rolledBack', BY);
      await flowVersions.setCanary('welcome', { percent: 10, number: 2 }, BY);
      await flowVersions.setCanary('welcome', undefined, BY);
      const entries = await audit.list(10);
      expect(entries.map(({ action, actor, target }) => [action, actor, target])).toEqual(
        ['canaryStopped', 'canaryStarted', 'rolledBack', 'published', 'published'].map((what) => [
          `flow.${what}`,
          'user-1',
          'welcome',
        ]),
      );
      expect(entries[2]?.detail).toEqual({ number: 1, before: 2 });
      expect(entries[3]?.detail).toEqual({ number: 2, version: 'hash of two', live: true });
    });

    it('[V13] a number grows with every change, and with nothing else', async () => {
      const { flowVersions } = site.records;
      const seen = [await flowVersions.revision()];
      const look = async () => seen.push(await flowVersions.revision());
      await flowVersions.publish(wanted('one'), BY);
      await look();
      await flowVersions.publish(wanted('refused'), BY).catch(() => {});
      await look();
      await flowVersions.setCanary('welcome', { percent: 10 }, BY);
      await look();
      expect(seen).toEqual([0, 1, 1, 2]);
    });
  });
}
