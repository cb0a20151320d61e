import { defineConfig } from 'vitest/config';

/** Processes that are killed while they save. Needs `npm run build`. `--mode long` kills ten times as many and fills a disk. */
export default defineConfig(({ mode }) => ({
  test: {
    include: ['test/durability/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    env: mode === 'long' ? { TOUCHSTONE_KILLS: process.env['TOUCHSTONE_KILLS'] ?? '500' } : {},
  },
}));
