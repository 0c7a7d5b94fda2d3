import { expect, it } from 'vitest';
import { FlowText } from '../../../../src/flows/edit/flow-text.ts';
import { loadFlow } from '../../../../src/flows/language/load.ts';
import { seeded } from '../../../fuzz/mutate.ts';
import { editAtRandom, tally } from '../../../support/edit-runs.ts';
import { flowFiles } from '../../../support/flow-files.ts';

const readable = [...flowFiles()].filter(([, text]) => FlowText.read(text) instanceof FlowText);

it('[FE1] [FE2] [FE3] 2,000 edits of every flow in the repository change what they say, and the lines concerned alone', () => {
  const sum = tally();
  const each = Math.ceil(1_400 / readable.length);
  for (const [index, [file, text]] of readable.entries()) {
    const loads = loadFlow(text, file).ok;
    const rng = seeded(3_110 + index);
    for (const eol of ['\n', '\r\n']) editAtRandom(rng, text.replaceAll('\n', eol), each, !loads, sum);
  }
  expect(readable.length).toBeGreaterThan(50);
  expect(sum.made).toBeGreaterThan(2_000);
}, 600_000);
