import { beforeEach, expect, it } from 'vitest';
import {
  findVersion,
  promoteCanary,
  rollBack,
  startCanary,
  stopCanary,
} from '../../../../src/flows/versions/changes.ts';
import { publishFlow } from '../../../../src/flows/versions/publish.ts';
import { FakeFlowFolder } from '../../../support/fake-flow-folder.ts';
import { MemoryFlowVersions } from '../../../support/memory-flow-versions.ts';

const flow = (name: string, says: string, more = '') =>
  `flow: ${name}\nversion: 1\nstart: one\n${more}steps:\n  one: { say: ${says}, next: end }\n  end: { hangup: {} }\n`;
const BY = { id: 'user-1', name: 'sam' };

let folder: FakeFlowFolder;
let store: MemoryFlowVersions;
const publish = (name: string, keepLive = false) =>
  publishFlow({ folder, store }, { flow: name, message: 'why', keepLive }, BY);
const says = (text: string) => {
  folder.files = { 'a.yaml': flow('a', text) };
};

beforeEach(() => {
  folder = new FakeFlowFolder();
  store = new MemoryFlowVersions();
});

it('[V1] any mistake in the folder keeps everything from being published, and every mistake is told', async () => {
  folder.files = { 'a.yaml': flow('a', 'Hello'), 'b.yaml': `${flow('b', 'x')}  two: {}\n  three: {}\n` };
  await expect(publish('a')).rejects.toMatchObject({
    code: 'flow.mistakes',
    details: { mistakes: [expect.stringMatching(/^b\.yaml:7:/), expect.stringMatching(/^b\.yaml:8:/)] },
  });
  expect(store.versions).toEqual([]);
});

it('[K5] what the checker proves wrong in a flow, or in one that it calls, keeps it from being published', async () => {
  const endless = (name: string) => flow(name, 'Hello').replace('next: end', 'next: one');
  const caller = 'flow: a\nversion: 1\nstart: one\nsteps:\n  one: { call: b, next: end }\n  end: { hangup: {} }\n';
  folder.files = { 'a.yaml': caller, 'b.yaml': endless('b'), 'c.yaml': flow('c', 'x') };
  await expect(publish('a')).rejects.toMatchObject({
    code: 'flow.mistakes',
    details: { mistakes: [expect.stringMatching(/^b\.yaml:5:28 error loop\.endless /)] },
  });
  expect(store.versions).toEqual([]);
  // Another flow of the folder may be in the making.
  await publish('c');
  expect(store.versions).toHaveLength(1);
});

it('[V1] a flow that is not there, or has parameters, is refused in words', async () => {
  folder.files = { 'a.yaml': flow('a', 'Hello', 'params: { n: int }\n'), 'main.yaml': flow('main', 'x') };
  await expect(publish('mian')).rejects.toMatchObject({
    code: 'flow.unknown',
    message: 'There is no flow mian (did you mean main?)',
  });
  await expect(publish('a')).rejects.toMatchObject({ code: 'flow.refused' });
});

it('[V2] a version holds the texts of all flows inside, byte by byte, and what has changed in each', async () => {
  const called = (text: string) =>
    `flow: b\nversion: 1\nstart: one\nsteps:\n  one: { say: ${text}, next: back } # why\n  back: { return: {} }\n`;
  const caller = 'flow: a\nversion: 1\nstart: one\nsteps:\n  one: { call: b, next: end }\n  end: { hangup: {} }\n';
  folder.files = { 'a.yaml': caller, 'b.yaml': called('Old'), 'c.yaml': flow('c', 'x') };
  const first = await publish('a');
  expect(store.bundles.get(first.version)).toEqual([
    { flow: 'a', file: 'a.yaml', text: caller },
    { flow: 'b', file: 'b.yaml', text: called('Old') },
  ]);
  expect(first.changes.map(({ flow: name, change }) => [name, change])).toEqual([
    ['a', 'added'],
    ['b', 'added'],
  ]);
  folder.files['b.yaml'] = called('New');
  const second = await publish('a');
  expect(second).toMatchObject({ number: 2, parent: 1, message: 'why' });
  expect(second.changes).toMatchObject([
    { flow: 'b', steps: [{ step: 'one', fields: [{ path: 'say', before: 'Old', after: 'New' }] }] },
  ]);
});

