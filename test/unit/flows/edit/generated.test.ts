import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { seeded } from '../../../fuzz/mutate.ts';
import { editAtRandom, tally } from '../../../support/edit-runs.ts';
import { randomFlowText } from '../../../support/random-flow.ts';
import { writeYaml } from '../../../support/yaml-styles.ts';

it('[FE1] [FE2] [FE3] [FE6] 2,000 edits of flows in any style: they load as before, and the lines concerned alone differ', () => {
  const sum = tally();
  for (let seed = 1; sum.made < 2_000; seed += 2) {
    const rng = seeded(seed);
    editAtRandom(rng, writeYaml(rng, parse(randomFlowText(rng, 7))), 20, false, sum);
  }
  expect(sum.made).toBeGreaterThan(sum.refused);
  expect(sum.kinds.size).toBe(10);
}, 600_000);
