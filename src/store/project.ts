import type {
  Candidate,
  CandidateId,
  Gold,
  Judgement,
  JudgementId,
  Parsed,
  Problem,
  ProjectConfig,
  Prompt,
  PromptId,
  WriterId,
} from '../core/index.js';

/** What changed in memory, by this process or by another one's rows arriving. */
export interface ProjectChange {
  readonly kind: 'prompts' | 'candidates' | 'judgements' | 'drafts' | 'config' | 'claims';
  /** Undefined: any may have changed. */
  readonly promptIds?: readonly PromptId[];
}

/** A labeler's unsent work on a prompt; written within 150 ms, never synced as a journal is. Opaque to the store. */
export interface Draft {
  readonly promptId: PromptId;
  readonly labeler: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** What the panel wants back, as JSON. */
  readonly content: unknown;
}

/** Why `touchstone.json` as it is on the disk cannot be read. */
export interface ProjectFileProblem {
  /** Worded. */
  readonly message: string;
  /** 0-based. */
  readonly line: number;
  readonly column: number;
}

export interface AddPromptsOptions {
  readonly name: string;
  /**
   * `new-file`: `prompts/<name>.jsonl`, with a number where there is one. `own-file`: at the end of
   * `prompts/<name>.<writer>.jsonl`, which nobody else writes; for prompts that come one by one. @default 'new-file'
   */
  readonly to?: 'new-file' | 'own-file';
}

/** The prompts of a project at one time. A change of prompts makes another one; this one stays as it is. */
export interface PromptOrder {
  /** In the order of the project's prompt files. */
  readonly ids: readonly PromptId[];
  /** 0-based; undefined for a prompt that is not among them. */
  placeOf(id: PromptId): number | undefined;
}

/**
 * A labeling project in memory, folded from its files; the part that everything else reads. Getters are synchronous and
 * cheap. Appends resolve when the rows are on disk and synced; they reject with a `StoreError` and keep the rows for
 * `retry` when that failed.
 */
export interface Project {
  readonly folder: string;
  /** As it could be read last. */
  readonly config: ProjectConfig;
  /** Undefined while `config` is what the file says. Comes and goes with a change of the configuration. */
  readonly fileProblem: ProjectFileProblem | undefined;
  readonly writer: WriterId;
  /** Bad lines, torn tails, unreadable files, found while reading. */
  readonly problems: readonly Problem[];
  /** In the order of the project's prompt files. */
  readonly promptIds: readonly PromptId[];
  readonly order: PromptOrder;
  prompt(id: PromptId): Prompt | undefined;
  /** The prompt file in which it stands, as `touchstone.json` names it. */
  fileOf(id: PromptId): string | undefined;
  /**
   * Prompts, in their order, in whose JSON one of these pieces stands, case ignored (of letters beyond ASCII as far as the pieces bring both).
   * Reads files without parsing them: 100,000 prompts take some 15 ms, in slices.
   *
   * @param isMeant tells of a prompt in whose JSON a piece stands whether it counts. For it each of them is parsed: it is for
   *   pieces that may stand in a name or an id.
   */
  findPrompts(
    pieces: readonly string[],
    signal: AbortSignal,
    isMeant?: (prompt: Prompt) => boolean,
  ): Promise<readonly PromptId[]>;
  candidatesOf(id: PromptId): readonly Candidate[];
  /** How many there are, without reading them. */
  nCandidatesOf(id: PromptId): number;
  /** All rows on this prompt, oldest first: by time, writer, sequence number. `currentJudgements` tells those that hold. */
  judgementsOf(id: PromptId): readonly Judgement[];
  /** Prompts of which anything was said, in no order; also such as the project does not list. */
  judgedIds(): Iterable<PromptId>;
  /** What is right to say of a prompt; undefined where nobody knows. Never among `judgementsOf`. */
  goldOf(id: PromptId): Gold | undefined;
  /** Prompts with a gold. The same set until one comes or goes. */
  readonly goldIds: ReadonlySet<PromptId>;
  /** The prompt to which a candidate belongs. */
  promptOf(candidateId: CandidateId): PromptId | undefined;
  hasJudgement(id: JudgementId): boolean;

  /**
   * Adds prompts that the project lacks, in a file that `touchstone.json` lists.
   * `nDuplicates` counts those that were there already (same content, same id).
   */
  addPrompts(
    rows: readonly Prompt[],
    options: AddPromptsOptions,
  ): Promise<{ readonly nAdded: number; readonly nDuplicates: number }>;
  /** Rows whose id is there already are left out. */
  appendCandidates(rows: readonly Candidate[]): Promise<void>;
  /** Rows whose id is there already are left out. All of one labeler's rows go to one file, in the given order. */
  appendJudgements(rows: readonly (Judgement | Gold)[]): Promise<void>;
  updateConfig(change: Partial<ProjectConfig>): Promise<void>;

  readonly drafts: Drafts;
  readonly claims: SoftClaims;
  /** Rows that could not be written yet. */
  readonly nUnsaved: number;
  /** Tries to write them again now. */
  retry(): Promise<void>;

  /** Reads what other writers have appended. The watcher calls it; a test or a CLI may. */
  refresh(): Promise<void>;
  /**
   * A large project opens before every line was looked at. Resolves when all were, and `problems` is whole; what was found is
   * told as a change. Resolved already unless the project watches.
   */
  readonly checked: Promise<void>;
  /** @returns a function that stops the listening. */
  onDidChange(listener: (change: ProjectChange) => void): () => void;
  close(): Promise<void>;
}

/** What of a project needs none of its answers: all that a queue shows. */
export type ProjectOutline = Pick<
  Project,
  | 'folder'
  | 'config'
  | 'fileProblem'
  | 'problems'
  | 'order'
  | 'promptIds'
  | 'prompt'
  | 'fileOf'
  | 'findPrompts'
  | 'judgementsOf'
  | 'judgedIds'
  | 'goldOf'
  | 'goldIds'
  | 'nUnsaved'
> & { readonly drafts: Pick<Drafts, 'get' | 'all'>; readonly claims: Pick<SoftClaims, 'holdersOf'> };

/** A project that is being opened. Its answers, by far the most of it, are read last. */
export interface OpeningProject {
  readonly outline: ProjectOutline;
  /** Resolves when the answers are read, too. */
  readonly whole: Promise<Project>;
}

export interface Drafts {
  get(labeler: string, promptId: PromptId): Draft | undefined;
  all(): readonly Draft[];
  set(draft: Draft): Promise<void>;
  delete(labeler: string, promptId: PromptId): Promise<void>;
}

/** What the windows of a project are busy with, so that they are not dealt the same prompt. Advice; it expires. */
export interface SoftClaims {
  /** This window shows a prompt; what it held before is free. */
  hold(promptId: PromptId, labeler: string): void;
  release(): void;
  /** Labelers in whose other windows a prompt is. */
  holdersOf(promptId: PromptId): readonly string[];
}

/** Reads one prompt file of any format; given by the composition root, since `store` knows only its own files. */
export interface ReadPromptFile {
  (path: string): Promise<Parsed<Prompt>>;
  /**
   * One line of a JSON Lines file as it would be read in its place, undefined for a blank one. With it, large files of this
   * kind are read when their prompts are shown. `line` is 1-based, `bytes` come without the newline.
   */
  readonly lineOf?: (path: string, line: number, bytes: Uint8Array) => PromptLine | undefined;
}

export type PromptLine = { readonly prompt: Prompt } | { readonly problem: Problem };
