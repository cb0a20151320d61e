import fc from 'fast-check';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Candidate, candidateIdOf, type Prompt } from '../../../src/core/index.js';
import { promptFileReader } from '../../../src/prompts/index.js';
import { FoldedSearch } from '../../../src/store/foldedSearch.js';
import { IdTable } from '../../../src/store/idTable.js';
import { LabelingQueue } from '../../../src/labeling/labelingQueue.js';
import { beginOpening, initProject, nodeFiles, openProject, type Project } from '../../../src/store/index.js';
import { decodeLine, encodeLine } from '../../../src/store/journalLine.js';
import { readRowLine } from '../../../src/store/rowLine.js';
import { judgementOf, promptOf } from './samples.js';

let folder = '';
const opened: Project[] = [];
const inProject = (...names: string[]) => path.join(folder, ...names);

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'touchstone-large-'));
  await initProject(folder, { name: 'large' });
});
afterEach(async () => {
  await Promise.allSettled(opened.splice(0).map((project) => project.close()));
  await rm(folder, { recursive: true });
});

/** Every file counts as large. `watch` checks behind, without it everything is checked before. */
const open = async (watch: 'on' | 'off' = 'off', lazyFromBytes = 0) => {
  const project = await openProject(folder, { readPromptFile: promptFileReader(folder), watch, lazyFromBytes });
  opened.push(project);
  return project;
};
const reopen = async (project: Project, ...how: Parameters<typeof open>) => {
  await project.close();
  return open(...how);
};

const prompts = ['What is the capital of France?', 'And of Korea?', '그리고 한국은?', 'Say "hi"\n\tto \u2028 all'].map(
  promptOf,
);
const answersTo = (prompt: Prompt): Candidate[] =>
  [1, 2, 3].map((n) =>
    Candidate.parse({
      id: candidateIdOf([prompt.id, n]),
      promptId: prompt.id,
      text: `answer ${n} ü "_journal"`,
      origin: 'import',
    }),
  );
const fill = async (project: Project): Promise<Project> => {
  await project.addPrompts(prompts, { name: 'some' });
  await project.appendCandidates(prompts.flatMap(answersTo));
  return project;
};
const contentOf = (project: Project) =>
  project.promptIds.map((id) => [project.prompt(id), project.candidatesOf(id), project.nCandidatesOf(id)]);
const expected = () => prompts.map((prompt) => [prompt, answersTo(prompt), 3]);

const candidateJournal = async () => {
  const [name = ''] = (await readdir(inProject('.touchstone', 'candidates'))).filter((each) => each.endsWith('.jsonl'));
  return inProject('.touchstone', 'candidates', name);
};
const indexFiles = async () =>
  (await readdir(inProject('.touchstone', 'local', 'index'))).map((name) =>
    inProject('.touchstone', 'local', 'index', name),
  );
const flip = async (file: string, at: number) => {
  const { mtime, atime } = await stat(file);
  const bytes = await readFile(file);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  await writeFile(file, bytes);
  // As a disk does it: nobody wrote, so the time is the same.
  await utimes(file, atime, mtime);
};
const places = (project: Project) =>
  project.problems.map(({ code, file, line }) => `${code} ${path.basename(file)}:${line}`);

