import { afterEach, expect, it } from 'vitest';
import {
  flowCoverage,
  flowEntry,
  flowFigures,
  flowVersionList,
  publishedVersion,
} from '../../../src/protocol/flows.ts';
import { DAY_MS, dayOf } from '../../../src/reports/flow-counts.ts';
import { type FakeFlows, fakeFlows } from '../../support/web/fake-flows.ts';
import { startWebSite, type WebSite } from '../../support/web/web-site.ts';

const flow = (says: string) =>
  `flow: a\nversion: 1\ntitle: Test\nstart: one\nsteps:\n  one: { say: ${says}, next: end }\n  end: { hangup: {} }\n`;

let site: WebSite | undefined;
let flows: FakeFlows;

afterEach(async () => {
  flows.close();
  await site?.close();
});

async function start(files: Record<string, string>, tallies?: Parameters<typeof fakeFlows>[1]) {
  flows = await fakeFlows(files, tallies);
  site = await startWebSite({ flows });
  const { url, cookieOf } = site;
  const as = async (name: string) => {
    const headers = { cookie: await cookieOf(name), 'content-type': 'application/json' };
    return async (method: string, path: string, body?: unknown) => {
      const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
      const response = await fetch(`${url}/api/v1/${path}`, init);
      const answer = (await response.json()) as { error?: { code: string; text: string } };
      return { status: response.status, code: answer.error?.code, text: answer.error?.text, answer };
    };
  };
  return { as, sam: await as('sam') };
}

async function draft(says: string): Promise<void> {
  flows.folder.files = { 'a.yaml': flow(says) };
  await flows.library.reload();
}

it('[V50] agents and strangers see and change no flows', async () => {
  const { as } = await start({ 'a.yaml': flow('One') });
  const amy = await as('amy');
  const nobody = await as('nobody');
  for (const [method, path, body] of [
    ['GET', 'flows'],
    ['GET', 'flows/a'],
    ['GET', 'flows/a/versions'],
    ['GET', 'flows/a/figures'],
    ['GET', 'flows/a/coverage'],
    ['POST', 'flows/a/publish', {}],
    ['POST', 'flows/a/rollback', {}],
    ['POST', 'flows/a/canary', { percent: 10 }],
    ['DELETE', 'flows/a/canary'],
    ['POST', 'flows/a/canary/promote'],
  ] as const) {
    expect(await amy(method, path, body)).toMatchObject({ status: 403, code: 'auth.forbidden' });
    expect(await nobody(method, path, body)).toMatchObject({ status: 401, code: 'auth.required' });
  }
  expect(flows.store.versions).toEqual([]);
});

it('[V50] publishes, rolls back, and runs a canary; each change is in use when it is answered', async () => {
  const { sam } = await start({ 'a.yaml': flow('One') });
  const live = () => flows.live.hold({ flow: 'a', callId: 'call-1', wantsDraft: false });
  const first = await sam('POST', 'flows/a/publish', { message: 'first' });
  expect(first.status).toBe(201);
  expect(publishedVersion.parse(first.answer)).toMatchObject({ number: 1, message: 'first' });
  expect(live()).toMatchObject({ alias: 'live', flow: { version: publishedVersion.parse(first.answer).version } });
  await draft('Two');
  const second = publishedVersion.parse((await sam('POST', 'flows/a/publish', {})).answer);
  expect(live()?.flow.version).toBe(second.version);
  expect((await sam('POST', 'flows/a/rollback', {})).status).toBe(200);
  expect(live()?.flow.version).toBe(publishedVersion.parse(first.answer).version);
  const canary = await sam('POST', 'flows/a/canary', { percent: 100 });
  expect(flowEntry.parse(canary.answer)).toMatchObject({ live: { number: 1 }, canary: { percent: 100, number: 2 } });
  expect(live()).toMatchObject({ alias: 'canary', flow: { version: second.version } });
  expect(flowEntry.parse((await sam('DELETE', 'flows/a/canary')).answer)).not.toHaveProperty('canary');
  await sam('POST', 'flows/a/canary', { percent: 1, version: 'v2' });
  expect(publishedVersion.parse((await sam('POST', 'flows/a/canary/promote')).answer).number).toBe(2);
  expect(live()).toMatchObject({ alias: 'live', flow: { version: second.version } });
  const { versions } = flowVersionList.parse((await sam('GET', 'flows/a/versions')).answer);
  expect(versions.map(({ number, parent }) => [number, parent])).toEqual([
    [2, 1],
    [1, undefined],
  ]);
  expect(versions[0]?.changes[0]?.steps).toEqual([
    { step: 'one', change: 'changed', fields: [{ path: 'say', before: 'One', after: 'Two' }] },
  ]);
});

