import type { Judgement } from '../core/index.js';
import type { ProgressView } from '../protocol.js';
import type { LabelingQueue } from './labelingQueue.js';

/** Before this many judgements, and this much active time, a pace means nothing. */
const minimum = { nJudgements: 3, activeMs: 60_000 };
/** The pace is that of the latest judgements, so that a slow morning does not spoil the afternoon. */
const nRecent = 20;

/** @param now decides which day is today, local time. */
export function progressOf(queue: LabelingQueue, now: Date): ProgressView {
  const { open, draft, skipped, submitted, discarded } = queue.counts;
  const mine = queue.ownJudgements();
  const perHour = paceOf(latestOf(mine, nRecent));
  return {
    nPrompts: open + draft + skipped + submitted + discarded,
    nSubmitted: submitted,
    nToday: nOfDay(mine, now),
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

/** The last `n` that were submitted and timed, oldest first. */
function latestOf(judgements: readonly Judgement[], n: number): Judgement[] {
  const latest: Judgement[] = [];
  for (let index = judgements.length - 1; index >= 0 && latest.length < n; index -= 1) {
    const judgement = judgements[index];
    if (judgement?.status === 'submitted' && (judgement.activeMs ?? 0) > 0) latest.push(judgement);
  }
  return latest.reverse();
}

/** From the end: a hundred thousand of other days are not looked at. */
function nOfDay(judgements: readonly Judgement[], now: Date): number {
  const start = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const end = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).getTime();
  let n = 0;
  for (let index = judgements.length - 1; index >= 0; index -= 1) {
    const judgement = judgements[index];
    const at = judgement === undefined ? 0 : new Date(judgement.at).getTime();
    if (at < start) break;
    if (judgement?.status === 'submitted' && at < end) n += 1;
  }
  return n;
}
