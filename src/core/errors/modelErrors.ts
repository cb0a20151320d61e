import * as l10n from '@vscode/l10n';
import { InputError, ModelError } from './touchstoneError.js';

/**
 * A name that a stranger wrote (file, key, tensor, token), fit to stand in a message: one line, no control or invisible
 * characters, nothing that a notification would make a link of, at most 120 characters.
 */
function shown(name: string): string {
  const line = name.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, '�').replaceAll('](', '] (');
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}

// 1. Parameter files

/** Why a GGUF header is refused; each says the rule that is broken. */
export const ggufProblem = {
  endsEarly: (what: string, needed: bigint | number, left: bigint | number) =>
    l10n.t('{0} needs {1} bytes, but only {2} are left in the file', what, String(needed), String(left)),
  version: (found: number) => l10n.t('it is written in GGUF version {0}; versions 2 and 3 can be read', String(found)),
  bigEndian: () => l10n.t('it was written for big-endian machines; only little-endian files can be read'),
  countTooLarge: (what: string, found: bigint, limit: bigint | number) =>
    l10n.t('it claims {0} {1}, more than the {2} that can be', String(found), what, String(limit)),
  lengthTooLarge: (what: string, found: bigint, limit: number) =>
    l10n.t('{0} claims {1} bytes, more than the {2} that can be', shown(what), String(found), String(limit)),
  headerTooLarge: (limit: number) => l10n.t('its header is larger than {0} bytes', String(limit)),
  nameInvalid: (what: string, name: string) =>
    l10n.t('{0} “{1}” is empty or holds characters that no name has', what, shown(name)),
  notUtf8: (what: string) => l10n.t('{0} is not valid UTF-8', shown(what)),
  duplicate: (what: string, name: string) => l10n.t('{0} “{1}” is there twice', what, shown(name)),
  valueType: (key: string, found: number) =>
    l10n.t('the value of “{0}” has the unknown type {1}', shown(key), String(found)),
  boolean: (key: string, found: number) =>
    l10n.t('“{0}” should be true or false, but holds {1}', shown(key), String(found)),
  alignment: (found: string) =>
    l10n.t('its alignment is {0}; it must be a 32-bit power of two, at most 1 MiB', shown(found)),
  nDimensions: (tensor: string, found: number) =>
    l10n.t('tensor “{0}” has {1} dimensions; 1 to 4 can be', shown(tensor), String(found)),
  dimension: (tensor: string, found: bigint) =>
    l10n.t('tensor “{0}” has a dimension of {1}', shown(tensor), String(found)),
  tooManyValues: (tensor: string) => l10n.t('tensor “{0}” claims more values than can be counted', shown(tensor)),
  tensorType: (tensor: string, found: number) =>
    l10n.t('tensor “{0}” has the unknown element type {1}', shown(tensor), String(found)),
  blocks: (tensor: string, columns: bigint, type: string, block: number) =>
    l10n.t(
      'tensor “{0}” has rows of {1} values, which {2} cannot hold in blocks of {3}',
      shown(tensor),
      String(columns),
      type,
      String(block),
    ),
  offset: (tensor: string, found: bigint, expected: bigint) =>
    l10n.t(
      'tensor “{0}” should begin at {1} but claims {2}, so tensors overlap or leave a gap',
      shown(tensor),
      String(expected),
      String(found),
    ),
  tensorBeyondEnd: (tensor: string, end: bigint, size: number) =>
    l10n.t(
      'tensor “{0}” should end at byte {1}, but the file has {2}; it was probably cut off while being copied',
      shown(tensor),
      String(end),
      String(size),
    ),
};

/** A GGUF file that breaks a rule of its format. `problem` is one of `ggufProblem`. */
export function ggufBroken(facts: { file: string; problem: string }): ModelError {
  return new ModelError(
    'gguf-broken',
    l10n.t(
      'Cannot use {0}: {1}. The file is damaged or was not made by a known tool; get it again or choose another one.',
      shown(facts.file),
      facts.problem,
    ),
    { facts },
  );
}

/** A file that is not a GGUF file at all. `kind` says what its first bytes look like. */
export function notGguf(facts: { file: string; kind: ForeignKind }): ModelError {
  return new ModelError('gguf-foreign', l10n.t('Cannot use {0}: {1}', shown(facts.file), foreign[facts.kind]()), {
    facts,
  });
}

const convert = () =>
  l10n.t(
    'Convert the model with convert_hf_to_gguf.py of llama.cpp where you trust it, or download a GGUF file of it.',
  );

