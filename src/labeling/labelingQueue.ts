import { currentJudgements, type Judgement, type PromptId } from '../core/index.js';
import { draftContentOf, isEmptyDraft } from './draftContent.js';
import type { Project, ProjectChange } from '../store/index.js';

/** Where a prompt stands for one labeler. A draft that is newer than what was submitted or skipped wins over it. */
export type Standing = 'open' | 'draft' | 'skipped' | 'submitted';

export const standings: readonly Standing[] = ['open', 'draft', 'skipped', 'submitted'];

/**
 * The prompts of a project as one labeler's work: where each stands, how many there are of each, and what comes next.
 * Kept up to date by `update`, so that counting and walking cost nothing while labeling.
 */
export class LabelingQueue {
  readonly #project: Project;
  readonly #labeler: string;
  readonly #standings = new Map<PromptId, Standing>();
  readonly #places = new Map<PromptId, number>();
  readonly #own = new Map<PromptId, Judgement>();
  readonly #counts: Record<Standing, number> = { open: 0, draft: 0, skipped: 0, submitted: 0 };

  constructor(project: Project, labeler: string) {
    this.#project = project;
    this.#labeler = labeler;
    this.#rebuild();
  }

  get counts(): Readonly<Record<Standing, number>> {
    return this.#counts;
  }

  /** The labeler's own judgements that hold, oldest first. */
  ownJudgements(): Judgement[] {
    return [...this.#own.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }

  ownJudgementOf(promptId: PromptId): Judgement | undefined {
    return this.#own.get(promptId);
  }

  /** 0-based place in the project, undefined for a prompt that is not (or no longer) in it. */
  placeOf(promptId: PromptId): number | undefined {
    return this.#places.get(promptId);
  }

  standingOf(promptId: PromptId): Standing {
    return this.#standings.get(promptId) ?? 'open';
  }

  /** In the order of the project. */
  idsOf(standing: Standing): PromptId[] {
    return this.#project.promptIds.filter((id) => this.#standings.get(id) === standing);
  }

  /** Takes in what changed; a change of prompts, or one that names none, looks at all. */
  update(change: ProjectChange): void {
    if (change.kind === 'prompts' || change.kind === 'config' || change.promptIds === undefined) return this.#rebuild();
    if (change.kind === 'candidates') return;
    for (const id of change.promptIds) this.#set(id, this.#standingFrom(id));
  }

  /**
   * What is to be labeled after a prompt, in the order of the project and round to its start: open ones and drafts, then,
   * when none is left, the skipped ones.
   *
   * @param leaveOut prompts that do not come again now: those whose judgement is on its way to the disk, and those that
   *   were skipped in this sitting.
   */
  *upcoming(after: PromptId | undefined, leaveOut: ReadonlySet<PromptId>): Generator<PromptId> {
    const ids = this.#project.promptIds;
    const start = after === undefined ? -1 : (this.#places.get(after) ?? -1);
    for (const wanted of [isToLabel, isSkipped])
      for (let step = 1; step <= ids.length; step += 1) {
        const id = ids[(start + step) % ids.length];
        if (id !== undefined && id !== after && wanted(this.standingOf(id)) && !leaveOut.has(id)) yield id;
      }
  }

  /** The prompt beside this one in the order of the project, whatever its standing; undefined at the ends. */
  beside(promptId: PromptId, step: 1 | -1): PromptId | undefined {
    const place = this.#places.get(promptId);
    return place === undefined ? undefined : this.#project.promptIds[place + step];
  }

  #rebuild(): void {
    this.#standings.clear();
    this.#places.clear();
    this.#own.clear();
    for (const standing of standings) this.#counts[standing] = 0;
    this.#project.promptIds.forEach((id, place) => {
      this.#places.set(id, place);
      this.#set(id, this.#standingFrom(id));
    });
  }

  #set(id: PromptId, standing: Standing): void {
    if (!this.#places.has(id)) return;
    const former = this.#standings.get(id);
    if (former !== undefined) this.#counts[former] -= 1;
    this.#counts[standing] += 1;
    this.#standings.set(id, standing);
  }

  #standingFrom(id: PromptId): Standing {
    const judgements = currentJudgements(this.#project.judgementsOf(id));
    const draft = this.#project.drafts.get(this.#labeler, id);
    const hasWork = draft !== undefined && !isEmptyDraft(draftContentOf(this.#project, this.#labeler, id));
    const own = judgements.find((judgement) => judgement.labeler === this.#labeler);
    if (own === undefined) this.#own.delete(id);
    else this.#own.set(id, own);
    if (hasWork && (own === undefined || draft.at > own.at)) return 'draft';
    if (own !== undefined) return own.status === 'submitted' ? 'submitted' : 'skipped';
    const nOthers = judgements.filter(isSubmitted).length;
    return nOthers >= this.#project.config.overlap ? 'submitted' : 'open';
  }
}

const isToLabel = (standing: Standing): boolean => standing === 'open' || standing === 'draft';
const isSkipped = (standing: Standing): boolean => standing === 'skipped';
const isSubmitted = (judgement: Judgement): boolean => judgement.status === 'submitted';
