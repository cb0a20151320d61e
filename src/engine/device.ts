import * as l10n from '@vscode/l10n';
import { fork } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { InferenceSession } from 'onnxruntime-common';
import { z } from 'zod';
import { compileModel, readDescription, tinyLlama } from '../models/index.js';
import { Decoder, type Runtime } from './decoder.js';

/** The execution provider in use and, as a sentence, why. */
export interface ChosenDevice {
  readonly name: string;
  readonly reason: string;
}

export interface RuntimeWithBackends extends Runtime {
  readonly listSupportedBackends: () => readonly { readonly name: string }[];
}

/** What a probe found out: does the device give the CPU's numbers, and how long does a step take on each? */
export const Probe = z.discriminatedUnion('result', [
  z.object({ result: z.literal('works'), largestDifference: z.number(), deviceMs: z.number(), cpuMs: z.number() }),
  z.object({ result: z.literal('wrong'), largestDifference: z.number() }),
  z.object({ result: z.literal('failed'), reason: z.string() }),
]);
export type Probe = z.infer<typeof Probe>;

/** In the order of preference. */
const accelerators = ['cuda', 'dml', 'coreml', 'webgpu'];
/** Natural logarithms; 8-bit activations round differently from kernel to kernel. */
const allowedDifference = 0.3;
const probeLimitMs = 60_000;
const probeKeptMs = 7 * 24 * 3_600_000;

export const cpu = (reason: string): ChosenDevice => ({ name: 'cpu', reason });

/** Threads do not spin while they wait: an editor's machine is never quiet, and then spinning costs more than it gains. */
export const sessionOptions = (device: string): InferenceSession.SessionOptions => ({
  executionProviders: [device],
  intraOpNumThreads: Math.max(1, Math.min(8, os.availableParallelism())),
  enableCpuMemArena: false,
  extra: { session: { intra_op: { allow_spinning: '0' } } },
});

/**
 * The device for a setting. `auto` takes the first accelerator that gives the CPU's numbers and is faster than it; the
 * answer of a probe is kept for a week. Another setting is taken at its word, unless it does not work.
 *
 * @param processFile the model process itself, which is started once more for each probe: a driver that crashes takes only
 * that along.
 */
export async function chooseDevice(
  runtime: RuntimeWithBackends,
  setting: string,
  cacheFolder: string,
  processFile: string,
): Promise<ChosenDevice> {
  if (setting === 'cpu') return cpu(l10n.t('chosen in the settings'));
  const offered = runtime.listSupportedBackends().map((backend) => backend.name);
  if (setting !== 'auto') {
    if (!offered.includes(setting))
      return cpu(l10n.t('{0} is not part of the installed runtime, so the CPU answers', setting));
    const probe = await keptProbe(setting, cacheFolder, processFile);
    if (probe.result === 'works') return { name: setting, reason: l10n.t('chosen in the settings') };
    return cpu(l10n.t('{0}, so the CPU answers', sentenceOf(setting, probe)));
  }
  const tried: string[] = [];
  for (const device of accelerators.filter((name) => offered.includes(name))) {
    const probe = await keptProbe(device, cacheFolder, processFile);
    if (probe.result === 'works' && probe.deviceMs < probe.cpuMs)
      return { name: device, reason: l10n.t("{0} gives the CPU's numbers, faster ({1})", device, timesOf(probe)) };
    tried.push(sentenceOf(device, probe));
  }
  return cpu(tried.length === 0 ? l10n.t('the installed runtime offers nothing else') : tried.join('; '));
}

/**
 * Runs a tiny decoder on the CPU and on a device and compares: the numbers of the 8-bit kernels that models run with, and
 * the greedy tokens in float arithmetic, where no rounding can excuse another token. To be run in a process of its own.
 */
