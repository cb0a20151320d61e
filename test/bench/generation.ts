// Ours against node-llama-cpp on the same file, in one interleaved run: decode tokens per second for 1, 4 and 8 candidates,
// time to the first token from a cold process, peak memory. Says how much else was running on the machine meanwhile.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { frugalFlags, frugalVariables } from '../../src/engine/engineProcess.js';
import { cacheFolder, compileModel, openGguf, openModelLibrary, tokenizerOf } from '../../src/models/index.js';
import { peerFolder } from './peerFolder.js';
import { othersBusy, processorTime } from './processorTime.js';

const rowCounts = [1, 4, 8];
const nTokens = 40;
const nRounds = 3;
const nColdStarts = 3;
const nPromptTokens = 256;
/** Share of one core that others may take for a sample to count as quiet. */
const quietShare = 0.1;
const targets = { 1: 0.7, 4: 1.5, 8: 1.8 };

interface Sample {
  readonly tokensPerSecond: number;
  readonly peakMb: number;
  /** Cores that others kept busy meanwhile. */
  readonly others: number;
}

class Contender {
  readonly name: string;
  readonly nRows: number;
  readonly samples: Sample[] = [];
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(name: string, nRows: number, args: readonly string[]) {
    this.name = name;
    this.nRows = nRows;
    this.#child = spawn(process.execPath, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...(name === 'ours' ? frugalVariables : {}) },
    });
    if (this.#child.stdout === null) throw new Error('no pipe');
    this.#lines = readline.createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async answer(): Promise<Record<string, number>> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.name} ended without an answer`);
    return JSON.parse(value);
  }

  async measure(triesLeft = 2): Promise<void> {
    const before = await processorTime();
    const begin = performance.now();
    this.#child.stdin?.write(`go ${nTokens}\n`);
    const { tokensPerSecond = 0, peakMb = 0 } = await this.answer();
    const ms = performance.now() - begin;
    const others = othersBusy(before, await processorTime(), ms);
    // Somebody else was busy for a moment: once more, so that the medians are of quiet samples where there are any.
    if (others > quietShare && triesLeft > 0) return this.measure(triesLeft - 1);
    this.samples.push({ tokensPerSecond, peakMb, others });
  }

  async end(): Promise<void> {
    this.#child.stdin?.end('end\n');
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
  }
}

