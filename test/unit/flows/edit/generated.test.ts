import { expect, it } from 'vitest';
import { seeded } from '../../../fuzz/mutate.ts';
import { plain } from '../../../support/edit-checks.ts';
import { editAtRandom, tally } from '../../../support/edit-runs.ts';
import { randomFlowText } from '../../../support/random-flow.ts';
import { writeYaml } from '../../../support/yaml-styles.ts';

it.each([
  ['that load before and after', false, 1_000],
  ['whatever a flow says to it', true, 2_000],
])(
  '[FE1] [FE2] [FE3] edits of flows in any style, %s',
  (_, wild, count) => {
    const sum = tally();
    for (let seed = 0; sum.made < count; seed += 1) {
      const rng = seeded(seed);
      editAtRandom(rng, writeYaml(rng, plain(randomFlowText(rng, 7))), 20, wild, sum);
    }
    expect(sum.made).toBeGreaterThan(sum.refused);
  },
  120_000,
);
