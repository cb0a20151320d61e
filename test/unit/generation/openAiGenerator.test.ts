import { describe, expect, test } from 'vitest';
import { defaultSampling, ServerError } from '../../../src/core/index.js';
import { guardedFetch, type ReplyLimits, replyLimits } from '../../../src/generation/guardedFetch.js';
import {
  type GenerationEvent,
  listServerModels,
  openAiGenerator,
  type OpenAiGeneratorOptions,
} from '../../../src/generation/index.js';
import { redact } from '../../../src/generation/redact.js';
import { checkAddresses, serverBaseUrl } from '../../../src/generation/serverAddress.js';
import { candidateIds, collected } from './collected.js';
import { type Answer, beginStream, delta, endStream, modelServer, refuse, sendEvent, stream } from './modelServer.js';

const never = new AbortController().signal;
const key = 'sk-canary-0123456789';

interface Asked extends Partial<OpenAiGeneratorOptions> {
  readonly n?: number;
  readonly beginning?: readonly string[];
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: GenerationEvent, generator: ReturnType<typeof openAiGenerator>) => void;
}

/** What came of each candidate: `text [reason]` or `text error: code`. */
async function ask(baseUrl: string, { n = 1, beginning, signal = never, onEvent, ...options }: Asked = {}) {
  const generator = openAiGenerator({ baseUrl, model: 'm', retryBaseMs: 1, ...options });
  const request = {
    messages: [{ role: 'user' as const, content: 'Why?' }],
    ...(beginning === undefined ? {} : { beginning }),
    candidateIds: candidateIds(n),
    sampling: { ...defaultSampling, seed: 7 },
  };
  return collected(generator, request, signal, (event) => onEvent?.(event, generator));
}

describe('answers of a server', () => {
  test('are streamed, one request a candidate, each with a seed of its own', async () => {
    const server = await modelServer(stream('Air ', 'scatters ', 'blue.'));
    const { texts, events } = await ask(server.baseUrl, { n: 3, apiKey: key });
    expect(texts).toEqual(Array(3).fill('Air scatters blue. [stop]'));
    expect(events.filter((event) => event.type === 'text-delta')).toHaveLength(9);
    expect(server.seen.map(({ body }) => body['seed']).sort()).toEqual([7, 8, 9]);
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { authorization: `Bearer ${key}` },
      body: {
        model: 'm',
        messages: [{ role: 'user', content: 'Why?' }],
        temperature: 0.8,
        top_p: 0.95,
        min_p: 0.05,
        max_tokens: 256,
        logprobs: true,
        top_logprobs: 5,
        stream: true,
      },
    });
  });

  test('carry the log-probabilities that the server gives', async () => {
    const server = await modelServer((_request, response) => {
      beginStream(response);
      const top_logprobs = [
        { token: 'Air', logprob: -0.1 },
        { token: 'The', logprob: -2.5 },
      ];
      sendEvent(response, delta('Air', { logprobs: { content: [{ token: 'Air', logprob: -0.1, top_logprobs }] } }));
      sendEvent(response, delta('.', { logprobs: { content: 'nonsense' } }));
      endStream(response, 'length');
    });
    const { texts, events } = await ask(server.baseUrl);
    expect(texts).toEqual(['Air. [length]']);
    expect(events[1]).toMatchObject({
      logprobs: [
        {
          token: 'Air',
          logprob: -0.1,
          top: [
            ['Air', -0.1],
            ['The', -2.5],
          ],
        },
      ],
    });
    expect(events[2]).toMatchObject({ logprobs: [] });
  });

  test('come from a server that refuses what not every server knows', async () => {
    const server = await modelServer((request, response) => {
      if ('logprobs' in request.body) return refuse(response, 400, 'logprobs are not supported');
      if ('max_tokens' in request.body) return refuse(response, 400, 'use max_completion_tokens instead');
      return stream('Yes.')(request, response);
    });
    expect((await ask(server.baseUrl)).texts).toEqual(['Yes. [stop]']);
    expect(server.seen).toHaveLength(3);
  });

  test('without a key no Authorization is sent, whatever the environment holds', async () => {
    process.env['OPENAI_API_KEY'] = key;
    process.env['OPENAI_ORG_ID'] = 'org-canary';
    const server = await modelServer(stream('Yes.'));
    await ask(server.baseUrl);
    delete process.env['OPENAI_API_KEY'];
    delete process.env['OPENAI_ORG_ID'];
    expect(JSON.stringify(server.seen[0]?.headers)).not.toMatch(/canary|authorization/i);
  });

  test('a character that is cut in two arrives whole', async () => {
    const server = await modelServer(stream('a\ud83d', '\ude00b'));
    const { texts, events } = await ask(server.baseUrl);
    expect(texts).toEqual(['a😀b [stop]']);
    expect(events.every((event) => event.type !== 'text-delta' || !/[\ud800-\udbff]$/.test(event.text))).toBe(true);
  });

  test('no more requests at a time than allowed', async () => {
    let nOpen = 0;
    let most = 0;
    const server = await modelServer(async (request, response) => {
      most = Math.max(most, (nOpen += 1));
      await new Promise((resolve) => setTimeout(resolve, 10));
      nOpen -= 1;
      await stream('Yes.')(request, response);
    });
    expect((await ask(server.baseUrl, { n: 6, maxConcurrent: 2 })).texts).toHaveLength(6);
    expect(most).toBe(2);
  });

  test('the list of models', async () => {
    const server = await modelServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ object: 'list', data: [{ id: 'qwen' }, { id: 'llama' }] }));
    });
    expect(await listServerModels({ baseUrl: server.origin }, never)).toEqual(['qwen', 'llama']);
    expect(server.seen[0]?.path).toBe('/v1/models');
  });
});