describe('a project that is read when it is shown', () => {
  test('is the same as one that is held in memory, checked before or behind, with an index or without', async () => {
    const project = await fill(await open());
    expect(contentOf(project)).toEqual(expected());
    let again = await reopen(project, 'on');
    expect(contentOf(again)).toEqual(expected());
    await again.checked;
    expect(contentOf(again)).toEqual(expected());
    expect(await indexFiles()).toHaveLength(2);
    for (const watch of ['on', 'off'] as const) {
      again = await reopen(again, watch);
      expect(contentOf(again)).toEqual(expected());
      expect(again.problems).toEqual([]);
    }
    again = await reopen(again, 'off', 1e9);
    expect(contentOf(again)).toEqual(expected());
  });

  test('what a process has added is in an index when it ends: the first opening after an import need not look for it', async () => {
    const project = await fill(await open());
    await project.close();
    expect(await indexFiles()).toHaveLength(2);
    expect(contentOf(await open('on'))).toEqual(expected());
  });

  test('its queue stands before any answer is read', async () => {
    const project = await fill(await open());
    const [, second] = prompts;
    if (second !== undefined) await project.appendJudgements([judgementOf('j1', second.id, { labeler: 'kim' })]);
    await project.close();
    let read = (): void => undefined;
    const held = new Promise<void>((resolve) => (read = resolve));
    const list = async (of: string) => {
      if (of.endsWith('candidates')) await held;
      return nodeFiles.list(of);
    };
    const { outline, whole } = await beginOpening(folder, {
      readPromptFile: promptFileReader(folder),
      watch: 'on',
      lazyFromBytes: 0,
      files: { ...nodeFiles, list },
    });
    expect(outline.promptIds.map((id) => outline.prompt(id))).toEqual(prompts);
    const queue = new LabelingQueue(outline, 'kim');
    expect(queue.counts).toMatchObject({ open: 3, skipped: 1 });
    expect(queue.idsOf('open')).toEqual([0, 2, 3].map((place) => prompts[place]?.id));
    read();
    opened.push(await whole);
    expect(contentOf(await whole)).toEqual(expected());
  });

  test('frees its name when its answers cannot be read', async () => {
    const project = await fill(await open());
    await project.close();
    const list = (of: string) => (of.endsWith('candidates') ? Promise.reject(new Error('EIO')) : nodeFiles.list(of));
    const files = { ...nodeFiles, list };
    const { whole } = await beginOpening(folder, { readPromptFile: promptFileReader(folder), files });
    await expect(whole).rejects.toThrow('EIO');
    expect((await open()).writer).toBe(project.writer);
  });

  test('an id that stands in two journals counts once, and each prompt has its own answers in their order', async () => {
    const project = await fill(await open());
    const journal = await candidateJournal();
    await writeFile(journal.replace('.jsonl', ' (1).jsonl'), await readFile(journal));
    expect(contentOf(await reopen(project))).toEqual(expected());
  });

  test.each([0, 0.3, 0.6, 0.95])(
    'a candidate whose bytes changed behind its back is found after opening, reported with its line, and left out',
    async (share) => {
      const project = await fill(await open());
      await project.close();
      const journal = await candidateJournal();
      const bytes = await readFile(journal);
      const start = bytes.indexOf('\n') + 1;
      const end = bytes.indexOf('\n', start);
      // Inside of the text, where nothing is out of form.
      const textAt = bytes.indexOf('"text"', start) + 10;
      await flip(journal, Math.floor(textAt + (end - 70 - textAt) * share));
      const again = await open('on');
      const told: string[] = [];
      again.onDidChange((change) => told.push(change.kind));
      await again.checked;
      expect(places(again)).toEqual([`journal-sum ${path.basename(journal)}:2`]);
      expect(told).toContain('candidates');
      expect(again.nCandidatesOf(prompts[0]?.id ?? promptOf('').id)).toBe(2);
      const before = await reopen(again, 'off');
      expect(places(before)).toEqual([`journal-sum ${path.basename(journal)}:2`]);
    },
  );

  test('a candidate that rots after its index was made is reported when it is read, and found behind', async () => {
    const [prompt] = prompts;
    if (prompt === undefined) throw new RangeError('no prompt');
    let project = await fill(await open());
    // Larger than the two ends by which an index knows its file.
    const long = Array.from({ length: 30 }, (_, n) => ({
      ...Candidate.parse({
        id: candidateIdOf(['long', n]),
        promptId: prompt.id,
        text: 'long '.repeat(2000),
        origin: 'import',
      }),
    }));
    await project.appendCandidates(long);
    await project.close();
    const journal = await candidateJournal();
    await utimes(journal, 1e9, 1e9);
    project = await open();
    await project.close();
    await flip(journal, Math.floor((await stat(journal)).size / 2));
    project = await open();
    expect(places(project)).toEqual([]); // by its index
    expect(project.candidatesOf(prompt.id)).toHaveLength(32);
    expect(places(project)).toEqual([`candidate-unreadable ${path.basename(journal)}:1`]);
    project = await reopen(project, 'on');
    await project.checked;
    expect(places(project)).toEqual([expect.stringMatching(/^journal-sum .*:2\d$/)]);
    expect(project.candidatesOf(prompt.id)).toHaveLength(32);
  });

  test('a prompt that was edited by hand gets the id of its new content, and its line is found again', async () => {
    const project = await fill(await open());
    await project.close();
    const file = inProject('prompts', 'some.jsonl');
    await writeFile(file, (await readFile(file, 'utf8')).replace('of Korea', 'of Japan'));
    const edited = promptOf('And of Japan?');
    const again = await open('on');
    await again.checked;
    expect(again.promptIds).toContain(edited.id);
    expect(again.prompt(edited.id)?.messages).toEqual(edited.messages);
    expect(again.promptIds).not.toContain(prompts[1]?.id);
    expect(again.promptIds).toHaveLength(prompts.length);
  });

  test('rows of any columns are read one by one as they are all at once; bad ones are problems with their lines', async () => {
    const rows = [
      '{"question": "Why?", "answer": "Because."}',
      '',
      '{broken',
      '{"prompt": "How?", "level": 3}',
      '{"prompt": "How?"}',
    ];
    await writeFile(inProject('foreign.jsonl'), `${rows.join('\r\n')}`);
    await writeFile(inProject('touchstone.json'), JSON.stringify({ name: 'n', prompts: ['foreign.jsonl'] }));
    const whole = await open('off', 1e9);
    const wanted = [whole.promptIds.map((id) => whole.prompt(id)), whole.problems];
    let again = whole;
    for (const watch of ['on', 'off', 'on'] as const) {
      again = await reopen(again, watch);
      await again.checked;
      expect([again.promptIds.map((id) => again.prompt(id)), again.problems]).toEqual(wanted);
    }
  });
});

