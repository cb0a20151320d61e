import { defineConfig } from 'vitest/config';

/** What needs Python: exported files in the loader that people use. The first run makes an environment in the cache. */
export default defineConfig({
  test: { include: ['test/python/**/*.test.ts'], testTimeout: 300_000, hookTimeout: 60_000, pool: 'forks' },
});
