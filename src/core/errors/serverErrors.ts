import * as l10n from '@vscode/l10n';
import { ServerError } from './touchstoneError.js';

const permanent = { isRetryable: false };
const passing = { isRetryable: true };

export const serverAddressInvalid = (address: string): ServerError =>
  new ServerError(
    'server-address-invalid',
    l10n.t('"{0}" is no address of a server. Write it as http://localhost:8000/v1 or https://…', address),
    permanent,
  );

export const serverNeedsHttps = (origin: string): ServerError =>
  new ServerError(
    'server-needs-https',
    l10n.t(
      'Not connected to {0}: plain http is only for this machine and private networks, since prompts and key could be read on the way. Use https.',
      origin,
    ),
    permanent,
  );

export const serverAddressBlocked = (origin: string, address: string): ServerError =>
  new ServerError(
    'server-address-blocked',
    l10n.t(
      'Not connected to {0}: {1} is a link-local or metadata address, where no model answers. Check the address of the server.',
      origin,
      address,
    ),
    permanent,
  );

export const serverRedirected = (origin: string, target: string): ServerError =>
  new ServerError(
    'server-redirected',
    l10n.t(
      'The server {0} points to {1}. Nothing was sent there. If you trust it, set it as the address of the server.',
      origin,
      target,
    ),
    { ...permanent, facts: { origin, target } },
  );

export const serverUnreachable = (origin: string, reason: string, isRetryable: boolean): ServerError =>
  new ServerError(
    'server-unreachable',
    l10n.t('Cannot reach {0} ({1}). Check that the server is running and the address is right.', origin, reason),
    { isRetryable },
  );

export const serverRefused = (
  origin: string,
  status: number,
  reason: string,
  options: { readonly isRetryable: boolean; readonly nTries: number },
): ServerError =>
  new ServerError('server-refused', refusal(origin, status, reason, options.nTries), {
    isRetryable: options.isRetryable,
    facts: { status, nTries: options.nTries },
  });

export const serverSilent = (origin: string, seconds: number): ServerError =>
  new ServerError(
    'server-silent',
    l10n.t(
      'The server {0} sent nothing for {1} seconds. Check whether it is overloaded, then try again.',
      origin,
      seconds,
    ),
    passing,
  );

export const serverReplyTooLarge = (origin: string, maxBytes: number): ServerError =>
  new ServerError(
    'server-reply-too-large',
    l10n.t(
      'The reply of {0} is larger than {1} MiB, so it was stopped. Check the server.',
      origin,
      maxBytes / 1024 / 1024,
    ),
    permanent,
  );

export const serverStreamBroken = (origin: string): ServerError =>
  new ServerError(
    'server-stream-broken',
    l10n.t('The connection to {0} broke off in the middle of the answer. Have it written again.', origin),
    permanent,
  );

export const serverReplyGarbled = (origin: string): ServerError =>
  new ServerError(
    'server-reply-garbled',
    l10n.t(
      'The reply of {0} is not what an OpenAI-compatible server sends. Check that the address ends where its API begins, often in /v1.',
      origin,
    ),
    permanent,
  );

export const serverAnswerEmpty = (origin: string): ServerError =>
  new ServerError(
    'server-answer-empty',
    l10n.t('The model at {0} gave an empty answer. Have it written again, or raise the token limit.', origin),
    permanent,
  );

export const serverCannotGoOn = (origin: string): ServerError =>
  new ServerError(
    'server-cannot-go-on',
    l10n.t(
      'The server {0} does not say that it can go on from the beginning of an answer. vLLM, SGLang, llama.cpp and Ollama can, and so can a model on this machine.',
      origin,
    ),
    permanent,
  );

export const generationGivenUp = (nPrompts: number, reason: string): ServerError =>
  new ServerError(
    'generation-given-up',
    l10n.t('No candidate could be written for {0} prompts in a row, the last time because: {1}', nPrompts, reason),
    permanent,
  );

function refusal(origin: string, status: number, reason: string, nTries: number): string {
  const tries = nTries > 1 ? ` ${l10n.t('It was tried {0} times.', nTries)}` : '';
  if (status === 401 || status === 403)
    return l10n.t(
      'The server {0} refused the key (status {1}: {2}). Set the right one and try again.',
      origin,
      status,
      reason,
    );
  if (status === 404)
    return l10n.t('The server {0} does not know this model or address (status 404: {1}). Check both.', origin, reason);
  if (status === 429)
    return (
      l10n.t('The server {0} is asked too often (status 429: {1}). Wait, or ask for fewer at once.', origin, reason) +
      tries
    );
  return status >= 500
    ? l10n.t('The server {0} failed (status {1}: {2}). Look at its log.', origin, status, reason) + tries
    : l10n.t('The server {0} refused the request (status {1}: {2}). Check model and settings.', origin, status, reason);
}