describe('an index file is never needed and never believed', () => {
  test('whatever byte of it is changed, or cut off, the project is the same', async () => {
    let project = await reopen(await fill(await open()), 'on');
    await project.checked;
    for (const file of await indexFiles()) {
      const good = await readFile(file);
      const damages = [0, 40, good.length - 100, good.length - 1].map((at) => {
        const bad = Buffer.from(good);
        bad.writeUInt8(bad.readUInt8(at) ^ 0x10, at);
        return bad;
      });
      for (const bad of [...damages, good.subarray(0, good.length / 2), Buffer.alloc(0), Buffer.from('{}')]) {
        await project.close();
        await writeFile(file, bad);
        project = await open();
        expect(contentOf(project)).toEqual(expected());
        expect(project.problems).toEqual([]);
      }
    }
    await project.close();
    await rm(inProject('.touchstone', 'local'), { recursive: true });
    expect(contentOf(await open())).toEqual(expected());
  });

  test('one that a stranger made, with lines beyond the file, is not used', async () => {
    const project = await reopen(await fill(await open()), 'on');
    await project.checked;
    await project.close();
    for (const file of await indexFiles()) {
      const bytes = await readFile(file);
      const magicLength = 'touchstone index'.length;
      bytes.fill(0x7f, magicLength + 4 + bytes.readUInt32LE(magicLength), bytes.length - 4);
      bytes.writeUInt32LE(crc32(bytes.subarray(0, bytes.length - 4)), bytes.length - 4);
      await writeFile(file, bytes);
    }
    expect(contentOf(await open())).toEqual(expected());
  });

  test('a link out of the project in its place is refused', async () => {
    await rm(inProject('.touchstone', 'local', 'index'), { recursive: true, force: true });
    await mkdir(inProject('.touchstone', 'local'), { recursive: true });
    await symlink(tmpdir(), inProject('.touchstone', 'local', 'index'));
    await expect(open()).rejects.toMatchObject({ code: 'outside-project' });
  });

  test('one of the beginning is good for a journal that has grown since', async () => {
    let project = await reopen(await fill(await open()), 'on');
    await project.checked;
    const more = Candidate.parse({
      id: candidateIdOf('more'),
      promptId: prompts[0]?.id,
      text: 'one more',
      origin: 'import',
    });
    await project.appendCandidates([more]);
    project = await reopen(project, 'on');
    expect(project.candidatesOf(more.promptId)).toEqual([
      ...answersTo(promptOf('What is the capital of France?')),
      more,
    ]);
    await project.checked;
    await project.appendCandidates([{ ...more, id: candidateIdOf('yet more') }]);
    expect((await reopen(project)).nCandidatesOf(more.promptId)).toBe(5);
  });

  test('one of a file that was replaced is not used', async () => {
    let project = await reopen(await fill(await open()), 'on');
    await project.checked;
    await project.close();
    const journal = await candidateJournal();
    const lines = (await readFile(journal, 'utf8')).trimEnd().split('\n');
    await writeFile(journal, `${lines.toReversed().join('\n')}\n`);
    project = await open();
    expect(contentOf(project)).toEqual(expected());
  });

  test('in a folder that cannot be written there is none, and nothing is missed', async () => {
    const project = await fill(await open());
    await project.close();
    await rm(inProject('.touchstone', 'local', 'index'), { recursive: true, force: true });
    await writeFile(inProject('.touchstone', 'local', 'index'), 'in the way');
    expect(contentOf(await open())).toEqual(expected());
  });
});