it('[V51] mistakes keep a flow from being published, and are told with their places', async () => {
  const { sam } = await start({ 'a.yaml': flow('One') });
  await draft('One');
  flows.folder.files['a.yaml'] = `${flow('One')}x: 1\n`;
  await flows.library.reload();
  const refused = await sam('POST', 'flows/a/publish', {});
  expect(refused).toMatchObject({ status: 409, code: 'flow.mistakes' });
  expect(refused.text).toContain('a.yaml:8:1');
  expect(flowEntry.parse((await sam('GET', 'flows/a')).answer)).toMatchObject({
    title: 'Test',
    draft: { file: 'a.yaml', mistakes: [{ line: 8, column: 1, rule: 'key.unknown' }] },
  });
});

it.each([
  ['GET', 'flows/b', undefined, 404, 'flow.unknown'],
  ['GET', 'flows/b/coverage', undefined, 404, 'flow.unknown'],
  ['GET', 'flows/a/coverage?version=v7', undefined, 404, 'flow.unknown'],
  ['GET', 'flows/a/coverage?version=x', undefined, 400, 'request.invalid'],
  ['GET', 'flows/a/figures?days=0', undefined, 400, 'request.invalid'],
  ['GET', 'flows/a/figures?days=1e9', undefined, 400, 'request.invalid'],
  ['GET', 'flows/..%2f..%2fetc', undefined, 400, 'request.invalid'],
  ['GET', 'flows/__proto__', undefined, 400, 'request.invalid'],
  ['POST', 'flows/constructor/publish', {}, 404, 'flow.unknown'],
  ['POST', 'flows/a/publish', { message: 'x'.repeat(501) }, 400, 'request.invalid'],
  ['POST', 'flows/a/publish', { as: 'admin' }, 400, 'request.invalid'],
  ['POST', 'flows/a/rollback', {}, 404, 'flow.unknown'],
  ['POST', 'flows/a/rollback', { version: ['v1'] }, 400, 'request.invalid'],
  ['POST', 'flows/a/canary', { percent: 0 }, 400, 'request.invalid'],
  ['POST', 'flows/a/canary', { percent: 10 }, 404, 'flow.unknown'],
  ['DELETE', 'flows/a/canary', undefined, 404, 'flow.unknown'],
])('[V50] %s %s is refused in words', async (method, path, body, status, code) => {
  const { sam } = await start({ 'a.yaml': flow('One') });
  expect(await sam(method, path, body)).toMatchObject({ status, code });
  expect(flows.store.versions).toEqual([]);
});

it('[V33] [V34] tells figures by version, and the coverage of what is live', async () => {
  const asked: number[] = [];
  const lastAt = Date.now() - DAY_MS;
  const { sam } = await start(
    { 'a.yaml': flow('One') },
    {
      calls: async (_, sinceDay) => {
        asked.push(sinceDay);
        const version = flows.store.versions[0]?.version ?? '';
        const one = { alias: 'live', calls: 3, reached: 0, reachedMs: 0, lastAt } as const;
        return [
          { ...one, version, outcome: 'selfService' },
          { ...one, version: 'gone', outcome: 'abandoned' },
        ];
      },
      steps: async () => [{ step: 'one', verb: 'say', exit: 'next', visits: 3, spentMs: 6_000, lastAt }],
    },
  );
  await sam('POST', 'flows/a/publish', {});
  const figures = flowFigures.parse((await sam('GET', 'flows/a/figures?days=7')).answer);
  expect(figures.versions.map(({ number, outcomes }) => [number, outcomes])).toEqual([
    [1, { selfService: 3 }],
    [undefined, { abandoned: 3 }],
  ]);
  expect(asked).toEqual([dayOf(Date.now()) - 6]);
  const coverage = flowCoverage.parse((await sam('GET', 'flows/a/coverage')).answer);
  expect(coverage).toMatchObject({ days: 30, version: flows.store.versions[0]?.version });
  expect(coverage.steps).toEqual([
    {
      step: 'one',
      verb: 'say',
      visits: 3,
      meanMs: 2_000,
      lastAt,
      exits: [{ exit: 'next', to: 'end', count: 3, lastAt }],
    },
    { step: 'end', verb: 'hangup', visits: 0, exits: [] },
  ]);
});