describe('a server in trouble', () => {
  test('is asked again after 429, when it says so', async () => {
    let n = 0;
    const server = await modelServer((request, response) =>
      (n += 1) < 3 ? refuse(response, 429, 'slow down', { 'retry-after': '0' }) : stream('Yes.')(request, response),
    );
    expect((await ask(server.baseUrl)).texts).toEqual(['Yes. [stop]']);
    expect(server.seen).toHaveLength(3);
  });

  test('is asked six times and no more', async () => {
    const server = await modelServer((_request, response) => refuse(response, 503, 'loading'));
    const { texts, errors } = await ask(server.baseUrl);
    expect(texts).toEqual(['error: server-refused']);
    expect(errors[0]).toMatch(/503.*tried 6 times/);
    expect(server.seen).toHaveLength(6);
  });

  test('that asks for too much patience is not waited for', async () => {
    const server = await modelServer((_request, response) => refuse(response, 429, 'later', { 'retry-after': '3600' }));
    expect((await ask(server.baseUrl)).texts).toEqual(['error: server-refused']);
    expect(server.seen).toHaveLength(1);
  });

  test('that repeats the key in its error does not get it into ours', async () => {
    const server = await modelServer((_request, response) =>
      refuse(response, 401, `bad key ${key} or hf_abcdefgh12345`),
    );
    const { errors } = await ask(server.baseUrl, { apiKey: key });
    expect(errors[0]).toMatch(/refused the key/);
    expect(errors[0]).not.toMatch(/canary|hf_/);
  });

  const broken: [title: string, answer: Answer, expected: string, nRequests: number][] = [
    [
      'that breaks off is not asked again after a token came',
      (_r, response) => {
        beginStream(response);
        sendEvent(response, delta('Air '));
        setTimeout(() => response.destroy(), 20);
      },
      'Air  error: server-stream-broken',
      1,
    ],
    [
      'that ends without an end is told',
      (_r, response) => {
        beginStream(response);
        sendEvent(response, delta('Air '));
        response.end();
      },
      'Air  error: server-stream-broken',
      1,
    ],
    [
      'that sends garbage is told',
      (_r, response) => {
        beginStream(response);
        response.end('data: {"choices": oops}\n\n');
      },
      'error: server-reply-garbled',
      1,
    ],
    [
      'that sends a web page is told',
      (_r, response) => {
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end('<h1>Hello</h1>');
      },
      'error: server-stream-broken',
      1,
    ],
    ['that says nothing is told', stream(), 'error: server-answer-empty', 1],
    [
      'that filters says so',
      (_r, response) => {
        beginStream(response);
        endStream(response, 'content_filter');
      },
      '[filter]',
      1,
    ],
    [
      'that does not know the model is told',
      (_r, response) => refuse(response, 404, 'no such model'),
      'error: server-refused',
      1,
    ],
  ];
  test.each(broken)('%s', async (_title, answer, expected, nRequests) => {
    const server = await modelServer(answer);
    expect((await ask(server.baseUrl)).texts.map((text) => text.trim())).toEqual([expected]);
    expect(server.seen).toHaveLength(nRequests);
  });

  test('that is not there is told at once', async () => {
    const { errors } = await ask('http://127.0.0.1:1/v1');
    expect(errors[0]).toMatch(/Cannot reach http:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\)/);
  });

  const endless =
    (data: string): Answer =>
    (_request, response) => {
      beginStream(response);
      const more = (): void => {
        if (!response.destroyed) response.write(data, () => setImmediate(more));
      };
      more();
    };
  const small = { ...replyLimits, maxReplyBytes: 300_000, maxEventBytes: 50_000 };
  const impatient = { ...replyLimits, gapMs: 60 };
  const bounded: [title: string, answer: Answer, limits: ReplyLimits, code: string][] = [
    [
      'that never ends is stopped',
      endless(`data: ${JSON.stringify(delta('x'.repeat(1000)))}\n\n`),
      small,
      'server-reply-too-large',
    ],
    ['whose event never ends is stopped', endless('x'.repeat(1000)), small, 'server-reply-too-large'],
    [
      'that falls silent is stopped',
      (_r, response) => {
        beginStream(response);
        sendEvent(response, delta('Air'));
      },
      impatient,
      'server-silent',
    ],
  ];
  test.each(bounded)('%s, and the connection closed', async (_title, answer, limits, code) => {
    const server = await modelServer(answer);
    const { texts } = await ask(server.baseUrl, { fetch: guardedFetch(limits) });
    expect(texts[0]).toMatch(new RegExp(`error: ${code}$`));
    await expect.poll(server.nOpen).toBe(0);
  });

  test('that never begins is asked six times, then given up', async () => {
    const server = await modelServer(() => undefined);
    const impatientFetch = guardedFetch({ ...replyLimits, firstByteMs: 20 });
    let nTries = 0;
    const { texts } = await ask(server.baseUrl, {
      fetch: (input, init) => {
        nTries += 1;
        return impatientFetch(input, init);
      },
    });
    expect(texts).toEqual(['error: server-silent']);
    expect(nTries).toBe(6);
  });
});

