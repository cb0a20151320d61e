import { currentJudgements, pairwiseAgreement, type Agreement } from '../core/index.js';
import type { Project } from '../store/index.js';

export interface ProjectStats {
  readonly name: string;
  readonly prompts: number;
  readonly candidates: number;
  /** Prompts without any candidate. */
  readonly promptsWithoutCandidates: number;
  /** Those that hold, by status. */
  readonly submitted: number;
  readonly skipped: number;
  readonly discarded: number;
  /** Prompts that nobody submitted yet. */
  readonly open: number;
  readonly corrections: number;
  readonly labelers: readonly LabelerStats[];
  readonly agreement: Agreement;
  readonly unreadable: number;
}

export interface LabelerStats {
  readonly labeler: string;
  readonly submitted: number;
  readonly skipped: number;
  /** Time with the panel in use, hours. */
  readonly activeHours: number;
  /** Submitted prompts an hour of active time; null where no time was taken. */
  readonly perHour: number | null;
}

const msPerHour = 3_600_000;

export function statsOf(project: Project): ProjectStats {
  const labelers = new Map<string, { submitted: number; skipped: number; timed: number; activeMs: number }>();
  let [candidates, promptsWithoutCandidates, discarded, open, corrections] = [0, 0, 0, 0, 0];
  for (const id of project.promptIds) {
    const nCandidates = project.nCandidatesOf(id);
    candidates += nCandidates;
    if (nCandidates === 0) promptsWithoutCandidates += 1;
    const holding = currentJudgements(project.judgementsOf(id));
    if (!holding.some((row) => row.status === 'submitted')) open += 1;
    for (const row of holding) {
      const entry = labelers.get(row.labeler) ?? { submitted: 0, skipped: 0, timed: 0, activeMs: 0 };
      labelers.set(row.labeler, entry);
      corrections += row.corrections?.length ?? 0;
      if (row.status === 'discarded') discarded += 1;
      if (row.status === 'skipped') entry.skipped += 1;
      if (row.status !== 'submitted') continue;
      entry.submitted += 1;
      if (row.activeMs !== undefined && row.activeMs > 0) {
        entry.timed += 1;
        entry.activeMs += row.activeMs;
      }
    }
  }
  const all = [...labelers].map(([labeler, { submitted, skipped, timed, activeMs }]) => ({
    labeler,
    submitted,
    skipped,
    activeHours: activeMs / msPerHour,
    perHour: activeMs === 0 ? null : timed / (activeMs / msPerHour),
  }));
  const sum = (key: 'submitted' | 'skipped') => all.reduce((total, entry) => total + entry[key], 0);
  return {
    name: project.config.name,
    prompts: project.promptIds.length,
    candidates,
    promptsWithoutCandidates,
    submitted: sum('submitted'),
    skipped: sum('skipped'),
    discarded,
    open,
    corrections,
    labelers: all.toSorted((a, b) => b.submitted - a.submitted || (a.labeler < b.labeler ? -1 : 1)),
    agreement: pairwiseAgreement(project.promptIds.map((id) => project.judgementsOf(id))),
    unreadable: project.problems.length,
  };
}
