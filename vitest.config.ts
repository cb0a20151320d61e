import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts'],
    testTimeout: 60_000,
    expect: { poll: { timeout: 30_000, interval: 10 } },
    pool: 'forks',
    // Loading the libraries anew for each file took twice the time of the tests; no test leaves anything behind in them.
    isolate: false,
    poolOptions: { forks: { maxForks: 2 } },
  },
});