export async function probeDevice(runtime: Runtime, device: string, folder: string): Promise<Probe> {
  const cacheFolder = await mkdtemp(path.join(folder === '' ? os.tmpdir() : folder, '.probe-'));
  try {
    const [exactCpu, exactDevice] = [
      await runTiny(runtime, 'cpu', cacheFolder, 'float'),
      await runTiny(runtime, device, cacheFolder, 'float'),
    ];
    const [onCpu, onDevice] = [
      await runTiny(runtime, 'cpu', cacheFolder, 'bytes'),
      await runTiny(runtime, device, cacheFolder, 'bytes'),
    ];
    const largestDifference = Math.max(
      ...onCpu.logprobs.map((logprob, index) => Math.abs(logprob - (onDevice.logprobs[index] ?? NaN))),
    );
    if (!(largestDifference <= allowedDifference) || exactCpu.tokens.join() !== exactDevice.tokens.join())
      return { result: 'wrong', largestDifference: Number.isFinite(largestDifference) ? largestDifference : 1e9 };
    return { result: 'works', largestDifference, deviceMs: onDevice.fastestMs, cpuMs: onCpu.fastestMs };
  } catch (error) {
    return { result: 'failed', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    await rm(cacheFolder, { recursive: true, force: true });
  }
}

/** Four rows for a few steps: their greedy tokens, and the log-probabilities for given tokens. */
async function runTiny(runtime: Runtime, device: string, cacheFolder: string, arithmetic: 'float' | 'bytes') {
  const signal = new AbortController().signal;
  const compiled = await compileModel(tinyLlama(), { cacheFolder, sha256: 'tiny', arithmetic, signal });
  const description = await readDescription(compiled.descriptionFile);
  const files = { graph: compiled.graphFile, data: path.join(compiled.folder, 'decoder.data') };
  const decoder = await Decoder.open(runtime, description, files, sessionOptions(device));
  try {
    const first = await decoder.prefill(
      Int32Array.from({ length: 80 }, (_, index) => (index * 7) % 90),
      signal,
    );
    const logprobs = [...first.logprobs];
    const tokens: number[] = [];
    let fastestMs = Infinity;
    decoder.spread(4);
    let ids = [1, 2, 3, 4];
    for (let step = 0; step < 8; step++) {
      const begin = performance.now();
      const top = await decoder.step(ids);
      fastestMs = Math.min(fastestMs, performance.now() - begin);
      const likeliest = ids.map((_, row) => Number(top.ids[row * top.width] ?? 0));
      tokens.push(...likeliest);
      logprobs.push(...top.logprobs);
      ids = arithmetic === 'float' ? likeliest : ids.map((id) => id + 1);
    }
    return { tokens, logprobs, fastestMs };
  } finally {
    await decoder.close();
  }
}

async function keptProbe(device: string, cacheFolder: string, processFile: string): Promise<Probe> {
  const Kept = z.object({ at: z.number(), probe: Probe });
  const file = path.join(cacheFolder, `device-${device}-${os.hostname().replace(/[^\w-]/g, '')}.json`);
  try {
    const kept = Kept.parse(JSON.parse(await readFile(file, 'utf8')));
    if (Date.now() - kept.at < probeKeptMs) return kept.probe;
  } catch {
    // No probe yet, or one that cannot be read: find out.
  }
  await mkdir(cacheFolder, { recursive: true });
  const probe = await probeInChild(device, cacheFolder, processFile);
  await writeFile(file, JSON.stringify({ at: Date.now(), probe }));
  return probe;
}

function probeInChild(device: string, folder: string, processFile: string): Promise<Probe> {
  return new Promise((resolve) => {
    const child = fork(processFile, ['probe', device, folder], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), probeLimitMs);
    let answer: Probe | undefined;
    child.on('message', (message) => {
      const parsed = Probe.safeParse(message);
      if (parsed.success) answer = parsed.data;
    });
    child.on('error', (error) => resolve({ result: 'failed', reason: error.message }));
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      resolve(answer ?? { result: 'failed', reason: `the probe ended with ${signal ?? `code ${code}`}` });
    });
  });
}

const timesOf = (probe: { readonly deviceMs: number; readonly cpuMs: number }) =>
  l10n.t('{0} ms a step against {1} ms', probe.deviceMs.toFixed(1), probe.cpuMs.toFixed(1));

function sentenceOf(device: string, probe: Probe): string {
  switch (probe.result) {
    case 'works':
      return l10n.t('{0} is slower than the CPU ({1})', device, timesOf(probe));
    case 'wrong':
      return l10n.t('{0} gives other numbers than the CPU (off by {1})', device, probe.largestDifference.toFixed(2));
    case 'failed':
      return l10n.t(
        '{0} does not work here ({1})',
        device,
        withoutPlace(probe.reason).replace(/\s+/g, ' ').slice(0, 160),
      );
  }
}

/** The runtime begins its messages with the place in its own sources, which helps nobody who reads them here. */
const withoutPlace = (reason: string): string =>
  reason
    .replace(/^\S+\.cc:\d+ /, '')
    .replace(/^.*? was false\. /, '')
    .trim();