describe('stopping', () => {
  const slow: Answer = (_request, response) => {
    beginStream(response);
    sendEvent(response, delta('Air '));
  };

  test('the whole request: the signal’s reason is thrown and all connections are closed', async () => {
    const server = await modelServer(slow);
    const stopping = new AbortController();
    const asking = ask(server.baseUrl, {
      n: 3,
      signal: stopping.signal,
      onEvent: (event) => event.type === 'text-delta' && stopping.abort(new Error('stopped')),
    });
    await expect(asking).rejects.toThrow('stopped');
    await expect.poll(server.nOpen).toBe(0);
  });

  test('one candidate: it ends as cut with what it has, the others go on', async () => {
    const server = await modelServer((request, response) =>
      request.body['seed'] === 7 ? slow(request, response) : stream('Yes.')(request, response),
    );
    const { texts } = await ask(server.baseUrl, {
      n: 2,
      onEvent: (event, generator) =>
        event.type === 'text-delta' && event.candidateId === 'c0' && generator.cut?.(event.candidateId),
    });
    expect(texts).toEqual(['Air  [cut]', 'Yes. [stop]']);
  });

  test('leaving the loop stops the work', async () => {
    const server = await modelServer(slow);
    const generator = openAiGenerator({ baseUrl: server.baseUrl, model: 'm' });
    for await (const event of generator.generate(
      { messages: [{ role: 'user', content: 'Why?' }], candidateIds: candidateIds(2), sampling: defaultSampling },
      never,
    ))
      if (event.type === 'text-delta') break;
    await expect.poll(server.nOpen).toBe(0);
  });
});

