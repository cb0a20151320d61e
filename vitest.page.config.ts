import { defineConfig } from 'vitest/config';

/** The labeling page in a real Chromium, without VS Code. One browser at a time: two would wait for each other. */
export default defineConfig({
  test: {
    include: ['test/page/**/*.test.ts'],
    testTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    hookTimeout: 30_000,
    fileParallelism: false,
    pool: 'forks',
  },
});
