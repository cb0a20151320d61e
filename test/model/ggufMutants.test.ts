import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';

const Result = z.object({
  nMutants: z.number(),
  faults: z.array(z.string()),
  slowestMs: z.number(),
  grownMiB: z.number(),
});

test(
  '100,000 broken headers are refused or read as what they say, in a heap of 512 MB',
  { timeout: 300_000 },
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'gguf-run-'));
    try {
      const outfile = path.join(folder, 'run.mjs');
      const banner = { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" };
      await build({
        entryPoints: ['test/model/ggufMutantRun.ts'],
        ...{ bundle: true, platform: 'node', format: 'esm', external: ['onnxruntime-node'], outfile, banner },
      });
      // Rejects when the process ends by a signal or with an error.
      const { stdout } = await promisify(execFile)(process.execPath, ['--max-old-space-size=512', outfile, '100000']);
      const result = Result.parse(JSON.parse(stdout));
      expect(result.faults).toEqual([]);
      expect(result.nMutants).toBe(100_000);
      expect(result.slowestMs).toBeLessThan(2_000);
      expect(result.grownMiB).toBeLessThan(300);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
