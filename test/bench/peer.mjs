// node-llama-cpp, measured in a process of its own. Arguments: peer folder, model, mode, then what the mode needs.
//   first  <ids.json>                        one token of one prompt from a cold start
//   decode <ids.json> <threads> <nRows>      waits for lines on stdin; each `go` decodes once and prints a result
// The prompt is read once; the other sequences get its state. One context, one batch for all sequences. Tokens are sampled
// (temperature, top-p, min-p as ours) and the chosen token's probability is asked for, the cheapest form of it.
import { createRequire } from 'node:module';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

const [, , peerFolder, modelPath, mode, idsFile, threadsText = '2', rowsText = '1'] = process.argv;
const require = createRequire(path.join(peerFolder, 'package.json'));
const { getLlama } = await import(pathToFileURL(require.resolve('node-llama-cpp')).href);
const prompt = JSON.parse(readFileSync(idsFile, 'utf8'));
const threads = Number(threadsText);
const nRows = Number(rowsText);
const sampling = { temperature: 0.8, topP: 0.95, topK: 0, minP: 0.05 };

const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error', maxThreads: threads });
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({ contextSize: 1024, sequences: nRows, threads, batchSize: 512 });
const sequences = Array.from({ length: nRows }, () => context.getSequence());
const peakMb = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) / 1024;
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

if (mode === 'first') {
  for await (const _ of sequences[0].evaluateWithMetadata(prompt, { confidence: true }, { ...sampling, seed: 1 }))
    break;
  console.log(JSON.stringify({ cpuMs: cpuMs(), peakMb: peakMb() }));
} else {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'touchstone-peer-'));
  const state = path.join(folder, 'prompt.state');
  await sequences[0].evaluateWithoutGeneratingNewTokens(prompt.slice(0, -1));
  await sequences[0].saveStateToFile(state);
  console.log(JSON.stringify({ ready: true }));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [word, countText] = line.split(' ');
    if (word !== 'go') break;
    const nTokens = Number(countText);
    const cpu = cpuMs();
    for (const sequence of sequences) await sequence.loadStateFromFile(state, { acceptRisk: true });
    let begin = 0;
    let done = 0;
    // The first token of each row is not counted: until all rows have one, they are not in one batch.
    await Promise.all(
      sequences.map(async (sequence, row) => {
        let n = 0;
        const tokens = sequence.evaluateWithMetadata(
          prompt.slice(-1),
          { confidence: true },
          { ...sampling, seed: row + 1, yieldEogToken: true },
        );
        for await (const _ of tokens) {
          if (n === 0 && row === nRows - 1) begin = performance.now();
          if (n > 0) done++;
          if (++n > nTokens) break;
        }
      }),
    );
    console.log(
      JSON.stringify({
        tokensPerSecond: (done / (performance.now() - begin)) * 1000,
        cpuMs: cpuMs() - cpu,
        peakMb: peakMb(),
      }),
    );
  }
  rmSync(folder, { recursive: true, force: true });
}
await llama.dispose();
process.exit(0);
