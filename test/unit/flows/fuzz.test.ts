import { expect, it } from 'vitest';
import { flowMachine } from '../../fuzz/flow-machine.ts';
import { flowYaml } from '../../fuzz/flow-yaml.ts';

it('[F1] damaged files are refused plainly, and what can be read runs', async () => {
  await expect(Promise.resolve(flowYaml.run(20_261_123, 600))).resolves.toBeUndefined();
});

it('[F19] whatever happens to a call of any flow, it ends or waits for something with a way out', async () => {
  await expect(Promise.resolve(flowMachine.run(20_261_127, 500))).resolves.toBeUndefined();
}, 120_000);
