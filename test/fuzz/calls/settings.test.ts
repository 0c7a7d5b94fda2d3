import { test } from 'vitest';
import { callSettings } from '../call-settings.ts';

test('[C9] [C19] [Q30] damaged settings and headers throw nothing and are told by place', async () => {
  for (const seed of [1, 2, 3]) await callSettings.run(seed, 1_500);
}, 60_000);
