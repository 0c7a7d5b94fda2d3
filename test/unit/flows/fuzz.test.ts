import { expect, it } from 'vitest';
import { flowYaml } from '../../fuzz/flow-yaml.ts';

it('[F1] damaged files are refused plainly, and what can be read runs', async () => {
  await expect(Promise.resolve(flowYaml.run(20_261_123, 600))).resolves.toBeUndefined();
});
