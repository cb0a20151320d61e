import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as runtime from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { Decoder } from '../../src/engine/decoder.js';
import { sessionOptions } from '../../src/engine/device.js';
import { contentHash } from '../../src/core/index.js';
import {
  cacheFolder,
  compileModel,
  openGguf,
  openModelLibrary,
  readDescription,
  tokenizerOf,
} from '../../src/models/index.js';
import { peerFolder } from '../bench/peerFolder.js';

const nTokens = 32;
const prompts = [
  'What is the capital of France?',
  'Explain why the sky is blue.',
  'Write a Python function that reverses a string.',
  '대한민국의 수도는 어디인가요?',
  'How many legs does a spider have?',
  'Write a haiku about autumn.',
  'Translate "good morning" to Spanish.',
  'What is 17 times 23?',
  'List three uses of copper.',
  'Who wrote Hamlet?',
  'Summarise the water cycle in two sentences.',
  'Give me a recipe for pancakes.',
  'What causes tides?',
  'Describe a sunset to a blind person.',
  'Is a tomato a fruit or a vegetable?',
  'Write a SQL query that counts rows in a table.',
  'What is photosynthesis?',
  'How do I tie a tie?',
  'Tell me a joke about computers.',
  'Name the planets of the solar system.',
];

test('our distributions are those of llama.cpp on the same file', async () => {
  const signal = new AbortController().signal;
  const cache = cacheFolder();
  const library = openModelLibrary();
  const model = await library.add('smollm2-135m-instruct', { signal });
  const parameters = await openGguf(model.file);
  const tokenizer = tokenizerOf(parameters);
  const compiled = await compileModel(parameters, {
    cacheFolder: path.join(cache, 'graphs'),
    sha256: model.sha256,
    signal,
  });
  await parameters.close();
  const ids = prompts.map((content) => tokenizer.encodeChat([{ role: 'user', content }]));
  const reference = await llamaReference(cache, model.file, model.sha256, ids);

  const description = await readDescription(compiled.descriptionFile);
  const files = { graph: compiled.graphFile, data: path.join(compiled.folder, 'decoder.data') };
  const decoder = await Decoder.open(runtime, description, files, sessionOptions('cpu'));
  const distributions = await open(reference.distributions);
  const theirs = new Float32Array(description.nVocabulary);
  let nSame = 0;
  let divergence = 0;
  let nPositions = 0;
  for (const [index, prompt] of ids.entries()) {
    let top = await decoder.prefill(prompt, signal);
    let ours = await decoder.allLogprobs();
    decoder.spread(1);
    const written = reference.tokens[index] ?? [];
    for (const [step, token] of written.entries()) {
      await distributions.read(theirs, 0, theirs.byteLength, (index * nTokens + step) * theirs.byteLength);
      // KL(llama.cpp ‖ ours): the nats lost by taking our distribution for theirs, over the whole vocabulary.
      divergence += theirs.reduce((sum, logprob, id) => sum + Math.exp(logprob) * (logprob - (ours[id] ?? 0)), 0);
      if (Number(top.ids[0]) === token) nSame++;
      nPositions++;
      if (step + 1 === written.length) break;
      top = await decoder.step([token]);
      ours = await decoder.allLogprobs();
    }
  }
  await distributions.close();
  await decoder.close();
  const same = nSame / nPositions;
  const mean = divergence / nPositions;
  console.log(
    `most likely token the same at ${(100 * same).toFixed(2)} % of ${nPositions} positions; mean KL(llama.cpp ‖ ours) ${mean.toFixed(5)} nats`,
  );
  expect(nPositions).toBe(prompts.length * nTokens);
  expect(same).toBeGreaterThanOrEqual(0.95);
  expect(mean).toBeLessThan(0.02);
});

/** What llama.cpp decodes greedily and thinks at each position; made once, since it takes a minute. */
async function llamaReference(
  cache: string,
  file: string,
  sha256: string,
  ids: readonly Int32Array[],
): Promise<{ readonly tokens: number[][]; readonly distributions: string }> {
  const folder = path.join(cache, 'peer-llama', 'reference');
  await mkdir(folder, { recursive: true });
  const asked = { nTokens, prompts: ids.map((prompt) => [...prompt]) };
  const out = path.join(folder, contentHash({ ...asked, sha256 }).slice(0, 16));
  if (!existsSync(`${out}.json`)) {
    const peer = await peerFolder(cache);
    await writeFile(`${out}.in`, JSON.stringify({ ...asked, model: file }));
    const script = path.join(process.cwd(), 'test/model/llamaReference.mjs');
    const child = spawn(process.execPath, [script, peer, `${out}.in`, `${out}.new`], { stdio: 'inherit' });
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`llama.cpp ended with code ${code}`);
    await rename(`${out}.new.f32`, `${out}.f32`);
    await rename(`${out}.new.json`, `${out}.json`);
    await rm(`${out}.in`);
  }
  const { tokens }: { tokens: number[][] } = JSON.parse(await readFile(`${out}.json`, 'utf8'));
  return { tokens, distributions: `${out}.f32` };
}
