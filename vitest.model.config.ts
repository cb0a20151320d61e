import { defineConfig } from 'vitest/config';

/** Suites that need the default model or minutes of a processor. */
export default defineConfig({
  test: {
    include: ['test/model/**/*.test.ts'],
    testTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
    hookTimeout: 300_000,
    pool: 'forks',
    poolOptions: { forks: { singleFork: true } },
  },
});
