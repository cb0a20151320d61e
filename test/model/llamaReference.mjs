// What llama.cpp says: run by a plain Node in the peer's folder, so that its native library is never in a test's process.
// In (argv): a JSON file { model, prompts: number[][], nTokens }. Out: <out>.json { tokens: number[][] } and <out>.f32, the
// log-probabilities of the next token before each of those tokens, float32 [prompts, nTokens, vocabulary].
import { createRequire } from 'node:module';
import { openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , peerFolder, inFile, out] = process.argv;
const require = createRequire(path.join(peerFolder, 'package.json'));
const { getLlama } = await import(pathToFileURL(require.resolve('node-llama-cpp')).href);
const { model: modelPath, prompts, nTokens } = JSON.parse(readFileSync(inFile, 'utf8'));

const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error' });
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({ contextSize: 1024, sequences: 1, threads: 2 });
const sequence = context.getSequence();
const file = openSync(`${out}.f32`, 'w');
const tokens = [];
for (const prompt of prompts) {
  await sequence.clearHistory();
  const written = [];
  let input = prompt;
  while (written.length < nTokens) {
    const asked = input.map((token, index) =>
      index === input.length - 1 ? [token, { generateNext: { logits: true, options: { temperature: 0 } } }] : token,
    );
    const logits = (await sequence.controlledEvaluate(asked))[input.length - 1].next.logits;
    const row = new Float32Array(model.fileInfo.metadata.llama.vocab_size ?? logits.size);
    let best = 0;
    for (const [token, logit] of logits) {
      row[token] = logit;
      if (logit > row[best]) best = token;
    }
    const greatest = row[best];
    const sum = row.reduce((total, logit) => total + Math.exp(logit - greatest), 0);
    const logSum = greatest + Math.log(sum);
    writeSync(
      file,
      row.map((logit) => logit - logSum),
    );
    written.push(best);
    input = [best];
  }
  tokens.push(written);
}
writeFileSync(`${out}.json`, JSON.stringify({ tokens }));
await llama.dispose();
