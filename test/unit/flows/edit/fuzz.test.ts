import { expect, it } from 'vitest';
import { flowEdit } from '../../../fuzz/flow-edit.ts';

it('[FE1] [FE3] [FE6] edits of damaged files are refused plainly, or do what they should', async () => {
  await expect(Promise.resolve(flowEdit.run(20_261_128, 400))).resolves.toBeUndefined();
}, 120_000);
