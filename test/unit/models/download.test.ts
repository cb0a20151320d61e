import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { downloadFile, type DownloadRequest } from '../../../src/models/download.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const content = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 31) % 251));
const expected = { sizeBytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };

let folder: string;
let server: Server;
let answers: Answer[];
let requests: IncomingMessage[];
let url: string;
let receivedBytes: number;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'download-'));
  [answers, requests, receivedBytes] = [[], [], 0];
  server = createServer((request, response) => {
    requests.push(request);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.gguf`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

const whole: Answer = (_, response) =>
  response.writeHead(200, { etag: '"v1"', 'content-length': content.length }).end(content);

/** Ranges with If-Range, as the hub's storage gives them. */
const resumable: Answer = (request, response) => {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (start === 0 || request.headers['if-range'] !== '"v1"') return whole(request, response);
  response.writeHead(206, {
    etag: '"v1"',
    'content-range': `bytes ${start}-${content.length - 1}/${content.length}`,
    'content-length': content.length - start,
  });
  response.end(content.subarray(start));
};

/** Cuts the connection once the client has that many bytes on its disk. */
const cutAfter =
  (length: number, bytes = content, etag = '"v1"'): Answer =>
  (_, response) => {
    response.writeHead(200, { etag, 'content-length': content.length });
    response.write(bytes.subarray(0, length));
    const timer = setInterval(() => {
      if (receivedBytes < length) return;
      clearInterval(timer);
      response.destroy();
    }, 2);
  };

const download = (more: Partial<DownloadRequest> = {}) =>
  downloadFile({
    ...{ url, folder, name: 'model.gguf', expected, signal: new AbortController().signal, retryMs: 5 },
    onProgress: (_, doneBytes) => (receivedBytes = doneBytes),
    ...more,
  });

async function expectWhole(): Promise<void> {
  expect((await readFile(path.join(folder, 'model.gguf'))).equals(content)).toBe(true);
  expect(await readdir(folder)).toEqual(['model.gguf']);
}

describe('a download', () => {
  test('arrives whole, tells its progress and leaves nothing beside it', async () => {
    answers = [whole];
    const progress: string[] = [];
    await download({ onProgress: (phase, doneBytes) => progress.push(`${phase} ${doneBytes}`) });
    await expectWhole();
    expect(progress).toContain('download 100000');
    expect(progress.at(-1)).toBe('check 100000');
    expect(requests[0]?.headers).toMatchObject({ 'accept-encoding': 'identity' });
  });

  test('goes on where a cut connection left it', async () => {
    answers = [cutAfter(40_000), resumable];
    await download();
    await expectWhole();
    expect(requests[1]?.headers).toMatchObject({ range: 'bytes=40000-', 'if-range': '"v1"' });
  });

  test('goes on in a later session', async () => {
    answers = [cutAfter(40_000), (_, response) => response.writeHead(503).end()];
    await expect(download()).rejects.toMatchObject({ code: 'download-status' });
    answers = [resumable];
    await download();
    await expectWhole();
    expect(requests.at(-1)?.headers.range).toBe('bytes=40000-');
  });

  test('begins anew when the file has changed on the server', async () => {
    answers = [cutAfter(40_000, Buffer.alloc(100_000), '"v0"'), resumable];
    await download();
    await expectWhole();
  });

  test('begins anew when a server joins two versions without a word', async () => {
    answers = [cutAfter(40_000, Buffer.alloc(100_000)), resumable, whole];
    await download();
    await expectWhole();
    expect(requests).toHaveLength(3);
  });

  test('counts a server that falls silent as cut', async () => {
    const silent: Answer = (_, response) => {
      response.writeHead(200, { etag: '"v1"', 'content-length': content.length });
      response.write(content.subarray(0, 10_000));
    };
    answers = [silent, resumable];
    await download({ stallMs: 150 });
    await expectWhole();
  });

  test('stops at once when it is cancelled, and keeps what has come', async () => {
    const controller = new AbortController();
    answers = [(_, response) => void response.writeHead(200, { etag: '"v1"' }).write(content.subarray(0, 10_000))];
    const onProgress = () => controller.abort(new Error('cancelled'));
    await expect(download({ signal: controller.signal, onProgress })).rejects.toThrow('cancelled');
    expect(await readdir(folder)).toContain('model.gguf.part');
  });

  test('follows its server to another secure one, and tells it nothing', async () => {
    answers = [(_, response) => response.writeHead(302, { location: 'https://cdn.test/blob?sig=1' }).end(), whole];
    const asked: string[] = [];
    // There is no certificate here: the secure address is answered by the same local server.
    await download({
      fetch: (input, init) => {
        asked.push(String(input));
        return fetch(String(input).startsWith('https:') ? url : String(input), init);
      },
    });
    expect(asked).toEqual([url, 'https://cdn.test/blob?sig=1']);
    expect(requests[1]?.headers.referer).toBeUndefined();
    await expectWhole();
  });

  test('shares a folder with another one of the same file', async () => {
    answers = [whole];
    await Promise.all([download(), download(), download()]);
    await expectWhole();
  });

  test('takes over from a process that has died', async () => {
    await writeFile(path.join(folder, 'model.gguf.lock'), '999999999');
    await writeFile(path.join(folder, 'model.gguf.part'), content.subarray(0, 70_000));
    await writeFile(path.join(folder, 'model.gguf.part.etag'), '"v1"');
    answers = [resumable];
    await download();
    expect(requests[0]?.headers.range).toBe('bytes=70000-');
    await expectWhole();
  });
});

describe('a download is refused when', () => {
  const redirect =
    (location: string): Answer =>
    (_, response) =>
      response.writeHead(302, { location }).end();
  const reply =
    (headers: Record<string, string | number>, body: Buffer): Answer =>
    (_, response) =>
      response.writeHead(200, headers).end(body);

  const cases: [why: string, answer: Answer, code: string][] = [
    ['there is none', (_, response) => response.writeHead(404).end('no'), 'download-status'],
    ['it has another content', reply({}, Buffer.alloc(100_000)), 'download-hash'],
    ['its length is another', reply({ 'content-length': 5 }, Buffer.alloc(5)), 'download-length'],
    ['it goes on and on', (_, response) => response.writeHead(200).end(Buffer.alloc(200_000)), 'download-length'],
    ['it ends early every time', (_, response) => response.writeHead(200).end(), 'download-cut'],
    ['it is packed', reply({ 'content-encoding': 'gzip' }, gzipSync(content)), 'download-encoding'],
    ['it is elsewhere, in the clear', redirect('http://localhost:1/model.gguf'), 'download-redirect'],
    ['it is in a file of this machine', redirect('file:///etc/passwd'), 'download-redirect'],
    ['it sends in circles', redirect('/model.gguf'), 'download-redirect'],
    [
      'a part that nobody asked for comes',
      (_, response) => response.writeHead(206, { 'content-range': 'bytes 5-99999/100000' }).end(content.subarray(5)),
      'download-status',
    ],
  ];
  test.each(cases)('%s', async (_, answer, code) => {
    answers = [answer];
    await expect(download()).rejects.toMatchObject({ code });
    expect(await readdir(folder)).not.toContain('model.gguf');
  });

  test.each(['../x', 'a/b', 'a\\b', '..', '', 'con', '.hidden', 'x\0'])('its name is %j', async (name) => {
    await expect(download({ name })).rejects.toMatchObject({ code: 'download-file-name' });
    expect(requests).toEqual([]);
  });

  test('the disk would be full', async () => {
    const tooLarge = { ...expected, sizeBytes: Number.MAX_SAFE_INTEGER };
    await expect(download({ expected: tooLarge })).rejects.toMatchObject({ code: 'disk-space-missing' });
  });

  test('nobody answers', async () => {
    await expect(download({ url: 'http://127.0.0.1:1/model.gguf' })).rejects.toMatchObject({
      code: 'download-unreachable',
    });
  });
});
