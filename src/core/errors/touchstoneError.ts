/**
 * The base of all errors that we word ourselves, sorted by who can fix them. A message says what happened, where, and what
 * to do next. `code` is for programs, `facts` for details; a cause is kept.
 */
export class TouchstoneError extends Error {
  override readonly name: string = 'TouchstoneError';
  readonly code: string;
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: { facts?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.facts = options.facts ?? {};
  }
}

/** The user's file or arguments. */
export class InputError extends TouchstoneError {
  override readonly name = 'InputError';
}

/** A model that cannot be used: file, download, architecture. */
export class ModelError extends TouchstoneError {
  override readonly name = 'ModelError';
}

/** The model process: crash, device, memory. */
export class EngineError extends TouchstoneError {
  override readonly name = 'EngineError';
}

/** A remote generator. `isRetryable` is decided where the status is known. */
export class ServerError extends TouchstoneError {
  override readonly name = 'ServerError';
  readonly isRetryable: boolean;

  constructor(
    code: string,
    message: string,
    options: { isRetryable: boolean; facts?: Readonly<Record<string, unknown>>; cause?: unknown },
  ) {
    super(code, message, options);
    this.isRetryable = options.isRetryable;
  }
}

/** Disk and project folder. */
export class StoreError extends TouchstoneError {
  override readonly name = 'StoreError';
}

/** An error in a form that survives a process border or a message to a webview. */
export interface SerializedError {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

export function serializeError(error: unknown): SerializedError {
  if (error instanceof TouchstoneError) return { name: error.name, code: error.code, message: error.message };
  if (error instanceof Error) return { name: error.name, code: 'unknown', message: error.message };
  return { name: 'Error', code: 'unknown', message: String(error) };
}
