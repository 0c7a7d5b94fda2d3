import { expect, it } from 'vitest';
import { seeded } from '../../../fuzz/mutate.ts';
import { editAtRandom, tally } from '../../../support/edit-runs.ts';
import { anyData } from '../../../support/flow-edits.ts';
import { writeYaml } from '../../../support/yaml-styles.ts';

it('[FE1] [FE2] [FE3] [FE4] [FE5] 3,000 edits of files that are no flows, with texts that look like something else', () => {
  const sum = tally();
  for (let seed = 0; sum.made < 3_000; seed += 1) {
    const rng = seeded(seed);
    editAtRandom(rng, writeYaml(rng, anyData(rng)), 20, true, sum);
  }
  expect(sum.made).toBeGreaterThan(sum.refused);
}, 600_000);
