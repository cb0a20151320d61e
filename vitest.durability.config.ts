import { defineConfig } from 'vitest/config';

/**
 * Processes that are killed while they save. Needs `npm run build`. `--mode long` kills ten times as many, fills a disk
 * and labels for ten minutes.
 */
export default defineConfig(({ mode }) => ({
  test: {
    include: ['test/durability/**/*.test.ts'],
    testTimeout: 60_000,
    pool: 'forks',
    fileParallelism: false,
    env:
      mode === 'long'
        ? {
            TOUCHSTONE_KILLS: process.env['TOUCHSTONE_KILLS'] ?? '500',
            TOUCHSTONE_SOAK_SECONDS: process.env['TOUCHSTONE_SOAK_SECONDS'] ?? '600',
          }
        : {},
  },
}));
