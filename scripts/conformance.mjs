// `npm run conformance`: exported files through TRL's own preparation, without training. Apart from `npm test`, since it needs
// torch: the first run takes about 6 GB in the cache (the PyPI wheel of torch for Linux does not load without its CUDA libraries).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cache, ensureDebianPackages, ensureDependencies, root, say } from './setup.mjs';

const requirements = ['trl==1.16.0', 'transformers==5.23.0', 'datasets==5.2.0', 'tokenizers==0.23.3', 'torch==2.15.0'];

/** TRL 1.13.0 alone, on the other packages of the environment: later releases train no process reward models. */
function stepsRelease(python) {
  const folder = path.join(cache, 'trl-1.13.0');
  if (!existsSync(path.join(folder, '.complete'))) {
    rmSync(folder, { recursive: true, force: true });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--target', folder];
    const { status } = spawnSync(python, [...pip, 'trl==1.13.0'], { stdio: ['ignore', 2, 2] });
    if (status !== 0) throw new Error('pip could not install trl==1.13.0.');
    writeFileSync(path.join(folder, '.complete'), '');
  }
  return folder;
}

const scratch = mkdtempSync(path.join(tmpdir(), 'touchstone-conformance-'));
try {
  ensureDebianPackages(['python3-pip', 'python3-venv']);
  ensureDependencies();
  const { ensureVenv } = await import('./pythonVenv.mjs');
  const venv = ensureVenv('trl', requirements);
  if ('skipped' in venv) {
    console.log(`Nothing was compared: ${venv.skipped}.`);
    console.log('0 passed, 0 failed, 1 skipped');
  } else {
    say('Exporting the golden project');
    const { build } = await import('esbuild');
    const program = path.join(scratch, 'exportGolden.cjs');
    await build({
      entryPoints: [path.join(root, 'test', 'python', 'exportGolden.ts')],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: program,
      logLevel: 'warning',
    });
    const exported = spawnSync(process.execPath, [program, scratch], { stdio: ['ignore', 2, 2] });
    if (exported.status !== 0) throw new Error('The golden project could not be exported.');

    say('Preparing its rows with TRL');
    const python = (file, env = {}) =>
      spawnSync(venv.python, [path.join(root, 'test', 'python', file), scratch], {
        stdio: ['ignore', 'inherit', 'inherit'],
        env: {
          ...process.env,
          // Nothing is asked of the hub, and nothing else of the user's Python settings counts.
          HF_HUB_OFFLINE: '1',
          HF_HOME: path.join(scratch, 'hub'),
          CUDA_VISIBLE_DEVICES: '',
          TRL_EXPERIMENTAL_SILENCE: '1',
          ...env,
        },
      }).status ?? 1;
    if (python('prepare_steps.py', { PYTHONPATH: stepsRelease(venv.python) }) !== 0)
      throw new Error('The steps could not be prepared.');
    process.exitCode = python('conformance.py');
  }
} catch (error) {
  console.log(error.stack);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
