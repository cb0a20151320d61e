import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { candidateIdOf, promptIdOf, type Candidate, type CandidateId, type PromptId } from '../../../src/core/index.js';
import type { AnswerEvent, AnswerSource, PendingAnswer } from '../../../src/labeling/answerSource.js';
import { LabelingSession } from '../../../src/labeling/session.js';
import { promptFileReader } from '../../../src/prompts/index.js';
import { emptyDraft, type JudgementDraft, type PromptView, type ToLabelingPage } from '../../../src/protocol.js';
import { openProject, type FileSystem, type Project } from '../../../src/store/index.js';
import { unsyncedFiles } from '../store/unsyncedFiles.js';

/** Answers as the test says: none pending unless it puts them there. */
export class ScriptedAnswers implements AnswerSource {
  availability: AnswerSource['availability'] = { canWrite: true };
  wanted: readonly PromptId[] = [];
  readonly pending = new Map<PromptId, PendingAnswer[]>();
  readonly planning = new Set<PromptId>();
  readonly #listeners = new Set<(event: AnswerEvent) => void>();
  onCut: (candidateId: CandidateId) => Promise<void> = async () => undefined;

  pendingOf(promptId: PromptId): readonly PendingAnswer[] {
    return this.pending.get(promptId) ?? [];
  }
  isPlanning(promptId: PromptId): boolean {
    return this.planning.has(promptId);
  }
  want(promptIds: readonly PromptId[]): void {
    this.wanted = promptIds;
  }
  cut(candidateId: CandidateId): Promise<void> {
    return this.onCut(candidateId);
  }
  again(): void {}
  onGoOn: AnswerSource['goOn'] = async () => undefined;
  goOn(...asked: Parameters<AnswerSource['goOn']>): Promise<void> {
    return this.onGoOn(...asked);
  }
  onEvent(listener: (event: AnswerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  tell(event: AnswerEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

export interface SittingOptions {
  readonly nPrompts?: number;
  readonly nCandidates?: number;
  readonly config?: Record<string, unknown>;
  readonly files?: FileSystem;
}

/** A project on the real disk, which nobody waits for unless `files` says so, a session over it, and a page that remembers what it was told. */
export class Sitting {
  readonly messages: ToLabelingPage[] = [];
  readonly answers = new ScriptedAnswers();
  session: LabelingSession;
  now = new Date('2026-03-01T09:00:00.000Z');
  guidelinesVersion = 'abc123';
  #nRequests = 0;

  private constructor(
    readonly folder: string,
    public project: Project,
  ) {
    this.session = this.#newSession('kim');
  }

  static async start({ nPrompts = 3, nCandidates = 3, config = {}, files = unsyncedFiles }: SittingOptions = {}) {
    const folder = await mkdtemp(path.join(tmpdir(), 'ts-sitting-'));
    await mkdir(path.join(folder, 'prompts'));
    const lines = Array.from({ length: nPrompts }, (_, index) => JSON.stringify({ prompt: `prompt ${index + 1}` }));
    await writeFile(path.join(folder, 'prompts', 'a.jsonl'), `${lines.join('\n')}\n`);
    const named = { version: 1, name: 'sitting', prompts: ['prompts/a.jsonl'], candidates: nCandidates, ...config };
    await writeFile(path.join(folder, 'touchstone.json'), JSON.stringify(named));
    const project = await open(folder, files);
    const rows = project.promptIds.flatMap((id) => candidates(id, nCandidates));
    if (rows.length > 0) await project.appendCandidates(rows);
    const sitting = new Sitting(folder, project);
    sitting.attach();
    return sitting;
  }

  #newSession(labeler: string): LabelingSession {
    return new LabelingSession({
      project: this.project,
      labeler,
      answers: this.answers,
      nAhead: () => 2,
      now: () => (this.now = new Date(this.now.getTime() + 1000)),
      guidelinesVersion: () => this.guidelinesVersion,
    });
  }

  attach(): void {
    this.session.attach((message) => this.messages.push(message));
  }

  /** The window is loaded again. */
  async reload(): Promise<void> {
    await this.session.dispose();
    await this.project.close();
    this.project = await open(this.folder, unsyncedFiles);
    this.session = this.#newSession('kim');
    this.messages.length = 0;
    this.attach();
  }

  /** Another labeler sits down. */
  async as(labeler: string): Promise<void> {
    await this.session.dispose();
    this.session = this.#newSession(labeler);
    this.messages.length = 0;
    this.attach();
  }

  async stop(): Promise<void> {
    await this.session.dispose();
    await this.project.close().catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What is on the page's screen. */
  get screen(): PromptView | undefined {
    const last = this.messages.findLast((m) => m.type === 'prompt-show' || m.type === 'empty');
    return last?.type === 'prompt-show' ? last.prompt : undefined;
  }

  /** Text of the prompt on the screen, or why there is none. */
  get shown(): string {
    const last = this.messages.findLast((m) => m.type === 'prompt-show' || m.type === 'empty');
    if (last?.type === 'empty') return last.reason;
    return this.screen?.messages.at(-1)?.content ?? 'nothing';
  }

  ahead(): string[] {
    const last = this.messages.findLast((message) => message.type === 'prompts-ahead');
    return last?.type === 'prompts-ahead' ? last.prompts.map(({ messages }) => messages.at(-1)?.content ?? '') : [];
  }

  last<Type extends ToLabelingPage['type']>(type: Type): Extract<ToLabelingPage, { type: Type }> | undefined {
    return this.messages.findLast((m): m is Extract<ToLabelingPage, { type: Type }> => m.type === type);
  }

  /** The answers on the screen by letter, e.g. `B A` ranks the second before the first. */
  ranking(letters: string): JudgementDraft {
    const answers = this.screen?.answers ?? [];
    return {
      ...emptyDraft,
      ranking: letters
        .split(' ')
        .map((tier) => tier.split('=').flatMap((letter) => answers[letter.charCodeAt(0) - 65]?.candidateId ?? [])),
    };
  }

  get promptId(): PromptId {
    return this.screen?.promptId ?? promptIdOf({ messages: [] });
  }

  async submit(letters: string, options: { requestId?: string; cut?: CandidateId[] } = {}): Promise<string> {
    const requestId = options.requestId ?? `request ${(this.#nRequests += 1)}`;
    await this.session.receive({
      type: 'judgement-submit',
      requestId,
      promptId: this.promptId,
      ...this.#pass,
      draft: this.ranking(letters),
      aids: [],
      words: {},
      activeMs: 30_000,
      cut: options.cut ?? [],
    });
    return requestId;
  }

  skip(reason?: string): Promise<void> {
    return this.session.receive({
      type: 'prompt-skip',
      requestId: `request ${(this.#nRequests += 1)}`,
      promptId: this.promptId,
      ...this.#pass,
      ...(reason === undefined ? {} : { reason }),
    });
  }

  discard(reason?: string): Promise<void> {
    return this.session.receive({
      type: 'prompt-discard',
      requestId: `request ${(this.#nRequests += 1)}`,
      promptId: this.promptId,
      ...this.#pass,
      ...(reason === undefined ? {} : { reason }),
    });
  }

  /** As the page sends it back. */
  get #pass() {
    return this.screen?.pass === undefined ? {} : { pass: this.screen.pass };
  }
}

const open = (folder: string, files: FileSystem): Promise<Project> =>
  openProject(folder, { readPromptFile: promptFileReader(folder), files });

export const candidates = (promptId: PromptId, n: number): Candidate[] =>
  Array.from({ length: n }, (_, index) => ({
    id: candidateIdOf([promptId, index]),
    promptId,
    text: `answer ${index + 1} to ${promptId}`,
    origin: 'model' as const,
    model: { name: `secret-model-${index}`, provider: 'secret-provider' },
    sampling: { temperature: 0.7, seed: 424242, maxTokens: 99 },
    device: 'secret-device',
    durationMs: 1234,
    finishReason: 'stop' as const,
  }));
