import {
  candidateIdOf,
  checkJudgement,
  currentJudgements,
  judgementIdOf,
  promptIdOf,
  serializeError,
  type Candidate,
  type CandidateId,
  type Judgement,
  type Message,
  type ModelRef,
  type PromptId,
  type Sampling,
  type TokenLogprob,
} from '../core/index.js';
import type { CandidateGenerator } from '../generation/index.js';
import type { PlaygroundTurn, ToPlaygroundPage } from '../protocol.js';
import type { Project } from '../store/index.js';

export interface PlaygroundOptions {
  /** What answers now, by the person's choice. @throws when nothing can */
  generator(): Promise<CandidateGenerator>;
  readonly sampling: () => Sampling;
  readonly project: () => Project | undefined;
  readonly labeler: () => string;
  readonly now: () => Date;
  readonly post: (message: Extract<ToPlaygroundPage, { type: 'turn-delta' }>) => void;
  /** The conversation changed otherwise than by text that was appended. */
  readonly onChange: () => void;
}

/** What a thumb left behind. */
export interface KeptAnswer {
  readonly promptId: PromptId;
  readonly candidateId: CandidateId;
}

interface Turn extends PlaygroundTurn {
  readonly written?: Written;
}

/** Where an answer came from, as a candidate keeps it. */
interface Written {
  readonly model: ModelRef;
  sampling: Partial<Sampling>;
  systemAs?: 'user';
  readonly logprobs: TokenLogprob[];
  device?: string;
  durationMs?: number;
}

/**
 * A conversation with a model, out of which answers go into the project: what goes wrong in use becomes training data.
 * A thumb keeps the turns before the answer as a prompt and the answer as its candidate. Up judges it good at once. Down
 * leaves the prompt in the queue, for the right answer to be written; what was said of other answers to it still holds.
 */
export class Playground {
  readonly #options: PlaygroundOptions;
  #system = '';
  #turns: Turn[] = [];
  #running: AbortController | undefined;
  #nAnswers = 0;

  constructor(options: PlaygroundOptions) {
    this.#options = options;
  }

  get system(): string {
    return this.#system;
  }

  get turns(): readonly PlaygroundTurn[] {
    return this.#turns.map(({ written: _, ...turn }) => turn);
  }

  get isWriting(): boolean {
    return this.#running !== undefined;
  }

  setSystem(text: string): void {
    this.#system = text.trim();
    this.#options.onChange();
  }

  /** An answer that is being written goes with the rest; the next question need not wait for its end. */
  clear(): void {
    this.stop();
    this.#running = undefined;
    this.#turns = [];
    this.#options.onChange();
  }

  /** What was written by then stays, as an answer that was cut. */
  stop(): void {
    this.#running?.abort();
  }