describe('places found by bytes', () => {
  const arbitraryId = fc.oneof(
    fc.stringMatching(/^c[0-9a-f]{16}$/),
    fc.constantFrom('c1', 'c0123456789ABCDEF', 'p0123456789abcdef', 'ü'),
    fc.string({ minLength: 1, maxLength: 30 }),
  );

  test('a table of ids numbers them as a map would', () => {
    fc.assert(
      fc.property(fc.array(arbitraryId, { maxLength: 60 }), (ids) => {
        const table = new IdTable('c');
        const map = new Map<string, number>();
        for (const id of ids) {
          expect(table.find(id)).toBe(map.get(id) ?? -1);
          if (!map.has(id)) map.set(id, map.size);
          expect(table.numberOf(id)).toBe(map.get(id));
        }
        for (const [id, number] of map) expect([table.textOf(number), table.find(id)]).toEqual([id, number]);
      }),
    );
  });

  test('it grows far beyond its first size', () => {
    const table = new IdTable('c');
    const ids = Array.from({ length: 5000 }, (_, n) => `c${(n * 7919).toString(16).padStart(16, '0')}`);
    const numbers = ids.map((_, n) => n);
    expect(ids.map((id) => table.numberOf(id))).toEqual(numbers);
    expect(ids.map((id) => table.find(id))).toEqual(numbers);
  });

  test('a line that is read by its bytes says what a parser says', () => {
    const row = { idHigh: 0, idLow: 0, promptHigh: 0, promptLow: 0, writerStart: 0, writerEnd: 0, seq: 0 };
    const hex = (high: number, low: number) => [high, low].map((bits) => bits.toString(16).padStart(8, '0')).join('');
    const arbitraryRow = fc.record({
      id: arbitraryId,
      promptId: fc.stringMatching(/^p[0-9a-f]{16}$/),
      text: fc.oneof(fc.string(), fc.constant('"_journal":{"writer":"x","seq":1,"sum":"00000000"}}')),
      seq: fc.nat(),
      writer: fc.stringMatching(/^[0-9a-z]{4,12}$/),
    });
    fc.assert(
      fc.property(arbitraryRow, fc.nat(200), ({ seq, writer, ...fields }, at) => {
        const line = encodeLine(fields, { writer, seq }).subarray(0, -1);
        const padded = Buffer.concat([Buffer.alloc(at, 0x20), line, Buffer.from('\n{}')]);
        const isRead = readRowLine(padded, at, at + line.length, 'sum', row);
        if (!isRead) {
          expect(fields.id).not.toMatch(/^c[0-9a-f]{16}$/);
          return;
        }
        const decoded = decodeLine(line);
        expect(decoded).toMatchObject({ kind: 'row', fields, stamp: { writer, seq } });
        expect([`c${hex(row.idHigh, row.idLow)}`, `p${hex(row.promptHigh, row.promptLow)}`]).toEqual([
          fields.id,
          fields.promptId,
        ]);
        expect([padded.toString('latin1', row.writerStart, row.writerEnd), row.seq]).toEqual([writer, seq]);
      }),
    );
  });

  describe('a search', () => {
    const small = (value: string | Buffer) =>
      Buffer.from(value)
        .toString('latin1')
        .replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    /** Texts of the lines in which something is found. @param between bytes between two lines, of no line */
    const found = (pieces: readonly string[], texts: readonly string[], between = '\n'): string[] => {
      const starts = texts.map((_, index) => Buffer.byteLength(texts.slice(0, index).join(between) + between));
      const lengths = Uint32Array.from(texts, (text) => Buffer.byteLength(text));
      const offsets = Float64Array.from(starts, (start, index) => 1e10 + (index === 0 ? 0 : start));
      const lines = new FoldedSearch(pieces).linesWith(Buffer.from(texts.join(between)), { offsets, lengths });
      return lines.map((line) => texts[line] ?? '');
    };

    test('of several texts finds the lines that a search in lower case finds, and nothing between lines', () => {
      const letters = (maxLength: number) =>
        fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'B', 'é', '한', ' ', '[', '{', '@', '`'), maxLength });
      const pieces = fc.array(
        letters(5).map((piece) => piece || 'a'),
        { minLength: 1, maxLength: 4 },
      );
      fc.assert(
        fc.property(
          fc.array(letters(40), { minLength: 1, maxLength: 8 }),
          pieces,
          letters(20),
          (texts, given, more) => {
            const isHit = (text: string) => given.some((piece) => small(text).includes(small(piece)));
            expect(found(given, texts, `\n${more}\n`)).toEqual(texts.filter(isHit));
            expect(new FoldedSearch(given).isIn(Buffer.from(texts[0]!))).toBe(isHit(texts[0]!));
          },
        ),
      );
    });

    test('finds a text wherever it lies, up to the last byte, and nothing beyond', () => {
      for (let at = 0; at < 70; at += 1) {
        const dots = '.'.repeat(at);
        expect(found(['nEEDLE'], [`${dots}Needle`])).toHaveLength(1);
        expect(found(['needle'], [`${dots}needl`])).toEqual([]); // the e of the search before lies behind it
        expect(found(['X'], [`${dots}x`])).toHaveLength(1);
        expect(found(['X'], [dots, 'x', dots, 'y'])).toEqual(['x']);
      }
    });

    test('takes texts and lines of any length', () => {
      const long = 'Long '.repeat(100_000);
      expect(found([long], ['short', `x${long.toUpperCase()}x`])).toHaveLength(1);
      expect(found([long], [long.slice(1)])).toEqual([]);
    });
  });

  test('no cut and no flipped bit passes with the checksum', () => {
    const fields = { id: candidateIdOf(1), promptId: promptOf('x').id, text: 'some text' };
    const line = Buffer.from(encodeLine(fields, { writer: '3f2a9c', seq: 12 }).subarray(0, -1));
    const row = { idHigh: 0, idLow: 0, promptHigh: 0, promptLow: 0, writerStart: 0, writerEnd: 0, seq: 0 };
    expect(readRowLine(line, 0, line.length, 'sum', row)).toBe(true);
    for (let end = 0; end < line.length; end += 1) expect(readRowLine(line, 0, end, 'ends', row)).toBe(false);
    for (let bit = 0; bit < line.length * 8; bit += 1) {
      const flipped = Buffer.from(line);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(readRowLine(flipped, 0, flipped.length, 'sum', row)).toBe(false);
    }
  });
});