describe('where prompts and keys go', () => {
  test('nowhere else: a redirect to another origin is refused by name', async () => {
    const other = await modelServer(stream('stolen'));
    const server = await modelServer((_request, response) => {
      response.writeHead(307, { location: `${other.baseUrl}/chat/completions` });
      response.end();
    });
    const { texts, errors } = await ask(server.baseUrl, { apiKey: key });
    expect(texts).toEqual(['error: server-redirected']);
    expect(errors[0]).toContain(other.origin);
    expect(other.seen).toEqual([]);
  });

  test('a redirect within the origin is followed three times', async () => {
    const server = await modelServer((request, response) => {
      const n = Number(request.path.match(/\d+$/)?.[0] ?? 0);
      if (n === 3) return stream('Yes.')(request, response);
      response.writeHead(307, { location: `/hop/${n + 1}` });
      return void response.end();
    });
    expect((await ask(server.baseUrl)).texts).toEqual(['Yes. [stop]']);
    const circle = await modelServer((request, response) => {
      response.writeHead(307, { location: request.path });
      response.end();
    });
    expect((await ask(circle.baseUrl)).texts).toEqual(['error: server-redirected']);
    expect(circle.seen).toHaveLength(4);
  });

  const code = (check: () => unknown): string => {
    try {
      check();
      return 'ok';
    } catch (error) {
      return error instanceof ServerError ? error.code : 'another error';
    }
  };
  const addresses: [address: string, expected: string][] = [
    ['http://localhost:8000/v1', 'ok'],
    ['https://api.example.com', 'ok'],
    ['ftp://x', 'server-address-invalid'],
    ['localhost:8000', 'server-address-invalid'],
    ['http://user:pass@host/v1', 'server-address-invalid'],
    ['http://metadata.google.internal/', 'server-address-blocked'],
  ];
  test.each(addresses)('the address %s: %s', (address, expected) =>
    expect(code(() => serverBaseUrl(address))).toBe(expected),
  );

  const reached: [url: string, address: string, expected: string][] = [
    ['http://a', '127.0.0.1', 'ok'],
    ['http://a', '::1', 'ok'],
    ['http://a', '192.168.1.4', 'ok'],
    ['http://a', '100.64.0.9', 'ok'],
    ['http://a', '93.184.216.34', 'server-needs-https'],
    ['https://a', '93.184.216.34', 'ok'],
    ['https://a', '169.254.169.254', 'server-address-blocked'],
    ['https://a', '::ffff:169.254.169.254', 'server-address-blocked'],
    ['https://a', 'fe80::1', 'server-address-blocked'],
    ['http://a', '::ffff:10.0.0.1', 'ok'],
    ['http://a', '2606:2800:220:1::1', 'server-needs-https'],
  ];
  test.each(reached)('%s that leads to %s: %s', (url, address, expected) =>
    expect(code(() => checkAddresses(new URL(url), [address]))).toBe(expected),
  );

  test('an address is checked before anything is sent, a literal one too', async () => {
    const { texts } = await ask('http://169.254.169.254/v1');
    expect(texts).toEqual(['error: server-address-blocked']);
    expect((await ask('http://[::ffff:a9fe:a9fe]/v1')).texts).toEqual(['error: server-address-blocked']);
  });

  test('a name is looked up and checked too', async () => {
    const server = await modelServer(stream('Yes.'));
    expect((await ask(server.baseUrl.replace('127.0.0.1', 'localhost'))).texts).toEqual(['Yes. [stop]']);
  });

  test('keys are taken out of every text', () => {
    expect(redact(`x ${key} Bearer abc.def hf_0123456789 sk-proj-abcdefghij \x1b[31mred`, [key])).toBe(
      'x [key] Bearer [key] [key] [key] red',
    );
  });
});

describe('the beginning of an answer', () => {
  const begin = ['In', ' the beginning', ' was'];
  /** A server that names its owner, and answers with these pieces. */
  const owned = (owner: string, ...pieces: string[]) =>
    modelServer((request, response) => {
      if (request.method === 'POST') return stream(...pieces)(request, response);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ object: 'list', data: [{ id: 'm', object: 'model', created: 1, owned_by: owner }] }),
      );
    });

  test.each(['vllm', 'sglang', 'llamacpp', 'library'])('is gone on from by a server of %s', async (owner) => {
    const server = await owned(owner, ' light', '.');
    const { texts } = await ask(server.baseUrl, { beginning: begin });
    expect(texts).toEqual(['In the beginning was light. [stop]']);
    const asked = server.seen.find(({ method }) => method === 'POST');
    expect(asked?.body).toMatchObject({
      messages: [
        { role: 'user', content: 'Why?' },
        { role: 'assistant', content: 'In the beginning was' },
      ],
      continue_final_message: true,
      add_generation_prompt: false,
      max_tokens: defaultSampling.maxTokens - 3,
    });
  });

  test.each([
    ['whole', ['In the beginning was', ' light.']],
    ['in pieces', ['In the ', 'beginning', ' was light.']],
  ])('that a server gives back %s is there once', async (_how, pieces) => {
    const server = await owned('llamacpp', ...pieces);
    expect((await ask(server.baseUrl, { beginning: begin })).texts).toEqual(['In the beginning was light. [stop]']);
  });

  test.each([
    ['begins alike', ['In the', ' middle.'], 'In the beginning wasIn the middle. [stop]'],
    ['is no more', ['In the'], 'In the beginning wasIn the [stop]'],
  ])('is kept whole where what follows %s', async (_how, pieces, text) => {
    const server = await owned('llamacpp', ...pieces);
    expect((await ask(server.baseUrl, { beginning: begin })).texts).toEqual([text]);
  });

  test('is refused where nobody says that it would be gone on from, and no answer is asked for', async () => {
    const server = await owned('openai', 'A new answer.');
    const { texts, errors } = await ask(server.baseUrl, { beginning: begin });
    expect(texts).toEqual(['error: server-cannot-go-on']);
    expect(errors[0]).toContain(server.origin);
    expect(server.seen.every(({ method }) => method === 'GET')).toBe(true);
    const generator = openAiGenerator({ baseUrl: server.baseUrl, model: 'm' });
    await expect(generator.checkBeginning?.(never)).rejects.toThrow('does not say that it can go on');
  });
});
