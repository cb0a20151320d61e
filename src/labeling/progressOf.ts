import type { Judgement } from '../core/index.js';
import type { ProgressView } from '../protocol.js';
import type { LabelingQueue } from './labelingQueue.js';

/** Before this many judgements, and this much active time, a pace means nothing. */
const minimum = { nJudgements: 3, activeMs: 60_000 };
/** The pace is that of the latest judgements, so that a slow morning does not spoil the afternoon. */
const nRecent = 20;

/** @param now decides which day is today, local time. */
export function progressOf(queue: LabelingQueue, now: Date): ProgressView {
  const { open, draft, skipped, submitted } = queue.counts;
  const mine = queue.ownJudgements().filter((judgement) => judgement.status === 'submitted');
  const day = now.toDateString();
  const perHour = paceOf(mine);
  return {
    nPrompts: open + draft + skipped + submitted,
    nSubmitted: submitted,
    nToday: mine.filter((judgement) => new Date(judgement.at).toDateString() === day).length,
    ...(perHour === undefined ? {} : { perHour }),
  };
}

/** Submitted prompts an hour of active time, rounded; undefined before it means anything. */
export function paceOf(submitted: readonly Judgement[]): number | undefined {
  const timed = submitted.filter((judgement) => (judgement.activeMs ?? 0) > 0).slice(-nRecent);
  const activeMs = timed.reduce((sum, judgement) => sum + (judgement.activeMs ?? 0), 0);
  if (timed.length < minimum.nJudgements || activeMs < minimum.activeMs) return undefined;
  return Math.round((timed.length * 3_600_000) / activeMs);
}