const foreign = {
  'pytorch-zip': () =>
    l10n.t(
      'it is a ZIP archive, as PyTorch checkpoints are. Those can run code when they are opened, so Touchstone never opens them. {0}',
      convert(),
    ),
  pickle: () =>
    l10n.t(
      'it is a Python pickle. Those can run code when they are opened, so Touchstone never opens them. {0}',
      convert(),
    ),
  'seven-zip': () => l10n.t('it is a 7z archive. Unpack it yourself if you trust it. {0}', convert()),
  hdf5: () => l10n.t('it is an HDF5 file (Keras). {0}', convert()),
  numpy: () => l10n.t('it is a NumPy array. {0}', convert()),
  safetensors: () => l10n.t('it is a safetensors file, which holds no tokenizer. {0}', convert()),
  'git-lfs': () =>
    l10n.t('it is a Git LFS pointer, not the model itself. Run “git lfs pull” in its repository to get the file.'),
  web: () => l10n.t('it is a web page, probably an error message that was saved as a model. Download the file again.'),
  empty: () => l10n.t('the file is empty. Download it again.'),
  folder: () => l10n.t('it is a folder. Choose the .gguf file in it.'),
  'not-regular': () => l10n.t('it is not an ordinary file. Choose a .gguf file.'),
  'old-ggml': () => l10n.t('it is in the format that came before GGUF. Download a GGUF file of this model.'),
  unknown: () => l10n.t('it is not a GGUF file. Choose a file that ends in .gguf, e.g. from the Hugging Face hub.'),
} as const;

export type ForeignKind = keyof typeof foreign;

/** The model comes in several files of which this is one. */
export function ggufSplit(facts: { file: string; nParts: number }): ModelError {
  return new ModelError(
    'gguf-split',
    l10n.t(
      'Cannot use {0}: it is one of {1} parts. Join them with “llama-gguf-split --merge” of llama.cpp and choose the result.',
      shown(facts.file),
      String(facts.nParts),
    ),
    { facts },
  );
}

export function parameterFileUnreadable(facts: { file: string }, cause: unknown): ModelError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ModelError(
    'parameter-file-unreadable',
    l10n.t(
      'Cannot read {0}: {1}. Check that the file is there and that you may read it.',
      shown(facts.file),
      shown(reason),
    ),
    { facts, cause },
  );
}

/** The file became shorter after it was opened. */
export function parameterFileChanged(facts: { file: string }): ModelError {
  return new ModelError(
    'parameter-file-changed',
    l10n.t(
      'Cannot use {0}: it changed while it was being read. Wait until nothing writes to it and try again.',
      shown(facts.file),
    ),
    { facts },
  );
}

export function tensorMissing(facts: { file: string; tensor: string }): ModelError {
  return new ModelError(
    'tensor-missing',
    l10n.t(
      'Cannot use {0}: tensor “{1}” is missing. Choose another file of this model.',
      shown(facts.file),
      shown(facts.tensor),
    ),
    { facts },
  );
}

/** A tensor in an element type that we cannot decode. */
export function tensorTypeUnsupported(facts: {
  file: string;
  tensor: string;
  found: string;
  supported: readonly string[];
}): ModelError {
  return new ModelError(
    'tensor-type-unsupported',
    l10n.t(
      'Cannot use {0}: tensor “{1}” has type {2}. Touchstone reads {3}. Choose another quantization of this model.',
      shown(facts.file),
      shown(facts.tensor),
      facts.found,
      facts.supported.join(', '),
    ),
    { facts },
  );
}

// 2. What the metadata says

export function metadataMissing(facts: { file: string; key: string }): ModelError {
  return new ModelError(
    'metadata-missing',
    l10n.t(
      'Cannot use {0}: its “{1}” is missing. Choose another file of this model.',
      shown(facts.file),
      shown(facts.key),
    ),
    { facts },
  );
}

/** `expected` reads after "should be", e.g. `a whole number from 1 to 1024`. */
export function metadataInvalid(facts: { file: string; key: string; found: string; expected: string }): ModelError {
  return new ModelError(
    'metadata-invalid',
    l10n.t(
      'Cannot use {0}: its “{1}” is {2}, but should be {3}. Choose another file of this model.',
      shown(facts.file),
      shown(facts.key),
      shown(facts.found),
      facts.expected,
    ),
    { facts },
  );
}

// 3. Tokenizer and chat template

export function tokenizerUnsupported(facts: { file: string; found: string; supported: readonly string[] }): ModelError {
  return new ModelError(
    'tokenizer-unsupported',
    l10n.t(
      'Cannot use {0}: its tokenizer is of the kind {1}. Touchstone has {2}. Choose another model.',
      shown(facts.file),
      shown(facts.found),
      facts.supported.join(', '),
    ),
    { facts },
  );
}

export function chatTemplateMissing(facts: { file: string }): ModelError {
  return new ModelError(
    'chat-template-missing',
    l10n.t(
      'Cannot use {0}: it has no chat template, so it was probably never taught to answer. Choose an “instruct” or “chat” model.',
      shown(facts.file),
    ),
    { facts },
  );
}

export function chatTemplateFailed(facts: { file: string; reason: string }, cause: unknown): ModelError {
  return new ModelError(
    'chat-template-failed',
    l10n.t(
      'The chat template of {0} failed: {1}. Change the prompt if it is about its turns, otherwise choose another model.',
      shown(facts.file),
      shown(facts.reason),
    ),
    { facts, cause },
  );
}

