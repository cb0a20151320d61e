import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach } from 'vitest';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

export type Answer = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

export interface ModelServer {
  readonly baseUrl: string;
  readonly origin: string;
  readonly seen: SeenRequest[];
  /** Connections that are open now. */
  readonly nOpen: () => number;
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** A real HTTP server on a free port that answers as the test says. */
export async function modelServer(answer: Answer): Promise<ModelServer> {
  const seen: SeenRequest[] = [];
  const sockets = new Set<object>();
  const server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const parsed: unknown = text === '' ? {} : JSON.parse(text);
      const request = {
        method: message.method ?? '',
        path: message.url ?? '',
        headers: message.headers,
        body: typeof parsed === 'object' && parsed !== null ? { ...parsed } : {},
      };
      seen.push(request);
      void answer(request, response);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const origin = `http://127.0.0.1:${port}`;
  return { baseUrl: `${origin}/v1`, origin, seen, nOpen: () => sockets.size };
}

export const beginStream = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
};

export const sendEvent = (response: ServerResponse, event: unknown): void => {
  response.write(`data: ${JSON.stringify(event)}\n\n`);
};

/** One event of a chat completion as vLLM sends it. */
export const delta = (content: string | null, more: Readonly<Record<string, unknown>> = {}): unknown => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta: content === null ? {} : { content }, finish_reason: null, ...more }],
});

export const endStream = (response: ServerResponse, reason = 'stop'): void => {
  sendEvent(response, delta(null, { finish_reason: reason }));
  response.end('data: [DONE]\n\n');
};

/** The whole text, a piece at a time. */
export const stream =
  (...pieces: string[]): Answer =>
  (_request, response) => {
    beginStream(response);
    for (const piece of pieces) sendEvent(response, delta(piece));
    endStream(response);
  };

export const refuse = (response: ServerResponse, status: number, message: string, headers = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: { message } }));
};
