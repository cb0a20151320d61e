import * as l10n from '@vscode/l10n';
import { countWords, lastUserText, plainLine, type Candidate, type Judgement, type PromptId } from '../core/index.js';
import type { DashboardView } from '../protocol.js';
import type { Project } from '../store/index.js';
import { seconds } from './dashboardWords.js';

/** Faster than anybody reads, in words a second. */
const wordsPerSecond = 20;

interface LookedAt {
  readonly id: PromptId;
  readonly candidates: readonly Candidate[];
  readonly holding: readonly Judgement[];
}

/** Prompts worth a second look, each with the first reason that there is. */
export function secondLookOf(
  project: Pick<Project, 'prompt'>,
  judged: readonly LookedAt[],
  isLead: boolean,
): DashboardView['secondLook'] {
  return judged.flatMap(({ id, candidates, holding }) => {
    const rows = holding.filter(({ status }) => status === 'submitted');
    const reason =
      oppositeRankings(rows, isLead) ??
      bestIsFlagged(rows) ??
      (candidates.length > 0 && candidates.every(({ id: candidate }) => isFlagged(rows, candidate))
        ? l10n.t('all answers are flagged')
        : undefined) ??
      tooFast(rows);
    if (reason === undefined) return [];
    const prompt = project.prompt(id);
    return [{ promptId: id, title: prompt === undefined ? id : plainLine(lastUserText(prompt)).slice(0, 120), reason }];
  });
}

const bestOf = ({ ranking }: Judgement) => (ranking?.[0]?.length === 1 ? ranking[0][0] : undefined);
const worstOf = ({ ranking = [] }: Judgement) =>
  ranking.length > 1 && ranking.at(-1)?.length === 1 ? ranking.at(-1)?.[0] : undefined;

function oppositeRankings(rows: readonly Judgement[], isLead: boolean): string | undefined {
  for (const [index, one] of rows.entries())
    for (const other of rows.slice(index + 1)) {
      const isOpposite =
        (bestOf(one) !== undefined && bestOf(one) === worstOf(other)) ||
        (bestOf(other) !== undefined && bestOf(other) === worstOf(one));
      if (!isOpposite) continue;
      return isLead
        ? l10n.t('the best of one is the last of the other: {0}, {1}', plainLine(one.labeler), plainLine(other.labeler))
        : l10n.t('the best of one labeler is the last of another');
    }
  return undefined;
}

const isFlagged = (rows: readonly Judgement[], candidate: string): boolean =>
  rows.some(({ flags }) => (flags?.[candidate]?.length ?? 0) > 0);

function bestIsFlagged(rows: readonly Judgement[]): string | undefined {
  const isSo = rows.some((one) => {
    const best = bestOf(one);
    return (
      best !== undefined &&
      isFlagged(
        rows.filter((row) => row !== one),
        best,
      )
    );
  });
  return isSo ? l10n.t('the best of one labeler is flagged by another') : undefined;
}

function tooFast(rows: readonly Judgement[]): string | undefined {
  for (const { activeMs, shown } of rows) {
    const nWords = Object.values(shown?.words ?? {}).reduce((sum, words) => sum + words, 0);
    if (activeMs === undefined || activeMs === 0 || nWords === 0) continue;
    if (activeMs < (nWords / wordsPerSecond) * 1000)
      return l10n.t('submitted after {0} with {1} on show', seconds(activeMs), countWords.words(nWords));
  }
  return undefined;
}
