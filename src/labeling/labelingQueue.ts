import {
  Assignment,
  comesAgain,
  currentJudgements,
  currentRepeats,
  dealt,
  disagreementOf,
  goldDueAfter,
  goldKey,
  isRepeat,
  minRepeatDistance,
  repeatDistance,
  repeatGap,
  seededHash,
  uncertaintyOf,
  type DueRepeat,
  type Judgement,
  type NextRule,
  type PromptId,
} from '../core/index.js';
import { draftContentOf, isEmptyDraft } from './draftContent.js';
import type { Pass } from './passes.js';
import type { Project, ProjectChange, ProjectOutline, PromptOrder } from '../store/index.js';

/** Where a prompt stands for one labeler. A draft that is newer than what was submitted or skipped wins over it. */
export type Standing = 'open' | 'draft' | 'skipped' | 'submitted' | 'discarded';

export const standings: readonly Standing[] = ['open', 'draft', 'skipped', 'submitted', 'discarded'];

/** What a queue is made of. The answers are asked for only by the rule `uncertain`, when something is to come next. */
export type QueuedProject = ProjectOutline & Partial<Pick<Project, 'candidatesOf'>>;

/** Prompts among which the most uncertain is looked for: reading their answers takes some 10 ms. */
const blockSize = 100;

/**
 * The prompts of a project as one labeler's work: where each stands, how many there are of each, and what comes next.
 * Kept up to date by `update`, so that counting and walking cost nothing while labeling, also at 100,000 prompts.
 */
export class LabelingQueue {
  readonly #project: QueuedProject;
  readonly #labeler: string;
  #order: PromptOrder;
  /** By place: index into `standings`. */
  #standings = new Uint8Array(0);
  /** By place, for the order `random`: the prompts in that order. */
  #shuffled: Uint32Array | undefined;
  readonly #own = new Map<PromptId, Judgement>();
  /** What the labeler said of prompts that came again. */
  readonly #ownAgain = new Map<PromptId, Judgement>();
  /** Prompts that are to come again, and have not. */
  readonly #toRepeat = new Set<PromptId>();
  /** When they come, soonest first; undefined when something has changed. */
  #repeats: readonly DueRepeat[] | undefined;
  /** Gold prompts in the labeler's order, and the set of the project that they were taken from. */
  #golds: { readonly of: ReadonlySet<PromptId>; readonly ids: readonly PromptId[] } | undefined;
  #ownInOrder: readonly Judgement[] | undefined;
  /** Places at which somebody else has submitted, with how much the labelers disagree there. */
  readonly #judgedByOthers = new Map<number, number>();
  readonly #labelers = new Set<string>();
  #assignment: Assignment | undefined;
  /** For the rule `uncertain`: places of each block that was looked into. */
  readonly #sortedBlocks = new Map<number, readonly number[]>();
  readonly #counts: Record<Standing, number> = { open: 0, draft: 0, skipped: 0, submitted: 0, discarded: 0 };

  constructor(project: QueuedProject, labeler: string) {
    this.#project = project;
    this.#labeler = labeler;
    this.#order = project.order;
    this.#rebuild();
  }

  get counts(): Readonly<Record<Standing, number>> {
    return this.#counts;
  }

  /** The labeler's own judgements that hold, oldest first. */
  ownJudgements(): readonly Judgement[] {
    this.#ownInOrder ??= [...this.#own.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    return this.#ownInOrder;
  }