describe('time', () => {
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  const [first] = prompts;
  const promptId = first?.id ?? promptOf('').id;

  test('a judgement never sorts before the one that it supersedes, though a clock went backwards', async () => {
    const one = await open();
    await one.appendJudgements([judgementOf('j-ahead', promptId, { at: at(60) })]);
    const two = await open();
    await two.appendJudgements([judgementOf('j-now', promptId, { at: at(0) })]);
    await one.refresh();
    for (const project of [one, two])
      expect(project.judgementsOf(promptId).map((row) => row.id)).toEqual(['j-ahead', 'j-now']);
    expect((await open()).judgementsOf(promptId).map((row) => row.id)).toEqual(['j-ahead', 'j-now']);
  });

  test('what is imported keeps its time, and stands where it belongs', async () => {
    const one = await open();
    await one.appendJudgements([judgementOf('j-now', promptId, { at: at(0) })]);
    const two = await open();
    await two.appendJudgements([judgementOf('j-old', promptId, { at: at(-600) })]);
    expect(two.judgementsOf(promptId).map((row) => row.id)).toEqual(['j-old', 'j-now']);
  });

  test('a judgement from a time that has not come yet gives one warning', async () => {
    const project = await open();
    await project.appendJudgements(
      [60, 61].map((minutes) => judgementOf(`j${minutes}`, promptId, { at: at(minutes) })),
    );
    expect(project.problems.map((problem) => problem.code)).toEqual(['clock-backwards']);
    expect((await reopen(project)).problems.map((problem) => problem.code)).toEqual(['clock-backwards']);
  });
});

