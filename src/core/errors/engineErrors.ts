import * as l10n from '@vscode/l10n';
import { EngineError, ModelError } from './touchstoneError.js';

/** Names from a file are shown on one line and without what a notification would read as a link. */
const shown = (name: string): string =>
  name
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[[\]()<>`]/gu, '·')
    .slice(0, 200);

/** A sound parameter file of a model that our decoder cannot be. */
export const architectureUnsupported = (facts: { readonly file: string; readonly found: string }): ModelError =>
  new ModelError(
    'architecture-unsupported',
    l10n.t(
      'Cannot use {0}: it has {1}. Touchstone runs models of the Llama architecture (Llama, SmolLM, TinyLlama and others). Choose another model.',
      shown(facts.file),
      shown(facts.found),
    ),
    { facts },
  );

export const contextTooLong = (facts: {
  readonly nPromptTokens: number;
  readonly maxTokens: number;
  readonly contextLength: number;
}): EngineError =>
  new EngineError(
    'context-too-long',
    l10n.t(
      'The prompt has {0} tokens; with answers of up to {1} that is more than the {2} that the model can hold. Shorten the prompt or ask for shorter answers.',
      String(facts.nPromptTokens),
      String(facts.maxTokens),
      String(facts.contextLength),
    ),
    { facts },
  );

export const memoryTooSmall = (facts: { readonly neededBytes: number; readonly freeBytes: number }): EngineError =>
  new EngineError(
    'memory-too-small',
    l10n.t(
      'The model needs about {0} MB of memory and {1} MB are free. Close other programs or choose a smaller model.',
      String(Math.ceil(facts.neededBytes / 1e6)),
      String(Math.floor(facts.freeBytes / 1e6)),
    ),
    { facts },
  );

/** The model process ended while it was needed. */
export const processEnded = (facts: {
  readonly code: number | null;
  readonly signal: string | null;
  readonly lastWords: string;
}): EngineError => {
  const isMemory = facts.code === 137 || facts.signal === 'SIGKILL';
  const message = isMemory
    ? l10n.t(
        'The model process was killed, most likely because the machine ran out of memory. Close other programs, ask for fewer candidates, or choose a smaller model.',
      )
    : facts.signal !== null
      ? l10n.t('The model process was ended by {0}. It starts again with the next prompt.', facts.signal)
      : l10n.t(
          'The model process ended with code {0}. It starts again with the next prompt; the log says more.',
          String(facts.code),
        );
  return new EngineError('process-ended', message, { facts });
};

export const processSilent = (facts: { readonly seconds: number }): EngineError =>
  new EngineError(
    'process-silent',
    l10n.t(
      'The model process gave no sign for {0} seconds and was ended. It starts again with the next prompt.',
      String(facts.seconds),
    ),
    { facts },
  );

export const processKeepsFailing = (facts: { readonly nStarts: number; readonly minutes: number }): EngineError =>
  new EngineError(
    'process-keeps-failing',
    l10n.t(
      'The model process ended {0} times within {1} minutes and stays off for now. Look into the Touchstone log, then try again in a few minutes.',
      String(facts.nStarts),
      String(facts.minutes),
    ),
    { facts },
  );

export const messageInvalid = (facts: { readonly problem: string }): EngineError =>
  new EngineError(
    'message-invalid',
    l10n.t('The model process sent something that is no message of ours: {0}. It was ended.', shown(facts.problem)),
    { facts },
  );

export const engineStopped = (): EngineError =>
  new EngineError('engine-stopped', l10n.t('The model process was stopped.'));

/** The runtime could not make or run the decoder on a device. */
export const deviceFailed = (
  facts: { readonly device: string; readonly reason: string },
  cause?: unknown,
): EngineError =>
  new EngineError(
    'device-failed',
    l10n.t(
      'The model cannot run on {0}: {1}. Choose another device in the setting “touchstone.device”.',
      facts.device,
      shown(facts.reason),
    ),
    { facts, cause },
  );
