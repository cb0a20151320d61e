import { defineConfig } from 'vitest/config';

/** The built command line, run as a process. Needs `npm run build`. */
export default defineConfig({
  test: {
    include: ['test/cli/**/*.test.ts'],
    testTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    pool: 'forks',
    poolOptions: { forks: { maxForks: 2 } },
  },
});
