import * as l10n from '@vscode/l10n';
import { countWords } from '../core/index.js';
import type { GenerateEvent } from '../generation/index.js';
import type { Terminal } from './terminal.js';

/** Tells a terminal how far a run of `generate` is. The clock starts with the first token: loading a model is no speed. */
export class GenerateProgress {
  readonly #terminal: Terminal;
  readonly #nPrompts: number;
  #nDone = 0;
  #nTokens = 0;
  #firstTokenAt: number | undefined;

  constructor(terminal: Terminal, nPrompts: number) {
    this.#terminal = terminal;
    this.#nPrompts = nPrompts;
  }

  /** Over all candidates, since the first token; 0 until there is enough to tell. */
  get tokensPerSecond(): number {
    if (this.#firstTokenAt === undefined) return 0;
    const seconds = (performance.now() - this.#firstTokenAt) / 1000;
    return seconds < 0.05 ? 0 : this.#nTokens / seconds;
  }

  take(event: GenerateEvent): void {
    switch (event.type) {
      case 'prompt-start':
        break;
      case 'candidate-event':
        if (event.event.type !== 'text-delta') return;
        this.#firstTokenAt ??= performance.now();
        this.#nTokens += Math.max(1, event.event.logprobs.length);
        break;
      case 'prompt-end':
        this.#nDone += 1;
        for (const message of new Set(event.errors.map((error) => error.message)))
          this.#terminal.say(`${event.promptId}: ${message}`);
    }
    this.#terminal.progress(
      l10n.t(
        'prompt {0} of {1}: {2}, {3} tokens/s',
        String(Math.min(this.#nDone + 1, this.#nPrompts)),
        String(this.#nPrompts),
        countWords.tokens(this.#nTokens),
        this.tokensPerSecond.toFixed(1),
      ),
    );
  }
}
