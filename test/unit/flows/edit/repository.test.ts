import { expect, it } from 'vitest';
import { FlowText } from '../../../../src/flows/edit/flow-text.ts';
import { loadFlow } from '../../../../src/flows/language/load.ts';
import { seeded } from '../../../fuzz/mutate.ts';
import { editAtRandom, tally } from '../../../support/edit-runs.ts';
import { flowFiles } from '../../../support/flow-files.ts';

const readable = [...flowFiles()].filter(([, text]) => FlowText.read(text) instanceof FlowText);

it('[FE1] [FE2] [FE3] 1,500 edits of every flow in the repository change what they say, and the lines concerned alone', () => {
  const sum = tally();
  for (let round = 0; sum.made < 1_500; round += 1) {
    for (const [index, [file, text]] of readable.entries()) {
      const loads = loadFlow(text, file).ok;
      const rng = seeded(1_000 * round + index);
      for (const eol of ['\n', '\r\n']) editAtRandom(rng, text.replaceAll('\n', eol), 5, !loads, sum);
    }
  }
  expect(readable.length).toBeGreaterThan(50);
  expect(sum.made).toBeGreaterThan(sum.refused);
}, 600_000);
