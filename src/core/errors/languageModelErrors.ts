import * as l10n from '@vscode/l10n';
import { ServerError } from './touchstoneError.js';

const permanent = { isRetryable: false };
const passing = { isRetryable: true };

export const languageModelNotAllowed = (title: string): ServerError =>
  new ServerError(
    'language-model-not-allowed',
    l10n.t(
      'Touchstone may not use {0}: VS Code has not been told that it may. Run “Touchstone: Use a Language Model of VS Code…”, choose it and allow it.',
      title,
    ),
    permanent,
  );

export const languageModelBlocked = (title: string, reason: string): ServerError =>
  new ServerError(
    'language-model-blocked',
    l10n.t(
      '{0} is blocked, or its quota is used up ({1}). Wait, look into your account with its provider, or choose another model.',
      title,
      reason,
    ),
    permanent,
  );

export const languageModelGone = (title: string): ServerError =>
  new ServerError(
    'language-model-gone',
    l10n.t(
      'VS Code does not offer {0} now. Check that the extension that brings it is on and signed in, or choose another by “Touchstone: Use a Language Model of VS Code…”.',
      title,
    ),
    permanent,
  );

export const languageModelNotChosen = (name: string): ServerError =>
  new ServerError(
    'language-model-not-chosen',
    l10n.t(
      'The line-up names {0}, a language model of VS Code that you have not chosen: nothing was sent to it. Choose it by “Touchstone: Use a Language Model of VS Code…”, or change “lineUp” in touchstone.json.',
      name,
    ),
    permanent,
  );

export const languageModelOnlyInEditor = (name: string): ServerError =>
  new ServerError(
    'language-model-only-in-editor',
    l10n.t(
      '{0} is a language model of VS Code and answers there only. Name another model with --model, or write the candidates in the editor.',
      name,
    ),
    permanent,
  );

export const languageModelFailed = (title: string, reason: string, nTries: number): ServerError => {
  const tries = nTries > 1 ? ` ${l10n.t('It was tried {0} times.', nTries)}` : '';
  const message = l10n.t(
    '{0} gave no answer: {1}. Try again, or look at the log of the extension that brings it.',
    title,
    reason,
  );
  return new ServerError('language-model-failed', message + tries, { ...passing, facts: { nTries } });
};

export const languageModelBroke = (title: string, reason: string): ServerError =>
  new ServerError(
    'language-model-broke',
    l10n.t('{0} broke off in the middle of the answer: {1}. Have it written again.', title, reason),
    permanent,
  );

export const languageModelSilent = (title: string, seconds: number): ServerError =>
  new ServerError(
    'language-model-silent',
    l10n.t('{0} sent nothing for {1} seconds. Try again later, or choose another model.', title, seconds),
    permanent,
  );

export const languageModelAnswerEmpty = (title: string): ServerError =>
  new ServerError(
    'language-model-answer-empty',
    l10n.t('{0} gave an empty answer. Have it written again, or raise the token limit.', title),
    permanent,
  );

export const languageModelCannotGoOn = (title: string): ServerError =>
  new ServerError(
    'language-model-cannot-go-on',
    l10n.t(
      'A language model of VS Code such as {0} cannot go on from the beginning of an answer. A model on this machine can, and so can vLLM, SGLang, llama.cpp and Ollama.',
      title,
    ),
    permanent,
  );