const cache = cacheFolder();
const signal = new AbortController().signal;
console.log(`device: ${os.cpus()[0]?.model.trim()}, ${os.availableParallelism()} cores; node ${process.version}`);
const peer = await peerFolder(cache);
const model = await openModelLibrary().add('smollm2-135m-instruct', { signal });
const graphs = path.join(cache, 'graphs');
const folder = await mkdtemp(path.join(os.tmpdir(), 'touchstone-bench-'));
try {
  const parameters = await openGguf(model.file);
  await compileModel(parameters, { cacheFolder: graphs, sha256: model.sha256, signal });
  const tokenizer = tokenizerOf(parameters);
  await parameters.close();
  const ids = path.join(folder, 'ids.json');
  await writeFile(ids, JSON.stringify(promptOf((text) => tokenizer.encodeChat([{ role: 'user', content: text }]))));
  // The flags and variables that the model process is started with.
  const ours = (mode: string, nRows: number) => [
    ...frugalFlags,
    'out/bench/ours.mjs',
    model.file,
    model.sha256,
    graphs,
    mode,
    ids,
    String(nRows),
  ];
  const theirs = (mode: string, nRows: number, threads: number) => [
    ...['test/bench/peer.mjs', peer, model.file, mode, ids, String(threads), String(nRows)],
  ];

  // 1. Cold starts, by turns; the files are in the page cache for both.
  const cold: Record<'ours' | 'peer', { readonly ms: number; readonly others: number }[]> = { ours: [], peer: [] };
  for (let round = 0; round < nColdStarts; round++)
    for (const [who, args] of [
      ['ours', ours('first', 1)],
      ['peer', theirs('first', 1, 2)],
    ] as const) {
      const before = await processorTime();
      const begin = performance.now();
      const contender = new Contender(who, 1, args);
      await contender.answer();
      const ms = performance.now() - begin;
      cold[who].push({ ms, others: othersBusy(before, await processorTime(), ms) });
      await contender.end();
    }

  // 2. Decoding, by turns.
  const contenders = rowCounts.flatMap((nRows) => [
    new Contender('ours', nRows, ours('decode', nRows)),
    ...[1, 2].map((threads) => new Contender(`peer, ${threads} threads`, nRows, theirs('decode', nRows, threads))),
  ]);
  for (const contender of contenders) await contender.answer();
  // One round to warm up, which does not count but for the memory.
  for (let round = 0; round <= nRounds; round++)
    for (const contender of contenders) {
      await contender.measure();
      if (round === 0) contender.samples.length = 0;
    }
  for (const contender of contenders) await contender.end();

  // 3. What came out.
  const allSamples = [...contenders.flatMap((contender) => contender.samples), ...cold.ours, ...cold.peer];
  const nQuiet = allSamples.filter((sample) => sample.others <= quietShare).length;
  const most = Math.max(...allSamples.map((sample) => sample.others));
  console.log(
    nQuiet === allSamples.length
      ? `the machine was quiet: others kept at most ${most.toFixed(2)} cores busy`
      : `the machine was NOT quiet: ${allSamples.length - nQuiet} of ${allSamples.length} samples with others on more than ${quietShare} cores (at most ${most.toFixed(2)}); the figures say little`,
  );
  console.log(
    `\nprompt ${nPromptTokens} tokens, ${nTokens} tokens a candidate, sampling and log-probabilities included, medians of ${nRounds}`,
  );
  console.log('candidates   ours tok/s   peer tok/s (threads)   ratio   target   ours MB   peer MB');
  let isMet = true;
  for (const nRows of rowCounts) {
    const [mine, ...others] = contenders.filter((contender) => contender.nRows === nRows);
    const speed = (contender: Contender) => median(contender.samples.map((sample) => sample.tokensPerSecond));
    const memory = (contender: Contender) => Math.max(...contender.samples.map((sample) => sample.peakMb));
    const best = [...others].sort((a, b) => speed(b) - speed(a))[0];
    if (mine === undefined || best === undefined) continue;
    const ratio = speed(mine) / speed(best);
    const target = targets[nRows as keyof typeof targets];
    isMet &&= ratio >= target && memory(mine) < memory(best);
    console.log(
      `${String(nRows).padStart(10)}   ${speed(mine).toFixed(0).padStart(10)}   ${speed(best).toFixed(0).padStart(10)} ${best.name.slice(6).padStart(11)}   ${ratio.toFixed(2).padStart(5)}   ${String(target).padStart(6)}   ${memory(mine).toFixed(0).padStart(7)}   ${memory(best).toFixed(0).padStart(7)}`,
    );
  }
  const [first, theirFirst] = [median(cold.ours.map(({ ms }) => ms)), median(cold.peer.map(({ ms }) => ms))];
  isMet &&= first <= theirFirst;
  console.log(
    `\nfirst token from a cold process: ours ${first.toFixed(0)} ms, peer ${theirFirst.toFixed(0)} ms, ratio ${(first / theirFirst).toFixed(2)} (at most 1)`,
  );
  console.log(isMet ? 'all targets met' : 'NOT all targets met');
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** A prompt of exactly so many tokens: a long question, cut in its middle, so that head and tail are the chat template's. */
function promptOf(encode: (text: string) => Int32Array): number[] {
  const text =
    'Summarise what a touchstone is, how goldsmiths used one, and why people took the word for tests of other things. ';
  const ids = [...encode(text.repeat(20))];
  const tail = ids.slice(-8);
  return [...ids.slice(0, nPromptTokens - tail.length), ...tail];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