it('[V3] what is live already is refused; what was live earlier gets a new number', async () => {
  says('One');
  const one = await publish('a');
  await expect(publish('a')).rejects.toMatchObject({ code: 'flow.refused' });
  says('Two');
  await publish('a');
  says('One');
  expect(await publish('a')).toMatchObject({ number: 3, version: one.version, parent: 2 });
});

it('[V5] versions are named by number or by the first letters of their hash', async () => {
  says('One');
  const one = await publish('a');
  const versions = await store.list('a');
  expect(findVersion(versions, 'v1')).toBe(versions[0]);
  expect(findVersion(versions, one.version.slice(0, 4))).toBe(versions[0]);
  for (const word of ['v2', '1', one.version.slice(0, 3), 'vv1', '', 'draft', 'v1.0', '%%%%%', '____']) {
    expect(() => findVersion(versions, word)).toThrow('There is no version');
  }
});

it('[V12] rolling back goes to what was live before, or to the version named', async () => {
  for (const text of ['One', 'Two', 'Three']) {
    says(text);
    await publish('a');
  }
  expect((await rollBack(store, 'a', undefined, BY)).number).toBe(2);
  expect((await rollBack(store, 'a', undefined, BY)).number).toBe(1);
  await expect(rollBack(store, 'a', undefined, BY)).rejects.toMatchObject({ code: 'flow.refused' });
  expect((await rollBack(store, 'a', 'v3', BY)).number).toBe(3);
  await expect(rollBack(store, 'a', 'v3', BY)).rejects.toMatchObject({ code: 'flow.refused' });
  await expect(rollBack(store, 'a', 'v9', BY)).rejects.toMatchObject({ code: 'flow.unknown' });
  await expect(rollBack(store, 'b', undefined, BY)).rejects.toMatchObject({ code: 'flow.unknown' });
  expect(store.live.get('a')).toBe(3);
});

it('[V20] a canary is the newest version that is not live, or the draft, or the one that is named', async () => {
  says('One');
  await expect(startCanary(store, 'a', { percent: 10 }, BY)).rejects.toMatchObject({ code: 'flow.unknown' });
  await publish('a');
  expect(await startCanary(store, 'a', { percent: 10 }, BY)).toEqual({ percent: 10 });
  says('Two');
  await publish('a', true);
  await expect(publish('a', true)).rejects.toMatchObject({ code: 'flow.refused' });
  expect(store.live.get('a')).toBe(1);
  expect(await startCanary(store, 'a', { percent: 10 }, BY)).toEqual({ percent: 10, number: 2 });
  expect(await startCanary(store, 'a', { percent: 20, version: 'draft' }, BY)).toEqual({ percent: 20 });
  await expect(startCanary(store, 'a', { percent: 5, version: 'v1' }, BY)).rejects.toMatchObject({
    code: 'flow.refused',
  });
  for (const percent of [0, 101, 1.5, Number.NaN, -1]) {
    await expect(startCanary(store, 'a', { percent }, BY)).rejects.toMatchObject({ code: 'request.invalid' });
  }
});

it('[V21] a canary is stopped or promoted; a draft has to be published instead', async () => {
  says('One');
  await publish('a');
  await expect(stopCanary(store, 'a', BY)).rejects.toMatchObject({ code: 'flow.refused' });
  await startCanary(store, 'a', { percent: 10 }, BY);
  await expect(promoteCanary(store, 'a', BY)).rejects.toMatchObject({ code: 'flow.refused' });
  await stopCanary(store, 'a', BY);
  says('Two');
  await publish('a', true);
  await startCanary(store, 'a', { percent: 10 }, BY);
  expect((await promoteCanary(store, 'a', BY)).number).toBe(2);
  expect([...store.live, ...store.canaries]).toEqual([['a', 2]]);
});
