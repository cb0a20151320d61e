import * as l10n from '@vscode/l10n';
import { randomUUID } from 'node:crypto';
import { maxJsonLineBytes, type Judgement, type JudgementId } from '../core/index.js';
import type { Project } from '../store/index.js';
import { readJudgementLine } from './judgementLine.js';
import { linesOf, type InputLine } from './linesOf.js';

export type JudgeAnswer =
  { readonly ok: true; readonly id: JudgementId } | { readonly ok: false; readonly error: string };

/** Rows on their way to the disk at a time; more wait, so that a long pipe is not held in memory. */
const maxInFlight = 2000;

/**
 * Answers one line for each line of `input`, in order, each only when its judgement is on disk. Rows that come while the
 * disk syncs share the next sync.
 *
 * @returns how many were refused or could not be saved.
 */
export async function judge(
  project: Project,
  input: AsyncIterable<Uint8Array>,
  answer: (answer: JudgeAnswer) => Promise<void>,
): Promise<number> {
  let nBad = 0;
  const queue: Promise<JudgeAnswer>[] = [];
  const inFlight = new Map<JudgementId, Judgement>();
  let wake = () => {};
  let isEnded = false;

  const answering = (async () => {
    for (;;) {
      const next = queue[0];
      if (next === undefined) {
        if (isEnded) return;
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      const result = await next;
      if (!result.ok) nBad += 1;
      await answer(result);
      void queue.shift();
      wake();
    }
  })();
  // A reader of ours that has gone ends the work below; the error itself is met at the end.
  let hasGone = false;
  void answering.catch(() => {
    hasGone = true;
    wake();
  });

  for await (const line of linesOf(input, maxJsonLineBytes)) {
    if (hasGone) break;
    if ('text' in line && line.text.trim() === '') continue;
    queue.push(answerOf(project, line, inFlight));
    wake();
    while (queue.length >= maxInFlight && !hasGone) await new Promise<void>((resolve) => setTimeout(resolve, 1));
  }
  isEnded = true;
  wake();
  await answering;
  return nBad;
}

async function answerOf(
  project: Project,
  line: InputLine,
  inFlight: Map<JudgementId, Judgement>,
): Promise<JudgeAnswer> {
  if ('tooLong' in line)
    return { ok: false, error: l10n.t('The line is longer than {0} MiB.', String(maxJsonLineBytes / 1024 / 1024)) };
  const read = readJudgementLine(line.text, project, inFlight, { now: () => new Date(), unique: randomUUID });
  if (!read.ok) return read;
  const { judgement } = read;
  inFlight.set(judgement.id, judgement);
  try {
    await project.appendJudgements([judgement]);
    return { ok: true, id: judgement.id };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  } finally {
    inFlight.delete(judgement.id);
  }
}