describe('soft claims', () => {
  const [first, second] = [promptOf('a').id, promptOf('b').id];
  const claimFolder = () => inProject('.touchstone', 'local', 'claims');

  test('a window sees what the others show, until they go on or close', async () => {
    const [one, two] = [await open(), await open()];
    one.claims.hold(first, 'kim');
    await expect.poll(async () => (await two.refresh(), two.claims.holdersOf(first))).toEqual(['kim']);
    expect(one.claims.holdersOf(first)).toEqual([]);
    one.claims.hold(second, 'kim');
    await expect.poll(async () => (await two.refresh(), two.claims.holdersOf(second))).toEqual(['kim']);
    expect(two.claims.holdersOf(first)).toEqual([]);
    await one.close();
    await two.refresh();
    expect(two.claims.holdersOf(second)).toEqual([]);
  });

  test('an old one, one from the future and one that is none hold nothing up', async () => {
    await mkdir(claimFolder(), { recursive: true });
    const claim = (minutes: number) =>
      JSON.stringify({ promptId: first, labeler: 'kim', at: new Date(Date.now() + minutes * 60_000).toISOString() });
    const texts = [claim(-11), claim(30), '{', 'null', '', `"${'x'.repeat(10_000)}"`];
    await Promise.all(texts.map((text, n) => writeFile(path.join(claimFolder(), `w${n}.json`), text)));
    const project = await open();
    await project.refresh();
    expect(project.claims.holdersOf(first)).toEqual([]);
    await appendFile(path.join(claimFolder(), 'good.json'), claim(-1));
    await project.refresh();
    expect(project.claims.holdersOf(first)).toEqual(['kim']);
  });
});
