import { defineConfig } from 'vitest/config';

/**
 * A person's way through a real workbench, with the packaged extension. One story in its order: a failed step ends it. A
 * step is tried twice, since the focus of frames is the browser's to give; `npm test` names those that needed it.
 */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/browser/packaged.ts'],
    // They test nothing: whoever changes what a page looks like takes them again.
    exclude: process.env['TOUCHSTONE_SCREENSHOTS'] === '1' ? [] : ['test/browser/pictures.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    fileParallelism: false,
    pool: 'forks',
    bail: 1,
    retry: 1,
  },
});
