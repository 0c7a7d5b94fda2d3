import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFlowFolder } from '../../../../src/adapters/files/flow-folder.ts';
import { readFolder } from '../../../../src/flows/check/folder.ts';
import { explore } from '../../../../src/flows/explore/explore.ts';

const ROOT = join(import.meta.dirname, '../../../..');
let folder = '';

function parley(...args: string[]): { status: number | null; out: string } {
  const { status, stdout } = spawnSync(process.execPath, ['src/cli.ts', 'flow', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { status, out: stdout };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-explore-'));
  const trap = `flow: trap
version: 1
start: one
steps:
  one: { menu: { prompt: Press 1., retries: 0 }, choices: { "1": two }, noInput: one }
  two: { queue: support, onTimeout: end }
  end: { hangup: {} }
`;
  await writeFile(join(folder, 'trap.yaml'), trap);
  await writeFile(
    join(folder, 'called.yaml'),
    'flow: called\nversion: 1\nparams: { n: int }\nstart: a\nsteps:\n  a: { return: {} }\n',
  );
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('parley flow explore', () => {
  it('[SI26][SI27][SI28] tells the same in each process, and writes tests that fail', async () => {
    const first = parley('explore', folder, '--seed', '5', '--json', '--write', folder);
    expect(first.status).toBe(1);
    const [one, ...others] = first.out.trim().split('\n');
    expect(others).toEqual([]);
    expect(JSON.parse(one ?? '')).toMatchObject({
      flow: 'trap',
      findings: [
        { kind: 'error', place: 'two' },
        { kind: 'trap', place: 'one' },
      ],
      unproved: [],
    });
    expect(parley('explore', join(folder, 'trap.yaml'), '--seed', '5', '--json')).toEqual(first);
    expect(await readdir(folder)).toContain('trap.explored.test.yaml');
    expect(await readFile(join(folder, 'trap.explored.test.yaml'), 'utf8')).toContain('- name: trap at one');
    const tested = parley('test', folder);
    expect([tested.status, tested.out.trim().split('\n').at(-1)]).toEqual([
      1,
      expect.stringMatching(/^0 passed, 2 failed/),
    ]);
  }, 120_000);

  it('[SI24][SI25] goes through every exit of the flows of the house, and finds nothing', async () => {
    const contents = await openFlowFolder(join(ROOT, 'ivr-flows')).read();
    const sources = contents.flows.flatMap(({ text }) => text ?? []);
    const flows = readFolder(contents).flows.flatMap(({ value }) => (value && value.params.size === 0 ? [value] : []));
    let whole = 0;
    for (const flow of flows) {
      const explored = explore(flow, { depth: 100, maxStates: 1_800, seed: 1, sources });
      expect([flow.name, explored.findings, explored.unproved]).toEqual([flow.name, [], []]);
      if (explored.isCut) continue;
      whole += 1;
      expect([flow.name, explored.unwalked]).toEqual([flow.name, []]);
    }
    expect(whole).toBeGreaterThan(3);
  }, 120_000);
});
