import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { openProject } from '../../src/store/index.js';
import { promptFileReader } from '../../src/prompts/index.js';

test('npm start -- --headless prints real answers to every sample prompt and ends', async () => {
  const samples = path.resolve('samples');
  const project = await openProject(samples, { readPromptFile: promptFileReader(samples), watch: 'off' });
  const nPrompts = project.promptIds.length;
  await project.close();
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/start.mjs', '--headless'], {
    maxBuffer: 1 << 24,
  });
  expect(nPrompts).toBeGreaterThanOrEqual(24);
  expect(stdout).toMatch(
    new RegExp(`^${2 * nPrompts} answers to ${nPrompts} prompts by smollm2-135m-instruct on `, 'm'),
  );
});
