import { expect, it } from 'vitest';
import { checkPaths } from '../../../../src/flows/check/check.ts';
import { readFolder } from '../../../../src/flows/check/folder.ts';
import type { Flow } from '../../../../src/flows/language/flow.ts';
import { flowYaml } from '../../../fuzz/flow-yaml.ts';
import { seeded } from '../../../fuzz/mutate.ts';
import { randomFlow } from '../../../support/random-flow.ts';

const SEED = 20_261_128;

function withInside(flow: Flow): { file: string; value: Flow; errors: [] }[] {
  return [flow, ...Object.values(flow.flows)].map((value) => ({ file: value.file, value, errors: [] }));
}

it('[K4] any flow can be checked, and each finding lies in a file', () => {
  const rng = seeded(SEED);
  const rules = new Set<string>();
  for (let count = 0; count < 100; count += 1) {
    for (const { line, column, rule } of checkPaths({ flows: withInside(randomFlow(rng)) })) {
      expect(line).toBeGreaterThan(0);
      expect(column).toBeGreaterThan(0);
      rules.add(rule);
    }
  }
  expect([...rules].sort()).toEqual(
    expect.arrayContaining(['answer.early', 'consent.missing', 'loop.endless', 'step.unreachable']),
  );
});

it('[K4] whatever a damaged file still holds can be checked', async () => {
  await expect(Promise.resolve(flowYaml.run(SEED, 150))).resolves.toBeUndefined();
});

/** A flow of 1,000 steps, which is the most: each asks, and leads to two others. */
function largeFlow(name: string, end: string): string {
  const steps = Array.from({ length: 997 }, (_, index) => {
    const next = (by: number) => (index + by < 997 ? `s${index + by}` : 'last');
    return index % 3 === 0
      ? `  s${index}: { menu: { prompt: "Press 1, or 2." }, choices: { "1": ${next(1)}, "2": ${next(7)} }, noInput: ${next(2)} }`
      : `  s${index}: { collect: { prompt: "Number {{ v${index} }}", into: v${index}, digits: 3 }, next: ${next(1)}, noInput: s${Math.max(0, index - 5)} }`;
  });
  return `flow: ${name}\nversion: 1\nstart: s0\nsteps:\n${steps.join('\n')}\n  last: { queue: support, onTimeout: bye }\n  bye: { say: Goodbye, next: end }\n  end: ${end}\n`;
}

it('[K4] 2,000 steps are checked in well under a second', () => {
  const flows = [
    { file: 'one.yaml', text: largeFlow('one', '{ goto: two }') },
    { file: 'two.yaml', text: largeFlow('two', '{ hangup: {} }') },
  ];
  const read = readFolder({ flows, calendars: [], prompts: [], queues: undefined });
  expect(checkPaths(read).filter(({ rule }) => rule === 'variable.unset')).toHaveLength(2 * 664);
  const times = Array.from({ length: 3 }, () => timeOf(() => checkPaths(read)));
  // On an idle machine it takes about 50 ms.
  expect(Math.min(...times)).toBeLessThan(1_000);
});

function timeOf(work: () => void): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}
