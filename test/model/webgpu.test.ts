import { fork } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Probe } from '../../src/engine/device.js';
import { engineBundle } from './engineBundle.js';
import { swiftShader } from './swiftShader.js';

let folder = '';
let processFile = '';
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ folder, processFile, remove } = await engineBundle());
});
afterAll(() => remove());

/** The software driver is set for the child alone. */
const probe = (device: string, env: Readonly<Record<string, string>>): Promise<Probe> =>
  new Promise((resolve, reject) => {
    const child = fork(processFile, ['probe', device, folder], {
      execArgv: [],
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.once('message', (message) => resolve(Probe.parse(message)));
    child.once('exit', (code, signal) => reject(new Error(`the probe ended with ${signal ?? code}`)));
  });

describe('WebGPU on the software Vulkan driver', () => {
  test('a tiny decoder has the CPU’s greedy tokens and numbers', async ({ skip }) => {
    const found = await probe('webgpu', swiftShader());
    // Only this text means that the machine has no adapter; any other failure is one.
    if (found.result === 'failed' && found.reason.includes('Failed to get a WebGPU adapter'))
      skip('no WebGPU adapter on this machine');
    expect(found).toMatchObject({ result: 'works' });
    if (found.result === 'works')
      console.log(
        `largest difference ${found.largestDifference.toFixed(3)} nats, ${found.deviceMs.toFixed(1)} ms a step (CPU ${found.cpuMs.toFixed(1)} ms)`,
      );
  });

  test('a machine without a driver gives a reason, not a crash', async () => {
    const found = await probe('webgpu', { VK_ICD_FILENAMES: '/nowhere.json', LD_LIBRARY_PATH: '/nowhere' });
    expect(found.result).toBe('failed');
  });
});
