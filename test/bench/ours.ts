// Ours, measured in a process of its own; speaks like peer.mjs. Arguments: model file, its SHA-256, cache folder, mode
// (`first` or `decode`), the file of the prompt's ids, number of rows.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import * as runtime from 'onnxruntime-node';
import { defaultSampling } from '../../src/core/index.js';
import { collectGarbage } from '../../src/engine/collectGarbage.js';
import { Decoder } from '../../src/engine/decoder.js';
import { sessionOptions } from '../../src/engine/device.js';
import { generate } from '../../src/engine/generate.js';
import { compileModel, openGguf, readDescription, tokenizerOf } from '../../src/models/index.js';

const [, , file = '', sha256 = '', cacheFolder = '', mode = '', idsFile = '', rowsText = '1'] = process.argv;
const signal = new AbortController().signal;
const prompt = Int32Array.from(JSON.parse(readFileSync(idsFile, 'utf8')));
const nRows = Number(rowsText);
const peakMb = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) / 1024;
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const { compiled, tokenizer } = await load();
collectGarbage();
const description = await readDescription(compiled.descriptionFile);
const decoder = await Decoder.open(
  runtime,
  description,
  { graph: compiled.graphFile, data: path.join(compiled.folder, 'decoder.data') },
  sessionOptions('cpu'),
);

/** As the model process does: nothing of the parameter file stays but what the tokenizer keeps. */
async function load() {
  const parameters = await openGguf(file);
  const built = await compileModel(parameters, { cacheFolder, sha256, signal });
  const made = tokenizerOf(parameters);
  await parameters.close();
  return { compiled: built, tokenizer: made };
}

/** Text and log-probabilities of every token are made, as for a labeler; no answer ends before `maxTokens`. */
async function decode(maxTokens: number) {
  const texts = Array.from({ length: nRows }, () => new TextDecoder());
  let begin = 0;
  let nTokens = 0;
  let nLetters = 0;
  const cpuBefore = cpuMs();
  let nSteps = 0;
  const events = generate(decoder, prompt, {
    nCandidates: nRows,
    sampling: { ...defaultSampling, maxTokens, seed: 1 },
    endOfTurn: new Set(),
    signal,
    isCut: () => false,
  });
  for await (const event of events) {
    if (event.type === 'token') {
      if (nSteps > 0) nTokens++;
      nLetters += texts[event.token.candidate]?.decode(tokenizer.bytesOf(event.token.id), { stream: true }).length ?? 0;
    } else if (event.type === 'step' && nSteps++ === 0) {
      if (mode === 'first') return console.log(JSON.stringify({ cpuMs: cpuMs(), peakMb: peakMb() }));
      begin = performance.now();
    }
  }
  const tokensPerSecond = (nTokens / (performance.now() - begin)) * 1000;
  return console.log(JSON.stringify({ tokensPerSecond, cpuMs: cpuMs() - cpuBefore, peakMb: peakMb(), nLetters }));
}

if (mode === 'first') await decode(2);
else {
  console.log(JSON.stringify({ ready: true }));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [word, count] = line.split(' ');
    if (word !== 'go') break;
    await decode(Number(count) + 1);
  }
}
process.exit(0);