  ownJudgementOf(promptId: PromptId, pass: Pass = 0): Judgement | undefined {
    return (pass === 1 ? this.#ownAgain : this.#own).get(promptId);
  }

  /** What the labeler said of prompts that came again, as far as it holds. */
  ownRepeats(): readonly Judgement[] {
    return [...this.#ownAgain.values()];
  }

  /** In which pass a prompt comes that `upcoming` gave. */
  passToCome(promptId: PromptId): Pass {
    return this.standingOf(promptId) === 'submitted' && this.#own.has(promptId) ? 1 : 0;
  }

  /** Whether prompts are mixed in to measure the work: then none may be told from the others by its number or its file. */
  get hasMixedIn(): boolean {
    const { config, goldIds } = this.#project;
    return goldIds.size > 0 || (config.repeats.share > 0 && this.#order.ids.length > minRepeatDistance);
  }

  /** A gold prompt that waits to be judged, or one that comes again. */
  isMixedIn(promptId: PromptId, pass: Pass): boolean {
    return pass === 1 || (this.#project.goldIds.has(promptId) && !this.#own.has(promptId));
  }

  /**
   * The judgements that hold, as far as this labeler may see them: what others said of a prompt is hidden until one's own
   * word is in, or no more is wanted. Who has skipped it may still judge it.
   */
  visibleJudgementsOf(promptId: PromptId): readonly Judgement[] {
    const rows = currentOf(this.#project.judgementsOf(promptId));
    const own = this.#own.get(promptId)?.status ?? 'skipped';
    const isOver = own !== 'skipped' || this.standingOf(promptId) === 'submitted';
    return isOver ? rows : rows.filter((row) => row.labeler === this.#labeler);
  }

  /** 0-based place in the project, undefined for a prompt that is not (or no longer) in it. */
  placeOf(promptId: PromptId): number | undefined {
    return this.#order.placeOf(promptId);
  }

  standingOf(promptId: PromptId): Standing {
    const place = this.#order.placeOf(promptId);
    return place === undefined ? 'open' : this.#standingAt(place);
  }

  /** In the order of the project. */
  idsOf(standing: Standing): PromptId[] {
    const code = standings.indexOf(standing);
    return this.#order.ids.filter((_, place) => this.#standings[place] === code);
  }

  /** Those of these prompts that are in the project, by where they stand, each in the order of the project. */
  grouped(ids: readonly PromptId[]): Record<Standing, PromptId[]> {
    const groups = Object.fromEntries(standings.map((each) => [each, []])) as unknown as Record<Standing, PromptId[]>;
    const { ids: all } = this.#order;
    // What a search has found stands in the order of the project: one walk meets them all, and none has to be looked up.
    let nMet = 0;
    for (let place = 0; place < all.length && nMet < ids.length; place += 1) {
      const id = all[place];
      if (id === undefined || id !== ids[nMet]) continue;
      groups[this.#standingAt(place)].push(id);
      nMet += 1;
    }
    if (nMet === ids.length) return groups;
    for (const standing of standings) groups[standing].length = 0;
    for (const place of Uint32Array.from(ids, (id) => this.#order.placeOf(id) ?? noPlace).sort()) {
      const id = all[place];
      if (id !== undefined) groups[this.#standingAt(place)].push(id);
    }
    return groups;
  }

  /** Prompts of which anybody has judged something that holds, in the order of the project. */
  judgedIds(): PromptId[] {
    const places = new Set(this.#judgedByOthers.keys());
    for (const id of this.#own.keys()) places.add(this.#order.placeOf(id) ?? 0);
    return [...places].sort((a, b) => a - b).flatMap((place) => this.#order.ids[place] ?? []);
  }

  /** Whether a prompt falls to this labeler. With an overlap of everyone, each does. */
  isAssigned(promptId: PromptId): boolean {
    const { labelers, overlap } = this.#project.config;
    this.#assignment ??= new Assignment(
      labelers !== undefined && labelers.length > 0 ? labelers : [...this.#labelers, this.#labeler],
      overlap,
    );
    return this.#assignment.isFor(promptId, this.#labeler);
  }

  /** Everyone who has judged here, sorted. */
  get labelers(): readonly string[] {
    return [...this.#labelers].sort();
  }

  /** Takes in what changed; a change of prompts, or one that names none, looks at all. */
  update(change: ProjectChange): void {
    if (change.kind === 'candidates' || change.kind === 'claims') return;
    if (change.kind === 'prompts' || change.kind === 'config' || change.promptIds === undefined) return this.#rebuild();
    for (const id of change.promptIds) {
      const place = this.#order.placeOf(id);
      if (place !== undefined) this.#set(place, this.#standingFrom(id, place, this.#project.judgementsOf(id)));
    }
    this.#ownInOrder = undefined;
    this.#repeats = undefined;
  }

  /**
   * What is to be labeled after a prompt: those that fall to this labeler, by the project's rule; then the others that still
   * lack a judgement, so that nobody's holiday stops the work; then those that other windows are at; and when none is left,
   * the skipped ones. In the order of the project and round to its start unless the rule says otherwise. Gold prompts and
   * prompts that come again are mixed in (`dealt`).
   *
   * @param leaveOut prompts that do not come again now: those whose judgement is on its way to the disk, and those that
   *   were skipped in this sitting.
   * @param from where the labeler is in the project, where `after` was mixed in.
   */
  *upcoming(
    after: PromptId | undefined,
    leaveOut: ReadonlySet<PromptId>,
    from: PromptId | undefined = after,
  ): Generator<PromptId> {
    const skip = (id: PromptId) => id === after || leaveOut.has(id);
    const { goldIds } = this.#project;
    const isToLabel = (id: PromptId, place: number) => this.#isToLabel(place) && !goldIds.has(id);
    const others = this.#inOrderOf(from, skip, [
      (id: PromptId, place: number) => isToLabel(id, place) && this.isAssigned(id) && !this.#isTaken(id),
      (id: PromptId, place: number) => isToLabel(id, place) && !this.#isTaken(id),
      isToLabel,
    ]);
    yield* this.#mixed(others, skip, [...leaveOut, ...(after === undefined ? [] : [after])]);
    yield* this.#inOrderOf(from, skip, [(_: PromptId, place: number) => this.#standingAt(place) === 'skipped']);
  }

  /** Of the prompts that pass the first test, then the second and so on, each once. */
  *#inOrderOf(
    from: PromptId | undefined,
    skip: (id: PromptId) => boolean,
    tests: readonly ((id: PromptId, place: number) => boolean)[],
  ): Generator<PromptId> {
    const yielded = new Set<PromptId>();
    for (const isWanted of tests)
      for (const place of this.#walk(from, isWanted)) {
        const id = this.#order.ids[place];
        if (id === undefined || skip(id) || yielded.has(id) || !isWanted(id, place)) continue;
        yielded.add(id);
        yield id;
      }
  }

  /** @param atWork prompts that count as judged: before the labeler, or on their way to the disk. */
  #mixed(
    others: Iterable<PromptId>,
    skip: (id: PromptId) => boolean,
    atWork: readonly PromptId[],
  ): Generator<PromptId> {
    const { config, goldIds, claims } = this.#project;
    const seed = { project: config.name, labeler: this.#labeler };
    const judged = this.ownJudgements();
    const repeats = this.#repeatsToCome();
    const begun = [...new Set(atWork)].filter((id) => !this.#own.has(id));
    const nGoldDone = [...goldIds].filter((id) => this.#own.has(id) || begun.includes(id)).length;
    const isFree = (id: PromptId) => !skip(id) && !claims.holdersOf(id).includes(this.#labeler);
    const nLabelers = config.labelers?.length ?? new Set([...this.#labelers, this.#labeler]).size;
    const nOthers = (this.#order.ids.length - goldIds.size) * Math.min(1, config.overlap / Math.max(1, nLabelers));
    return dealt({
      others,
      golds: this.#goldOrder().filter((id) => !this.#own.has(id) && isFree(id)),
      repeats: repeats.filter(({ id }) => isFree(id)),
      nSinceRepeat: atWork.some((id) => this.#toRepeat.has(id) && this.passToCome(id) === 1)
        ? 0
        : judged.length + begun.length - nUpTo(judged, this.#lastRepeatAt()),
      repeatGap: repeatGap(config.repeats.share),
      nOthersDone: judged.length + begun.length - nGoldDone,
      nGoldDone,
      dueAfter: (index) => goldDueAfter(index, { nGold: goldIds.size, nOthers, seed }),
    });
  }

  #repeatsToCome(): readonly DueRepeat[] {
    const seed = { project: this.#project.config.name, labeler: this.#labeler };
    const judged = this.ownJudgements();
    this.#repeats ??= [...this.#toRepeat]
      .filter((id) => this.passToCome(id) === 1)
      .map((id) => {
        const after = nUpTo(judged, this.#own.get(id)?.at ?? '');
        return { id, at: after + repeatDistance(id, seed), notBefore: after + minRepeatDistance };
      })
      .sort((a, b) => a.at - b.at);
    return this.#repeats;
  }

  #lastRepeatAt(): string {
    let last = '';
    for (const { at } of this.#ownAgain.values()) if (at > last) last = at;
    return last;
  }

  #goldOrder(): readonly PromptId[] {
    const { goldIds, config } = this.#project;
    if (this.#golds?.of === goldIds) return this.#golds.ids;
    const seed = { project: config.name, labeler: this.#labeler };
    const ids = [...goldIds].filter((id) => this.#order.placeOf(id) !== undefined);
    ids.sort((a, b) => goldKey(a, seed) - goldKey(b, seed));
    this.#golds = { of: goldIds, ids };
    return ids;
  }

  /** The prompt beside this one in the order of the project, whatever its standing; undefined at the ends. */
  beside(promptId: PromptId, step: 1 | -1): PromptId | undefined {
    const place = this.#order.placeOf(promptId);
    return place === undefined ? undefined : this.#order.ids[place + step];
  }

  /** All places, in the order of the project's rule. Those that the rule prefers may come twice. */
  *#walk(after: PromptId | undefined, isWanted: (id: PromptId, place: number) => boolean): Generator<number> {
    const rule: NextRule = this.#project.config.next ?? 'order';
    switch (rule) {
      case 'order':
        break;
      case 'random': {
        const order = this.#randomOrder();
        const start = after === undefined ? -1 : order.indexOf(this.#order.placeOf(after) ?? -1);
        for (let step = 1; step <= order.length; step += 1) yield order[(start + step) % order.length] ?? 0;
        return;
      }
      case 'uncertain':
        yield* this.#walkBlocks(after, isWanted);
        return;
      case 'disagreed':
        yield* [...this.#judgedByOthers]
          .filter(([, share]) => share > 0)
          .sort(byShareThenPlace)
          .map(([place]) => place);
        break;
      case 'second-opinion':
        yield* [...this.#judgedByOthers.keys()].sort((a, b) => a - b);
        break;
    }
    const start = after === undefined ? -1 : (this.#order.placeOf(after) ?? -1);
    for (let step = 1; step <= this.#order.ids.length; step += 1) yield (start + step) % this.#order.ids.length;
  }

  *#walkBlocks(after: PromptId | undefined, isWanted: (id: PromptId, place: number) => boolean): Generator<number> {
    const nBlocks = Math.ceil(this.#order.ids.length / blockSize);
    const first = Math.floor((after === undefined ? 0 : (this.#order.placeOf(after) ?? 0)) / blockSize);
    for (let step = 0; step < nBlocks; step += 1) {
      const block = (first + step) % nBlocks;
      const start = block * blockSize;
      const isDone = !this.#order.ids.slice(start, start + blockSize).some((id, index) => isWanted(id, start + index));
      if (!isDone) yield* this.#byUncertainty(block);
    }
  }

  /** The same on every day and in every window of a labeler, also when prompts are added. */
  #randomOrder(): Uint32Array {
    if (this.#shuffled !== undefined) return this.#shuffled;
    const seed = `${this.#project.config.name} ${this.#labeler}`;
    const keys = Float64Array.from(this.#order.ids, (id) => seededHash(id, seed));
    this.#shuffled = Uint32Array.from(keys.keys()).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
    return this.#shuffled;
  }

  /** Sorted once: what was announced as next does come next, whatever is written meanwhile. */
  #byUncertainty(block: number): readonly number[] {
    const known = this.#sortedBlocks.get(block);
    if (known !== undefined) return known;
    const scored = this.#order.ids.slice(block * blockSize, (block + 1) * blockSize).map((id, index) => ({
      place: block * blockSize + index,
      uncertainty: uncertaintyOf(this.#project.candidatesOf?.(id) ?? []),
    }));
    const places = scored.sort((a, b) => b.uncertainty - a.uncertainty).map(({ place }) => place);
    this.#sortedBlocks.set(block, places);
    return places;
  }

  /** Looks at what was judged or begun; all other prompts are open. */
  #rebuild(): void {
    this.#order = this.#project.order;
    this.#shuffled = undefined;
    this.#assignment = undefined;
    this.#ownInOrder = undefined;
    this.#repeats = undefined;
    this.#own.clear();
    this.#ownAgain.clear();
    this.#toRepeat.clear();
    this.#golds = undefined;
    this.#judgedByOthers.clear();
    this.#sortedBlocks.clear();
    const nPrompts = this.#order.ids.length;
    this.#standings = new Uint8Array(nPrompts);
    for (const standing of standings) this.#counts[standing] = 0;
    this.#counts.open = nPrompts;
    const drafted = this.#project.drafts.all().map((draft) => draft.promptId);
    for (const id of new Set([...this.#project.judgedIds(), ...drafted])) {
      const place = this.#order.placeOf(id);
      if (place !== undefined) this.#set(place, this.#standingFrom(id, place, this.#project.judgementsOf(id)));
    }
  }

  #set(place: number, standing: Standing): void {
    this.#counts[this.#standingAt(place)] -= 1;
    this.#counts[standing] += 1;
    this.#standings[place] = standings.indexOf(standing);
  }

  #standingAt(place: number): Standing {
    return standings[this.#standings[place] ?? 0] ?? 'open';
  }

  #isToLabel(place: number): boolean {
    const standing = this.#standingAt(place);
    return standing === 'open' || standing === 'draft';
  }

  /** Another window is at it: one of the same labeler, or so many of others that no judgement will be lacking. */
  #isTaken(id: PromptId): boolean {
    const holders = this.#project.claims.holdersOf(id);
    if (holders.length === 0) return false;
    if (holders.includes(this.#labeler)) return true;
    const done = currentJudgements(this.#project.judgementsOf(id)).filter(isSubmitted);
    return new Set([...holders, ...done.map((row) => row.labeler)]).size >= this.#project.config.overlap;
  }

  #standingFrom(id: PromptId, place: number, rows: readonly Judgement[]): Standing {
    const judgements = currentOf(rows);
    for (const { labeler } of judgements)
      if (!this.#labelers.has(labeler)) {
        this.#labelers.add(labeler);
        this.#assignment = undefined;
      }
    const draft = this.#project.drafts.get(this.#labeler, id);
    const hasWork = draft !== undefined && !isEmptyDraft(draftContentOf(this.#project, this.#labeler, id));
    const own = judgements.find((judgement) => judgement.labeler === this.#labeler);
    if (own === undefined) this.#own.delete(id);
    else this.#own.set(id, own);
    this.#noteRepeat(id, rows, own);
    const others = judgements.filter((judgement) => isSubmitted(judgement) && judgement.labeler !== this.#labeler);
    if (others.length === 0) this.#judgedByOthers.delete(place);
    else this.#judgedByOthers.set(place, others.length === 1 ? 0 : disagreementOf(others));
    if (hasWork && (own === undefined || draft.at > own.at)) return 'draft';
    if (own !== undefined) return own.status === 'submitted' || own.status === 'discarded' ? own.status : 'skipped';
    // Gold prompts are everybody's, however many have judged them.
    const isWanted = others.length < this.#project.config.overlap || this.#project.goldIds.has(id);
    return isWanted ? 'open' : 'submitted';
  }

  #noteRepeat(id: PromptId, rows: readonly Judgement[], own: Judgement | undefined): void {
    const again = rows.some(isRepeat) && currentRepeats(rows).findLast(({ labeler }) => labeler === this.#labeler);
    if (again) this.#ownAgain.set(id, again);
    else this.#ownAgain.delete(id);
    const { name: project, repeats } = this.#project.config;
    // One answer alone cannot be turned round.
    const isTurnable = own?.status === 'submitted' && (own.shown?.order.length ?? 0) > 1;
    const isToCome = isTurnable && !again && comesAgain(id, repeats.share, { project, labeler: this.#labeler });
    if (isToCome) this.#toRepeat.add(id);
    else this.#toRepeat.delete(id);
  }
}

const noPlace = 0xffffffff;

const byShareThenPlace = (a: readonly [number, number], b: readonly [number, number]): number =>
  b[1] - a[1] || a[0] - b[0];

/** Most prompts have one judgement: it holds unless it takes one back. */
const currentOf = (rows: readonly Judgement[]): readonly Judgement[] =>
  rows.length > 1 ? currentJudgements(rows) : rows.filter((row) => row.status !== 'draft' && !isRepeat(row));

/** How many were made at this time or before. @param judgements oldest first. */
function nUpTo(judgements: readonly Judgement[], at: string): number {
  let [from, to] = [0, judgements.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((judgements[middle]?.at ?? '') <= at) from = middle + 1;
    else to = middle;
  }
  return from;
}

const isSubmitted = (judgement: Judgement): boolean => judgement.status === 'submitted';
