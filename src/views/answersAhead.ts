import * as vscode from 'vscode';
import type { AnswerEvent, AnswerSource, PendingAnswer } from '../labeling/index.js';
import type { ActiveProject } from './activeProject.js';
import type { Models } from './models.js';
import type { Settings } from './settings.js';

export interface AnswersAheadOptions {
  readonly projects: ActiveProject;
  readonly models: Models;
  readonly settings: Settings;
  readonly log: vscode.LogOutputChannel;
}

/** Writes answers ahead of the labeler with whatever the user chose. */
export class AnswersAhead implements AnswerSource, vscode.Disposable {
  readonly #options: AnswersAheadOptions;
  readonly #listeners = new Set<(event: AnswerEvent) => void>();
  constructor(options: AnswersAheadOptions) {
    this.#options = options;
  }
  get availability() {
    return this.#options.models.availability;
  }
  pendingOf(): readonly PendingAnswer[] {
    return [];
  }
  want(): void {}
  async cut(): Promise<void> {}
  async settled(): Promise<void> {}
  again(): void {}
  onEvent(listener: (event: AnswerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  dispose(): void {}
}
