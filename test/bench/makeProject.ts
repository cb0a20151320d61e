/**
 * A labeling project of any size with realistic rows, for benches: prompts of a few hundred bytes, answers of about a
 * kilobyte, log-probabilities on one answer in fifty, judgements of two labelers. The same numbers give the same bytes.
 */
import { mkdir, open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promptIdOf, seededRandom, type Message, type Random } from '../../src/core/index.js';
import { encodeLine } from '../../src/store/journalLine.js';

export interface ProjectSize {
  readonly nPrompts: number;
  /** @default 4 */
  readonly candidatesPerPrompt?: number;
  /** Prompts that were judged already. @default a tenth of them */
  readonly nJudged?: number;
}

const words =
  'the of and to in is that it was for on are as with his they at be this from have or by one had not but what all were when we there can an your which their said if do will each about how up out them then she many some so these would other into has more her two like him see time could no make than first been its who now people my made over did down only way find use may water long little very after words called just where most know'.split(
    ' ',
  );

const text = (nChars: number, random: Random): string => {
  let made = '';
  while (made.length < nChars) {
    const word = words[Math.floor(random() * words.length)] ?? '';
    made += made === '' ? word : random() < 0.08 ? `. ${word}` : ` ${word}`;
  }
  return `${made}.`;
};

const hex = (random: Random): string =>
  [0, 1]
    .map(() =>
      Math.floor(random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    )
    .join('');

/** Writes the project into `folder`, which is made. @returns bytes written. */
export async function makeProject(folder: string, size: ProjectSize): Promise<number> {
  const { nPrompts, candidatesPerPrompt = 4, nJudged = Math.floor(nPrompts / 10) } = size;
  const random = seededRandom('bench');
  for (const name of ['prompts', '.touchstone/candidates', '.touchstone/judgements'])
    await mkdir(path.join(folder, name), { recursive: true });
  await writeFile(
    path.join(folder, 'touchstone.json'),
    `${JSON.stringify({ version: 1, name: 'bench', prompts: ['prompts/bench.jsonl'], overlap: 2 }, null, 2)}\n`,
  );
  const prompts = await LineWriter.open(path.join(folder, 'prompts', 'bench.jsonl'));
  const candidates = await LineWriter.open(path.join(folder, '.touchstone', 'candidates', 'bench1.jsonl'));
  const labelers = ['kim', 'ana'] as const;
  const judgements = await Promise.all(
    labelers.map((labeler) =>
      LineWriter.open(path.join(folder, '.touchstone', 'judgements', `${labeler}.bench1.jsonl`)),
    ),
  );
  let seq = 0;
  const stamp = () => ({ writer: 'bench1', seq: (seq += 1) });
  for (let n = 0; n < nPrompts; n += 1) {
    const content = `${n}: ${text(100 + random() * 300, random)}?`;
    const messages: Message[] = [{ role: 'user', content }];
    const promptId = promptIdOf({ messages });
    const metadata = { topic: words[n % 20] ?? '', level: n % 5 };
    await prompts.write(Buffer.from(`${JSON.stringify({ id: promptId, messages, metadata })}\n`));
    const ids: string[] = [];
    for (let index = 0; index < candidatesPerPrompt; index += 1) {
      const id = `c${hex(random)}`;
      ids.push(id);
      const answer = text(500 + random() * 700, random);
      const logprobs = random() < 0.02 ? logprobsOf(answer, random) : undefined;
      const model = { name: `model-${index % 2}`, provider: 'engine', hash: 'a'.repeat(64) };
      const sampling = { temperature: 0.8, topP: 0.95, minP: 0.05, seed: index, maxTokens: 256 };
      const fields = { id, promptId, text: answer, origin: 'model', model, sampling, logprobs, finishReason: 'stop' };
      const more = { device: 'cpu', durationMs: 4000, metadata: { touchstone: { index } } };
      await candidates.write(encodeLine({ ...fields, ...more }, stamp()));
    }
    if (n < nJudged) {
      const labeler = n % 3 === 0 ? 1 : 0;
      const ranking = ids.map((id) => [id]);
      const at = new Date(Date.UTC(2026, 0, 1) + n * 30_000).toISOString();
      const said = { status: 'submitted', ranking, line: 2, shown: { order: ids }, activeMs: 25_000 };
      const row = { id: `j${hex(random)}`, promptId, labeler: labelers[labeler], at, ...said };
      await judgements[labeler]?.write(encodeLine(row, stamp()));
    }
  }
  const sizes = await Promise.all([prompts, candidates, ...judgements].map((writer) => writer.close()));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

const logprobsOf = (answer: string, random: Random) =>
  answer.split(/(?= )/).map((token) => {
    const logprob = Math.log(0.2 + 0.8 * random());
    return {
      token,
      logprob,
      top: [
        [token, logprob],
        [' other', logprob - 1],
        [' more', logprob - 2],
      ],
    };
  });

class LineWriter {
  #waiting: Uint8Array[] = [];
  #nWaiting = 0;
  #nBytes = 0;

  private constructor(private readonly file: Awaited<ReturnType<typeof open>>) {}

  static async open(file: string): Promise<LineWriter> {
    return new LineWriter(await open(file, 'w'));
  }

  async write(line: Uint8Array): Promise<void> {
    this.#waiting.push(line);
    this.#nWaiting += line.length;
    if (this.#nWaiting > 4 * 1024 * 1024) await this.#flush();
  }

  async close(): Promise<number> {
    await this.#flush();
    await this.file.close();
    return this.#nBytes;
  }

  async #flush(): Promise<void> {
    await this.file.write(Buffer.concat(this.#waiting));
    this.#nBytes += this.#nWaiting;
    this.#waiting = [];
    this.#nWaiting = 0;
  }
}