/** A prompt that would forge a turn, with a template that edits what the messages hold. */
export function controlTokenInContent(facts: { token: string }): InputError {
  return new InputError(
    'control-token-in-content',
    l10n.t(
      'This prompt holds “{0}”, a control token of the model, and the chat template of this model does not keep it apart. Remove it from the prompt or choose another model.',
      shown(facts.token),
    ),
    { facts },
  );
}

export function textTooLong(facts: { length: number; limit: number }): InputError {
  return new InputError(
    'text-too-long',
    l10n.t(
      'This text has {0} characters; at most {1} can be read by a model. Shorten it.',
      String(facts.length),
      String(facts.limit),
    ),
    { facts },
  );
}

// 4. Getting a model

/** Why an address did not give the file; each is one source's reason in `modelSourcesFailed`. */
export const downloadRefused = {
  fileName: (facts: { name: string; problem: string }) =>
    new ModelError(
      'download-file-name',
      l10n.t('the file name {0} cannot be used: {1}', shown(facts.name), facts.problem),
      {
        facts,
      },
    ),
  unreachable: (facts: { host: string; reason: string }, cause: unknown) =>
    new ModelError('download-unreachable', l10n.t('{0} cannot be reached: {1}', facts.host, shown(facts.reason)), {
      facts,
      cause,
    }),
  redirect: (facts: { from: string; to: string }) =>
    new ModelError(
      'download-redirect',
      l10n.t('{0} sends on to {1}, which is not a secure address', facts.from, shown(facts.to)),
      { facts },
    ),
  status: (facts: { status: number }) =>
    new ModelError('download-status', l10n.t('the server answered with status {0}', String(facts.status)), { facts }),
  encoding: (facts: { encoding: string }) =>
    new ModelError(
      'download-encoding',
      l10n.t('the server packed the file ({0}) though it was asked not to', shown(facts.encoding)),
      {
        facts,
      },
    ),
  length: (facts: { expected: number; found: number }) =>
    new ModelError(
      'download-length',
      l10n.t('{0} bytes were expected, but there are {1}', String(facts.expected), String(facts.found)),
      { facts },
    ),
  hash: (facts: { expected: string; found: string }) =>
    new ModelError(
      'download-hash',
      l10n.t('the file has another content: SHA-256 {0} in place of {1}', facts.found, facts.expected),
      { facts },
    ),
  cut: (facts: { reason: string }, cause: unknown) =>
    new ModelError('download-cut', l10n.t('the connection broke off again and again: {0}', shown(facts.reason)), {
      facts,
      cause,
    }),
  program: (facts: { program: string; reason: string }, cause?: unknown) =>
    new ModelError('download-program', l10n.t('{0} failed: {1}', facts.program, shown(facts.reason)), { facts, cause }),
  archive: (facts: { reason: string }) =>
    new ModelError('download-archive', l10n.t('the package does not hold the model: {0}', shown(facts.reason)), {
      facts,
    }),
};

export function diskSpaceMissing(facts: { folder: string; neededBytes: number; freeBytes: number }): ModelError {
  const mebibytes = (bytes: number) => String(Math.ceil(bytes / 1024 / 1024));
  return new ModelError(
    'disk-space-missing',
    l10n.t(
      'There is not enough space in {0}: {1} MiB are needed, {2} MiB are free. Free some, or set TOUCHSTONE_CACHE to a folder on another disk.',
      shown(facts.folder),
      mebibytes(facts.neededBytes),
      mebibytes(facts.freeBytes),
    ),
    { facts },
  );
}

/** Every source of a catalogue entry was tried. */
export function modelSourcesFailed(facts: {
  name: string;
  file: string;
  attempts: readonly { source: string; reason: string }[];
}): ModelError {
  const attempts = facts.attempts.map(({ source, reason }) => `\n- ${source}: ${reason}`).join('');
  return new ModelError(
    'model-sources-failed',
    l10n.t(
      'Cannot get {0}. Tried:{1}\nCheck the network, or download {2} on another machine and add it by its path.',
      facts.name,
      attempts,
      facts.file,
    ),
    { facts },
  );
}

export function modelNotFound(facts: {
  name: string | undefined;
  installed: readonly string[];
  offered: readonly string[];
}): ModelError {
  const list = (names: readonly string[]) => (names.length === 0 ? l10n.t('none') : names.map(shown).join(', '));
  const message =
    facts.name === undefined
      ? l10n.t(
          'There is no model on this machine. Add one with “touchstone models add {0}”.',
          facts.offered[0] ?? 'FILE.gguf',
        )
      : l10n.t(
          'There is no model {0}. On this machine: {1}. To be had with “touchstone models add”: {2}, or a .gguf file.',
          shown(facts.name),
          list(facts.installed),
          list(facts.offered),
        );
  return new ModelError('model-not-found', message, { facts });
}

/** What was given to add is no catalogue entry and does not look like a file. */
export function modelSourceUnknown(facts: { source: string; offered: readonly string[] }): ModelError {
  return new ModelError(
    'model-source-unknown',
    l10n.t(
      'There is no model {0} to add. Give one of {1}, or the path of a .gguf file.',
      shown(facts.source),
      facts.offered.join(', '),
    ),
    { facts },
  );
}
