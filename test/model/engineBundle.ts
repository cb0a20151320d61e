import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

/** The model process, bundled into a folder of the checkout, so that the runtime is found as from `dist`. */
export async function engineBundle(): Promise<{ folder: string; processFile: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(process.cwd(), 'out-engine-'));
  const processFile = path.join(folder, 'engine.cjs');
  await build({
    entryPoints: ['src/engine/process.ts'],
    outfile: processFile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['onnxruntime-node'],
    logLevel: 'error',
  });
  return { folder, processFile, remove: () => rm(folder, { recursive: true }) };
}
