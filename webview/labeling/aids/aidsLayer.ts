/** Keeps the marks on the screen what the state says. The marks themselves are loaded when the first one is asked for. */
import type { CandidateId } from '../../../src/core/index.js';
import { thoughtEnd } from '../answerText.js';
import { answerAt, correctionOf, letterOf } from '../state.js';
import type { PageState } from '../state.js';
import type { PageEvent } from '../step.js';
import type { Marks } from './marks.js';
import { textDrawnAnew } from './richText.js';
import { unsureOf } from './seeing.js';

export class AidsLayer {
  readonly #surface: HTMLElement;
  readonly #textOf: (candidateId: CandidateId) => HTMLElement;
  readonly #say: (text: string) => void;
  readonly #send: (event: PageEvent) => void;
  readonly #notes = new Map<string, HTMLElement>();
  #marks: Marks | undefined;
  #loading: Promise<void> | undefined;
  #drawn = '';
  #state: PageState | undefined;

  constructor(
    surface: HTMLElement,
    textOf: (candidateId: CandidateId) => HTMLElement,
    say: (text: string) => void,
    send: (event: PageEvent) => void,
  ) {
    this.#surface = surface;
    this.#textOf = textOf;
    this.#say = say;
    this.#send = send;
    surface.addEventListener(textDrawnAnew, () => {
      if (this.#drawn === '' || !this.#state) return;
      this.#drawn = 'anew';
      this.refresh(this.#state);
    });
    surface.addEventListener('mousemove', (event) => this.#marks?.hover(event.clientX, event.clientY));
    surface.addEventListener('mouseleave', (event) => {
      if (this.#marks?.isNear(event.clientX, event.clientY) !== true) this.#marks?.close();
    });
    surface.addEventListener('scroll', () => this.#marks?.close(), { capture: true, passive: true });
  }

  /** Stands under an answer's text. */
  notesOf(candidateId: CandidateId): HTMLElement {
    let notes = this.#notes.get(candidateId);
    if (!notes) {
      notes = document.createElement('div');
      notes.className = 'notes';
      this.#notes.set(candidateId, notes);
    }
    return notes;
  }

  /** After each drawing of the page. */
  refresh(state: PageState): void {
    this.#state = state;
    const { shown } = state;
    const ids = new Set<string>(shown?.view.answers.map(({ candidateId }) => candidateId));
    for (const id of this.#notes.keys()) if (!ids.has(id)) this.#notes.delete(id);
    const isOn = shown && (shown.seeing.against !== null || shown.seeing.isUnsure || shown.seeing.isOnlyOne);
    if (!isOn) {
      if (this.#drawn !== '') this.#clear();
      return;
    }
    if (!this.#marks) {
      this.#loading ??= import('./marks.js').then(
        ({ Marks: Loaded }) => {
          this.#marks = new Loaded(this.#surface.parentElement ?? document.body, (letter, at, alternative) => {
            const view = this.#state?.shown?.view;
            const candidateId = view && answerAt(view, letter)?.candidateId;
            if (candidateId !== undefined) this.#send({ type: 'branch', from: { candidateId, at, alternative } });
          });
          if (this.#state) this.refresh(this.#state);
        },
        () => {
          this.#loading = undefined; // the next key tries again
        },
      );
      return;
    }
    const answers = shown.view.answers.map((answer) => {
      const letter = letterOf(shown.view, answer.candidateId) ?? '';
      const improved = shown.improvedShown.includes(letter) ? correctionOf(shown, letter)?.text : undefined;
      const text = improved ?? answer.text;
      const unsure = shown.seeing.isUnsure && improved === undefined ? unsureOf(state, answer.candidateId) : undefined;
      return { answer, letter, text, unsure: unsure ?? undefined };
    });
    const { seeing, view } = shown;
    // Elements are drawn anew with another text or another look of it: then the marks are of the old ones.
    const key = JSON.stringify([
      view.promptId,
      seeing.against,
      seeing.isOnlyOne,
      state.isSource,
      answers.map(({ text, unsure, answer }) => [text.length, text.slice(-40), unsure?.length, answer.state]),
    ]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    void this.#marks
      .draw({
        answers: answers.map(({ answer, letter, text, unsure }) => ({
          letter,
          text,
          element: this.#textOf(answer.candidateId),
          start: thoughtEnd(text),
          unsure,
          notes: this.notesOf(answer.candidateId),
        })),
        prompt: view.messages.map(({ content }) => content).join('\n'),
        against: seeing.against,
        isOnlyOne: seeing.isOnlyOne,
      })
      .then((said) => {
        if (said !== '') this.#say(said);
      });
  }

  /**
   * Shift and an arrow go from unsure token to unsure token, up and down through what it could have been, and Shift and Enter
   * go on from there in another answer; Escape closes what is open.
   * @returns whether it was ours.
   */
  onKey(event: KeyboardEvent): boolean {
    const { shown } = this.#state ?? {};
    if (!this.#marks || !shown) return false;
    if (event.key === 'Escape') return this.#marks.close();
    if (!event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || !shown.seeing.isUnsure) return false;
    const across = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (across !== undefined) {
      const alternative = this.#marks.choose(across > 0 ? 1 : -1);
      if (alternative !== undefined) this.#say(alternative);
      return alternative !== undefined;
    }
    if (event.key === 'Enter') return !event.repeat && this.#marks.branch();
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return false;
    const said = this.#marks.step(shown.work.board.focused.slice(0, 1), by > 0 ? 1 : -1);
    if (said !== undefined) this.#say(said);
    return true;
  }

  #clear(): void {
    this.#drawn = '';
    this.#marks?.clear();
    for (const notes of this.#notes.values()) notes.replaceChildren();
    this.#notes.clear();
  }
}
