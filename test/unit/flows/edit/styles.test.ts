import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { seeded } from '../../../fuzz/mutate.ts';
import { editAtRandom, tally } from '../../../support/edit-runs.ts';
import { randomFlowText } from '../../../support/random-flow.ts';
import { writeYaml } from '../../../support/yaml-styles.ts';

it('[FE1] [FE2] [FE3] [FE4] [FE5] 3,500 edits of any value by any other, in files of any style', () => {
  const sum = tally();
  for (let seed = 0; sum.made < 3_500; seed += 2) {
    const rng = seeded(seed);
    editAtRandom(rng, writeYaml(rng, parse(randomFlowText(rng, 7))), 20, true, sum);
  }
  expect(sum.made).toBeGreaterThan(sum.refused);
  expect(sum.kinds.size).toBe(10);
}, 600_000);
