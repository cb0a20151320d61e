import { lookup, type LookupAddress } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import {
  ServerError,
  serverRedirected,
  serverReplyGarbled,
  serverReplyTooLarge,
  serverSilent,
  serverUnreachable,
} from '../core/index.js';
import { checkAddresses, literalAddress } from './serverAddress.js';

/** What a server may send, and how long it may be silent. A limit that is reached ends the request with a ServerError. */
export interface ReplyLimits {
  readonly maxReplyBytes: number;
  /** One event of a stream, which holds a token or two. */
  readonly maxEventBytes: number;
  /** A large model reads a long prompt for a minute before it says a word. */
  readonly firstByteMs: number;
  readonly gapMs: number;
}

export const replyLimits: ReplyLimits = {
  maxReplyBytes: 64 * 1024 * 1024,
  maxEventBytes: 1024 * 1024,
  firstByteMs: 120_000,
  gapMs: 60_000,
};

/** Redirects within one origin that are followed. */
const maxRedirects = 3;

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * `fetch` for talking to a model server. Unlike the built-in one it connects only to addresses that were checked (the name
 * is looked up once, for both), never sends anything to another origin than the one asked for (a redirect would take the
 * prompt and keys in custom headers along), and bounds size and silence of the reply. Bodies are texts.
 */
export function guardedFetch(limits: ReplyLimits = replyLimits): Fetch {
  return async (input, init = {}) => {
    const first = new URL(input instanceof Request ? input.url : input);
    let url = first;
    for (let nRedirects = 0; ; nRedirects++) {
      const { response, redirect } = await request(url, init, limits);
      if (redirect === undefined) return response;
      const target = URL.canParse(redirect, url) ? new URL(redirect, url) : undefined;
      const isFollowed = target?.origin === first.origin && response.status !== 303 && nRedirects < maxRedirects;
      if (!isFollowed || target === undefined)
        throw serverRedirected(first.origin, target === undefined ? 'nowhere' : `${target.origin}${target.pathname}`);
      url = target;
    }
  };
}

async function request(
  url: URL,
  init: RequestInit,
  limits: ReplyLimits,
): Promise<{ readonly response: Response; readonly redirect?: string }> {
  const { signal, method = 'GET', body } = init;
  signal?.throwIfAborted();
  const literal = literalAddress(url);
  if (literal !== undefined) checkAddresses(url, [literal]);

  return new Promise((resolve, reject) => {
    const client = url.protocol === 'https:' ? https : http;
    const sent = client.request(url, {
      method,
      headers: Object.fromEntries(new Headers(init.headers)),
      lookup: checkedLookup(url),
      // A connection that was kept may have been closed by the server meanwhile; a new one costs a model nothing.
      agent: false,
    });
    const fail = (error: unknown): void => {
      sent.destroy();
      reject(error instanceof ServerError || signal?.aborted === true ? error : unreachable(url, error));
    };
    const abort = (): void => fail(signal?.reason);
    const silence = setTimeout(() => fail(serverSilent(url.origin, limits.firstByteMs / 1000)), limits.firstByteMs);
    signal?.addEventListener('abort', abort, { once: true });
    sent.on('error', (error) => {
      clearTimeout(silence);
      fail(error);
    });
    sent.on('response', (reply) => {
      clearTimeout(silence);
      signal?.removeEventListener('abort', abort);
      const status = reply.statusCode ?? 0;
      const headers = new Headers();
      for (const [name, value] of Object.entries(reply.headers))
        if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
      if (status >= 300 && status < 400) {
        reply.destroy();
        resolve({ response: new Response(null, { status, headers }), redirect: headers.get('location') ?? '' });
        return;
      }
      if (status < 200 || status > 599) return fail(serverReplyGarbled(url.origin));
      const bytes = Readable.toWeb(Readable.from(boundedBody(reply, url, limits, signal ?? undefined)));
      const hasBody = status !== 204 && status !== 205;
      // Node's type of a web stream and the one of the DOM differ by name only.
      resolve({
        response: new Response(hasBody ? new ReadableStream(sourceOf(bytes.getReader())) : null, { status, headers }),
      });
    });
    sent.end(typeof body === 'string' ? body : undefined);
  });
}

const sourceOf = (reader: {
  read(): Promise<{ done: boolean; value?: unknown }>;
  cancel(): Promise<void>;
}): UnderlyingDefaultSource<Uint8Array> => ({
  async pull(controller) {
    const { done, value } = await reader.read();
    if (done) controller.close();
    else if (value instanceof Uint8Array) controller.enqueue(value);
  },
  cancel: () => reader.cancel(),
});

/** The chunks of a reply; ends in a ServerError when a limit is reached, and closes the connection in every case. */
async function* boundedBody(
  reply: http.IncomingMessage,
  url: URL,
  limits: ReplyLimits,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const abort = (): void => void reply.destroy();
  signal?.addEventListener('abort', abort, { once: true });
  const isStream = (reply.headers['content-type'] ?? '').includes('event-stream');
  let isSilent = false;
  const silent = (): void => {
    isSilent = true;
    reply.destroy();
  };
  let timer = setTimeout(silent, limits.firstByteMs);
  let nBytes = 0;
  let nEventBytes = 0;
  let isLineEmpty = false;
  try {
    for await (const chunk of reply) {
      if (!(chunk instanceof Uint8Array)) continue;
      clearTimeout(timer);
      nBytes += chunk.length;
      if (nBytes > limits.maxReplyBytes) throw serverReplyTooLarge(url.origin, limits.maxReplyBytes);
      if (isStream)
        for (const byte of chunk) {
          // An event ends with an empty line.
          if (byte === 0x0a && isLineEmpty) nEventBytes = 0;
          else nEventBytes += 1;
          if (byte !== 0x0d) isLineEmpty = byte === 0x0a;
          if (nEventBytes > limits.maxEventBytes) throw serverReplyTooLarge(url.origin, limits.maxEventBytes);
        }
      yield chunk;
      timer = setTimeout(silent, limits.gapMs);
    }
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    throw isSilent ? serverSilent(url.origin, (nBytes === 0 ? limits.firstByteMs : limits.gapMs) / 1000) : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    reply.destroy();
  }
}

/** Looks the name up, refuses what must not be reached, and hands on exactly what was checked. */
const checkedLookup =
  (url: URL): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      if (error !== null) return callback(error, []);
      try {
        checkAddresses(
          url,
          found.map(({ address }) => address),
        );
      } catch (refusal) {
        return callback(refusal instanceof Error ? refusal : new Error(String(refusal)), []);
      }
      if (options.all === true) callback(null, found);
      else callback(null, found[0]?.address ?? '', found[0]?.family);
    });
  };

/** Codes after which another try may succeed: the connection was there and broke. */
const passingCodes = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN']);

function unreachable(url: URL, error: unknown): ServerError {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  return serverUnreachable(url.origin, code, passingCodes.has(code));
}
