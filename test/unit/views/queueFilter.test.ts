import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Judgement, judgementIdOf, PromptId } from '../../../src/core/index.js';
import { LabelingQueue, type Standing } from '../../../src/labeling/labelingQueue.js';
import { promptFileReader } from '../../../src/prompts/index.js';
import { initProject, openProject, type Project } from '../../../src/store/index.js';
import {
  findFiltered,
  groupsOf,
  queueSorts,
  type QueueFilter,
  type QueueSort,
} from '../../../src/views/queueFilter.js';
import { unsyncedFiles as files } from '../store/unsyncedFiles.js';

/** As Python writes it. */
const spaced = (line: string): string => line.replaceAll('":', '": ');

let folder = '';
/** Held in memory, and read from the disk when shown. */
let projects: Project[] = [];
let ids: readonly PromptId[] = [];

const rows = [
  { prompt: 'What is the capital of France?', topic: 'geography', level: 3 },
  { prompt: 'Écrivez en français: "Bonjour"', topic: 'language', level: 30 },
  { prompt: '부팅할 때마다 디스크 검사', topic: 'computers', level: 3 },
  { prompt: 'Why is the sky\nblue?', topic: 'physics', checked: true },
  { prompt: 'The capital of Korea', topic: 'geography' },
  { prompt: 'A role for each user', topic: 'software' },
];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'touchstone-filter-'));
  await initProject(folder, { name: 'filter', files });
  const lines = rows.map((row) => JSON.stringify(row));
  // As Python writes it.
  const ascii = lines[2]?.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`) ?? '';
  await writeFile(path.join(folder, 'one.jsonl'), [...lines.slice(0, 2), ascii].join('\n'));
  // The first prompt again, which is the one of the first file: neither its topic nor its file counts.
  const again = JSON.stringify({ ...rows[0], topic: 'copied' });
  const badLine = '{"prompt": 7, "topic": "nowhere"}';
  await writeFile(
    path.join(folder, 'two.jsonl'),
    [...lines.slice(3, 4).map(spaced), badLine, again, ...lines.slice(4).map(spaced)].join('\n'),
  );
  const config = { name: 'filter', prompts: ['one.jsonl', 'two.jsonl'], overlap: 3 };
  await writeFile(path.join(folder, 'touchstone.json'), JSON.stringify(config));
  const reader = { readPromptFile: promptFileReader(folder), files };
  const first = await openProject(folder, { ...reader, lazyFromBytes: 1e9 });
  ids = first.promptIds;
  const judge = (labeler: string, place: number, minute: number, more: object) =>
    first.appendJudgements([
      Judgement.parse({
        id: judgementIdOf([labeler, place]),
        promptId: ids[place],
        labeler,
        at: new Date(Date.UTC(2026, 0, 1, 9, minute)).toISOString(),
        status: 'submitted',
        ...more,
      }),
    ]);
  await judge('kim', 0, 1, { ranking: [['a'], ['b']], flags: { a: ['hallucination'] } });
  await judge('ana', 0, 2, { ranking: [['b'], ['a']] });
  const spans = { a: [{ start: 0, end: 1, flag: 'off-topic' }] };
  await judge('kim', 3, 3, { ranking: [['a'], ['b']], promptFlags: ['unsafe'], spans });
  await judge('ana', 4, 4, { ranking: [['a'], ['b']], flags: { b: ['hallucination'] } });
  projects = [first, await openProject(folder, { ...reader, lazyFromBytes: 0 })];
});
afterAll(async () => {
  for (const project of projects) await project.close();
  await rm(folder, { recursive: true });
});

/** Places of the prompts that kim sees, of both projects, which are to be the same. */
async function shown(filter: QueueFilter, sort: QueueSort = 'project'): Promise<number[]> {
  const both = await Promise.all(
    projects.map(async (project) => {
      const found = await findFiltered(project, filter, new AbortController().signal);
      const groups = groupsOf(project, new LabelingQueue(project, 'kim'), filter, sort, found);
      return [...groups.open, ...groups.draft, ...groups.skipped, ...groups.submitted].map((id) => ids.indexOf(id));
    }),
  );
  expect(both[1]).toEqual(both[0]);
  return both[0] ?? [];
}

describe('the queue shows', () => {
  test.each<[what: string, filter: QueueFilter, places: number[]]>([
    ['all, to label first', {}, [1, 2, 4, 5, 0, 3]],
    ['what holds a text, case ignored', { text: 'CAPITAL' }, [4, 0]],
    ['what somebody wrote, not names of members that are in every prompt', { text: 'role' }, [5]],
    ['no digits of ids', { text: '3' }, [1, 2, 0]],
    ['what holds letters beyond ASCII', { text: 'écrivez' }, [1]],
    ['what was written in escapes', { text: '디스크' }, [2]],
    ['what holds quotes', { text: '"bonjour"' }, [1]],
    ['nothing for what is nowhere', { text: 'nowhere' }, []],
    ['nothing for what stands only in a row that is no prompt', { text: 'copied' }, []],
    ['a line break as JSON writes it', { text: '\n' }, [3]],
    ['a status', { standing: 'submitted' }, [0, 3]],
    ['a file', { file: 'two.jsonl' }, [4, 5, 3]],
    ['metadata', { metadata: { key: 'topic', value: 'geography' } }, [4, 0]],
    ['metadata that is a number, and no longer one', { metadata: { key: 'level', value: '3' } }, [2, 0]],
    ['metadata that is true', { metadata: { key: 'checked', value: 'true' } }, [3]],
    ['a flag of an answer; of others only where one has judged', { flag: 'hallucination' }, [0]],
    ['a flag of a prompt', { flag: 'unsafe' }, [3]],
    ['a flag of a marked place', { flag: 'off-topic' }, [3]],
    ['a labeler, where one has judged too', { labeler: 'ana' }, [0]],
    ['where labelers disagree', { disagreed: true }, [0]],
    ['several things at once', { text: 'capital', file: 'one.jsonl', labeler: 'kim' }, [0]],
  ])('%s', async (_, filter, places) => expect(await shown(filter)).toEqual(places));

  test('whatever is asked at once, and in whatever order', async () => {
    const maybe = <T>(...values: T[]) => fc.constantFrom(undefined, ...values);
    const arbitraryFilter = fc.record({
      text: maybe('capital', 'KOREA'),
      standing: maybe<Standing>('open', 'submitted'),
      flag: maybe('hallucination'),
      file: maybe('one.jsonl', 'two.jsonl'),
      metadata: maybe({ key: 'topic', value: 'geography' }),
      labeler: maybe('kim', 'ana'),
      disagreed: maybe(true as const),
    });
    const alone = new Map<string, readonly number[]>();
    await fc.assert(
      fc.asyncProperty(arbitraryFilter, fc.constantFrom(...queueSorts), async (asked, sort) => {
        const entries = Object.entries(asked).filter(([, value]) => value !== undefined);
        let expected = await shown({}, sort);
        for (const [key, value] of entries) {
          const name = JSON.stringify([key, value]);
          const places = alone.get(name) ?? (await shown({ [key]: value }));
          alone.set(name, places);
          expected = expected.filter((place) => places.includes(place));
        }
        expect(await shown(Object.fromEntries(entries), sort)).toEqual(expected);
      }),
    );
  });

  test('what was judged last first; what one may not see yet says nothing', async () => {
    expect(await shown({}, 'latest')).toEqual([1, 2, 4, 5, 3, 0]);
  });

  test('most disagreement first', async () => {
    expect(await shown({ standing: 'submitted' }, 'disagreement')).toEqual([0, 3]);
  });

  test('nothing more once the search was given up', async () => {
    const [, lazy] = projects;
    const search = lazy?.findPrompts(['x'], AbortSignal.abort());
    await expect(search).rejects.toMatchObject({ name: 'AbortError' });
  });
});

test('what was found before prompts went or moved is shown as far as it is there, in the order of the project', () => {
  const [project] = projects;
  if (project === undefined) throw new RangeError('no project');
  const gone = PromptId.parse('p0000000000000000');
  const found = [ids[4], gone, ids[2], ids[1]].flatMap((id) => id ?? []);
  const { open } = groupsOf(project, new LabelingQueue(project, 'kim'), { text: 'x' }, 'project', found);
  expect(open.map((id) => ids.indexOf(id))).toEqual([1, 2, 4]);
});
