import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { FlowLibrary } from '../../../../src/flows/library.ts';
import { rollBack, startCanary } from '../../../../src/flows/versions/changes.ts';
import { isAmong, LiveFlows } from '../../../../src/flows/versions/live-flows.ts';
import { publishFlow } from '../../../../src/flows/versions/publish.ts';
import { newId } from '../../../../src/shared/ids.ts';
import { FakeFlowFolder } from '../../../support/fake-flow-folder.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MemoryFlowVersions } from '../../../support/memory-flow-versions.ts';

const flow = (name: string, says: string) =>
  `flow: ${name}\nversion: 1\nstart: one\nsteps:\n  one: { say: ${says}, next: end }\n  end: { hangup: {} }\n`;
const HOURS =
  'flow: a\nversion: 1\nstart: one\nsteps:\n  one: { hours: desk, open: end, closed: end }\n  end: { hangup: {} }\n';
const CALENDAR = 'calendar: desk\nversion: 1\ntimeZone: UTC\nweekly: { monday: 09:00-17:00 }\n';
const BY = { id: 'user-1', name: 'sam' };

describe('live flows', () => {
  let folder: FakeFlowFolder;
  let store: MemoryFlowVersions;
  let clock: ManualClock;
  let library: FlowLibrary;
  let live: LiveFlows;
  let told: string[];

  beforeEach(() => {
    folder = new FakeFlowFolder();
    store = new MemoryFlowVersions();
    clock = new ManualClock();
    library = new FlowLibrary({ folder, clock });
    start();
  });

  const start = () => {
    live = new LiveFlows({ library, store, clock });
    told = [];
    live.on('live', (one, number) => told.push(`${one.name} v${number}`));
    live.on('broken', ({ flow: name, number, why }) => told.push(`${name} v${number}: ${why}`));
    live.on('failed', (error) => told.push(String(error)));
  };
  const open = async (files: Record<string, string>) => {
    folder.files = files;
    await library.open();
    await live.open();
  };
  const draft = async (files: Record<string, string>) => {
    folder.files = files;
    await library.reload();
    await live.look();
  };
  const publish = (keepLive = false) => publishFlow({ folder, store }, { flow: 'a', message: '', keepLive }, BY);
  const call = (wantsDraft = false, callId = 'call-1') => live.hold({ flow: 'a', callId, wantsDraft });
  const secondPasses = async () => {
    clock.pass(1_000);
    await live.look();
  };

  it('[V10] a flow that was never published runs as it stands in the folder', async () => {
    await open({ 'a.yaml': flow('a', 'One') });
    expect(call()).toMatchObject({ alias: 'draft', flow: { name: 'a' } });
    await draft({ 'a.yaml': flow('a', 'Two') });
    expect(call()?.flow).toBe(library.current('a'));
    expect(live.hold({ flow: 'nowhere', callId: 'call-1', wantsDraft: false })).toBeUndefined();
  });

  it('[V10] [V11] a published flow is what callers get, and the folder what testers get', async () => {
    await open({ 'a.yaml': flow('a', 'One') });
    const one = await publish();
    await draft({ 'a.yaml': flow('a', 'Two') });
    expect(call()).toMatchObject({ alias: 'live', flow: { version: one.version } });
    expect(call(true)).toMatchObject({ alias: 'draft', flow: { version: library.current('a')?.version } });
    expect(live.current('a')?.version).toBe(one.version);
  });

  it('[V13] what another program publishes or rolls back is noticed by the next look, within two seconds', async () => {
    await open({ 'a.yaml': flow('a', 'One') });
    const one = await publish();
    await secondPasses();
    expect(call()?.flow.version).toBe(one.version);
    folder.files = { 'a.yaml': flow('a', 'Two') };
    const two = await publish();
    await secondPasses();
    expect(call()?.flow.version).toBe(two.version);
    await rollBack(store, 'a', undefined, BY);
    await secondPasses();
    expect(call()?.flow.version).toBe(one.version);
    expect(told).toEqual(['a v1', 'a v2', 'a v1']);
  });

  it('[V14] a running call stays on its version, whatever becomes live or is gone', async () => {
    await open({ 'a.yaml': flow('a', 'One') });
    const one = await publish();
    await live.look();
    const held = call();
    await draft({ 'a.yaml': flow('a', 'Two') });
    await publish();
    await draft({});
    expect(live.version(one.version)).toBe(held?.flow);
    held?.release();
    expect(live.version(one.version)).toBeUndefined();
    expect(call()?.alias).toBe('live');
  });

  it('[V15] a version that is damaged or gone is not put to use, and what was live stays', async () => {
    await open({ 'a.yaml': flow('a', 'One') });
    const one = await publish();
    await live.look();
    for (const damage of ['other', 'broken', 'gone'] as const) {
      folder.files = { 'a.yaml': flow('a', damage) };
      const { version, number } = await publish();
      if (damage === 'gone') store.bundles.delete(version);
      else
        store.bundles.set(version, [{ flow: 'a', file: 'a.yaml', text: damage === 'broken' ? 'x:' : flow('a', '1') }]);
      await live.look();
      expect(call()?.flow.version).toBe(one.version);
      expect(told.at(-1)).toContain(`a v${number}: `);
    }
  });

  it('[V15] a program that starts anew takes the newest earlier version that can be loaded', async () => {
    await open({ 'a.yaml': flow('a', 'One') });
    const one = await publish();
    for (const says of ['Two', 'Three']) {
      folder.files = { 'a.yaml': flow('a', says) };
      store.bundles.delete((await publish()).version);
    }
    live.close();
    start();
    await live.open();
    expect(call()).toMatchObject({ alias: 'live', flow: { version: one.version } });
    expect(told).toEqual(['a v3: its text is not in the store', 'a v2: its text is not in the store', 'a v1']);
  });

  it('[V2] [V16] a changed calendar reaches what is live; a deleted one stays as it was', async () => {
    await open({ 'a.yaml': HOURS, 'calendars/desk.yaml': CALENDAR });
    await publish();
    await live.look();
    const zone = () => call()?.flow.calendars['desk']?.timeZone;
    expect(zone()).toBe('UTC');
    await draft({ 'a.yaml': HOURS, 'calendars/desk.yaml': CALENDAR.replace('UTC', 'Asia/Shanghai') });
    expect(zone()).toBe('Asia/Shanghai');
    await draft({ 'a.yaml': HOURS });
    expect(zone()).toBe('Asia/Shanghai');
  });

  it('[V16] a calendar that is not there at the start is told, and found once it is there', async () => {
    await open({ 'a.yaml': HOURS, 'calendars/desk.yaml': CALENDAR });
    await publish();
    live.close();
    start();
    folder.files = { 'a.yaml': HOURS };
    await library.reload();
    await live.open();
    expect(told).toEqual(['a v1: there is no calendar "desk"', 'a v1']);
    expect(call()?.flow.calendars).toEqual({});
    await draft({ 'a.yaml': HOURS, 'calendars/desk.yaml': CALENDAR });
    expect(call()?.flow.calendars['desk']?.timeZone).toBe('UTC');
  });

  it('[V17] while the store is away what is live stays, and that is told once', async () => {
    await open({ 'a.yaml': flow('a', 'One') });
    const one = await publish();
    await live.look();
    store.isAway = true;
    for (let second = 0; second < 3; second += 1) await secondPasses();
    expect(call()?.flow.version).toBe(one.version);
    expect(told.filter((line) => line.includes('database'))).toHaveLength(1);
    store.isAway = false;
    folder.files = { 'a.yaml': flow('a', 'Two') };
    const two = await publish();
    await secondPasses();
    expect(call()?.flow.version).toBe(two.version);
  });

  it('[V13] asks the store once a second, and no more after closing', async () => {
    await open({ 'a.yaml': flow('a', 'One') });
    const before = store.asked;
    for (let second = 0; second < 5; second += 1) {
      clock.pass(1_000);
      await new Promise(setImmediate);
    }
    expect(store.asked - before).toBe(5);
    live.close();
    clock.pass(10_000);
    expect(store.asked - before).toBe(5);
    expect(clock.waiting).toBe(0);
  });

  it('[V20] a canary gets its share, by its own version or the draft; testers get the draft all the same', async () => {
    await open({ 'a.yaml': flow('a', 'One') });
    const one = await publish();
    folder.files = { 'a.yaml': flow('a', 'Two') };
    const two = await publish(true);
    await startCanary(store, 'a', { percent: 30 }, BY);
    await draft({ 'a.yaml': flow('a', 'Three') });
    for (let n = 0; n < 50; n += 1) {
      const chosen = isAmong(30, 'a', `call-${n}`);
      expect(call(false, `call-${n}`)).toMatchObject(
        chosen
          ? { alias: 'canary', flow: { version: two.version } }
          : { alias: 'live', flow: { version: one.version } },
      );
    }
    expect(call(true)?.alias).toBe('draft');
    await startCanary(store, 'a', { percent: 100, version: 'draft' }, BY);
    await live.look();
    expect(call()).toMatchObject({ alias: 'canary', flow: { version: library.current('a')?.version } });
    await draft({});
    expect(call()).toMatchObject({ alias: 'live', flow: { version: one.version } });
  });
});

describe('[V20] which calls a canary gets', () => {
  const CALLS = Array.from({ length: 4_000 }, () => newId('call'));

  it('is the share that was asked for, by ids as calls have them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), (percent, name) => {
        const chosen = CALLS.filter((callId) => isAmong(percent, name, callId)).length;
        const expected = (CALLS.length * percent) / 100;
        // Five standard deviations: one false alarm in some thousand runs of a hundred draws.
        const spread = 5 * Math.sqrt(CALLS.length * (percent / 100) * (1 - percent / 100));
        return Math.abs(chosen - expected) <= spread;
      }),
    );
  });

  it('is the same each time, and grows with the share', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 99 }), (callId, percent) => {
        const chosen = isAmong(percent, 'a', callId);
        return chosen === isAmong(percent, 'a', callId) && (!chosen || isAmong(percent + 1, 'a', callId));
      }),
    );
    expect(CALLS.every((callId) => isAmong(100, 'a', callId))).toBe(true);
  });
});