  async send(text: string): Promise<void> {
    const content = text.trim();
    // A question that got no answer is asked anew: two turns of the user in a row fit no chat template.
    if (this.isWriting || content === '') return;
    if (this.#turns.at(-1)?.role === 'assistant' && this.#turns.at(-1)?.text === '') this.#turns.splice(-2);
    this.#turns.push({ role: 'user', text: content, state: 'complete' });
    await this.#answer();
  }

  /** Writes the answer of this turn once more; what came after it goes. */
  async again(turn: number): Promise<void> {
    if (this.isWriting || this.#turns[turn]?.role !== 'assistant') return;
    this.#turns.length = turn;
    await this.#answer();
  }

  /**
   * Keeps an answer. Resolves when all of it is on disk; undefined when there is nothing to keep, or no project to keep it.
   *
   * @throws StoreError
   */
  async thumb(turn: number, thumb: 'up' | 'down'): Promise<KeptAnswer | undefined> {
    const project = this.#options.project();
    const answer = this.#turns[turn];
    if (project === undefined || answer?.role !== 'assistant' || answer.state === 'writing') return undefined;
    if (answer.written === undefined || answer.text === '') return undefined;
    const messages = this.#messagesBefore(turn);
    const promptId = promptIdOf({ messages });
    const { written } = answer;
    const candidate: Candidate = {
      id: candidateIdOf([promptId, 'playground', written.model, written.sampling, answer.text]),
      promptId,
      text: answer.text,
      origin: 'model',
      model: written.model,
      sampling: written.sampling,
      ...(written.logprobs.length === 0 ? {} : { logprobs: written.logprobs }),
      finishReason: finishReasonOf(answer.state),
      ...(written.device === undefined ? {} : { device: written.device }),
      ...(written.durationMs === undefined ? {} : { durationMs: written.durationMs }),
      metadata: {
        playground: { thumb },
        ...(written.systemAs === undefined ? {} : { touchstone: { systemAs: written.systemAs } }),
      },
    };
    await project.addPrompts([{ id: promptId, messages, metadata: { from: 'playground' } }], {
      name: 'playground',
      to: 'own-file',
    });
    await project.appendCandidates([candidate]);
    const row = this.#withThumb(project, candidate, thumb);
    if (row !== undefined) await project.appendJudgements([row]);
    this.#change(turn, { thumb });
    return { promptId, candidateId: candidate.id };
  }

  /**
   * What the person says of the prompt now. Another answer to it may be judged already, here or in the labeling panel: that
   * still holds. Undefined where nothing changes.
   */
  #withThumb(project: Project, { id, promptId }: Candidate, thumb: 'up' | 'down'): Judgement | undefined {
    const labeler = this.#options.labeler();
    const at = this.#options.now().toISOString();
    const own = currentJudgements(project.judgementsOf(promptId)).find((row) => row.labeler === labeler);
    const before = own?.status === 'submitted' ? own : undefined;
    if ((before?.thumbs?.[id] === true) === (thumb === 'up')) return undefined;
    const head = { id: judgementIdOf([promptId, labeler, at, id, before?.id ?? '']), promptId, labeler, at };
    if (thumb === 'up') {
      const order = before?.mode === 'thumbs' ? [...(before.shown?.order ?? []), id] : [id];
      const isFirst = before === undefined || before.mode === 'thumbs';
      return {
        mode: 'thumbs',
        ...before,
        ...head,
        status: 'submitted',
        thumbs: { ...before?.thumbs, [id]: true },
        ...(isFirst && { shown: { ...before?.shown, order: [...new Set(order)] } }),
      };
    }
    if (before === undefined) return undefined;
    // Taken back: with the rest of what was said, if there is any.
    const { thumbs = {}, ...others } = before;
    const left = Object.entries(thumbs).filter(([each]) => each !== id);
    const rest: Judgement = { ...others, ...head, ...(left.length > 0 && { thumbs: Object.fromEntries(left) }) };
    const ids = new Set<string>(project.candidatesOf(promptId).map((candidate) => candidate.id));
    return checkJudgement(rest, ids) === undefined ? rest : { ...before, ...head, status: 'draft' };
  }

  async #answer(): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    const turns = this.#turns;
    const isCleared = () => this.#turns !== turns;
    const turn = turns.push({ role: 'assistant', text: '', state: 'writing' }) - 1;
    this.#options.onChange();
    try {
      const generator = await this.#options.generator();
      if (isCleared()) return;
      const sampling = { ...this.#options.sampling(), seed: this.#nAnswers++ };
      const written: Written = { model: generator.model, sampling, logprobs: [] };
      this.#change(turn, { written });
      const id = candidateIdOf(['playground', turn, this.#nAnswers]);
      const request = { messages: this.#messagesBefore(turn), candidateIds: [id], sampling };
      for await (const event of generator.generate(request, running.signal)) {
        if (isCleared()) return;
        switch (event.type) {
          case 'candidate-start':
            break;
          case 'text-delta':
            written.logprobs.push(...event.logprobs);
            this.#append(turn, event.text);
            break;
          case 'candidate-end':
            written.durationMs = event.durationMs;
            if (event.device !== undefined) written.device = event.device;
            if (event.given !== undefined) written.sampling = event.given.sampling;
            if (event.given?.systemAs !== undefined) written.systemAs = event.given.systemAs;
            this.#change(turn, {
              state: event.finishReason === 'stop' || event.finishReason === 'error' ? 'complete' : event.finishReason,
            });
            break;
          case 'candidate-error':
            this.#change(turn, { state: 'failed', error: event.error.message });
        }
      }
      if (running.signal.aborted && !isCleared()) this.#change(turn, { state: 'cut' });
    } catch (error) {
      if (isCleared()) return;
      this.#change(
        turn,
        running.signal.aborted ? { state: 'cut' } : { state: 'failed', error: serializeError(error).message },
      );
    } finally {
      if (this.#running === running) this.#running = undefined;
      this.#options.onChange();
    }
  }

  /** The system's turn, then those of the two that have something in them. */
  #messagesBefore(turn: number): Message[] {
    return [
      ...(this.#system === '' ? [] : [{ role: 'system' as const, content: this.#system }]),
      ...this.#turns.slice(0, turn).map(({ role, text }) => ({ role, content: text })),
    ];
  }

  #append(turn: number, text: string): void {
    const before = this.#turns[turn];
    if (before === undefined) return;
    this.#turns[turn] = { ...before, text: before.text + text };
    this.#options.post({ type: 'turn-delta', turn, at: before.text.length, text });
  }

  #change(turn: number, change: Partial<Turn>): void {
    const before = this.#turns[turn];
    if (before === undefined) return;
    this.#turns[turn] = { ...before, ...change };
    this.#options.onChange();
  }
}

function finishReasonOf(state: PlaygroundTurn['state']): NonNullable<Candidate['finishReason']> {
  switch (state) {
    case 'length':
    case 'cut':
    case 'filter':
      return state;
    case 'failed':
      return 'error';
    case 'complete':
    case 'writing':
      return 'stop';
  }
}
