import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Many suites start programs, browsers and databases: two at a time is what two cores carry.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Sound in real time on a machine that others use too: what holds at the second try in CI is shown as such, not as a failure.
    retry: process.env['CI'] ? 1 : 0,
  },
});
