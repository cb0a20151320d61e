import { describe, expect, test } from 'vitest';
import {
  CandidateId,
  Gold,
  judgementIdOf,
  promptIdOf,
  type Candidate,
  type Judgement,
  type ProjectConfig,
} from '../../../src/core/index.js';
import { dashboardOf } from '../../../src/labeling/dashboard.js';
import { dashboardReport } from '../../../src/labeling/dashboardReport.js';
import { memoryProject } from '../datasets/memoryProject.js';

const now = new Date(2026, 10, 24, 15);
const day = (daysAgo: number) => new Date(2026, 10, 24 - daysAgo, 12).toISOString();

interface Said extends Partial<Judgement> {
  readonly labeler: string;
  /** Letters, best first, e.g. `b a c`; the screen shows them in the order of the alphabet. */
  readonly order?: string;
  readonly daysAgo?: number;
}

/** A prompt with three answers and what was said of them; each answer is twice as long as the one before. */
function promptOf(question: string, said: readonly Said[]) {
  const messages = [{ role: 'user' as const, content: question }];
  const id = promptIdOf({ messages });
  const candidates = ['a', 'b', 'c'].map((letter, index): Candidate => ({
    id: CandidateId.parse(`${question}-${letter}`),
    promptId: id,
    text: letter.repeat(10 * 2 ** index),
    origin: 'model',
  }));
  const idOf = (letter: string) => CandidateId.parse(`${question}-${letter}`);
  const judgements = said.map(({ order, daysAgo = 0, ...row }, index): Judgement => ({
    id: judgementIdOf([question, index]),
    promptId: id,
    at: day(daysAgo),
    status: 'submitted',
    shown: { order: ['a', 'b', 'c'].map(idOf) },
    ...(order === undefined ? {} : { ranking: order.split(' ').map((letter) => [idOf(letter)]) }),
    ...row,
  }));
  return { prompt: { id, messages }, candidates, judgements, idOf };
}

const viewOf = (
  prompts: readonly ReturnType<typeof promptOf>[],
  config: Partial<ProjectConfig> = {},
  options: Partial<Parameters<typeof dashboardOf>[1]> = {},
) =>
  dashboardOf(memoryProject(prompts, config), {
    labeler: 'kim',
    period: 'all',
    now,
    locale: 'en',
    ...options,
  });

describe('progress', () => {
  const prompts = [
    promptOf('both', [
      { labeler: 'kim', order: 'a b c' },
      { labeler: 'ana', order: 'a b c' },
    ]),
    promptOf('one', [{ labeler: 'kim', order: 'a b c' }]),
    promptOf('skipped', [{ labeler: 'kim', status: 'skipped' }]),
    promptOf('discarded by one, skipped by another', [
      { labeler: 'kim', status: 'discarded' },
      { labeler: 'ana', status: 'skipped' },
    ]),
    promptOf('discarded', [{ labeler: 'kim', status: 'discarded' }]),
    promptOf('untouched', []),
  ];

  test('counts prompts by how many labelers judged them, of as many as the project wants', () => {
    expect(viewOf(prompts, { overlap: 2 }).progress).toEqual({
      nPrompts: 6,
      nDone: 1,
      nPartly: 1,
      nSkipped: 2,
      nDiscarded: 1,
      nLeft: 1,
      nJudgements: 3,
      nWanted: 10,
    });
    expect(viewOf(prompts).progress).toMatchObject({ nDone: 2, nPartly: 0 });
  });

  test('a judgement that was taken back does not count', () => {
    const taken = promptOf('taken back', [
      { labeler: 'kim', order: 'a b c' },
      { labeler: 'kim', status: 'draft' },
    ]);
    expect(viewOf([taken]).progress).toMatchObject({ nDone: 0, nLeft: 1 });
  });

  test('is where the prompts stand now; other figures of today or of seven days leave older ones out, the days show the last seven', () => {
    const older = [0, 1, 6, 7].map((daysAgo) =>
      promptOf(`day ${daysAgo}`, [{ labeler: 'kim', order: 'a b c', daysAgo }]),
    );
    const nOf = (period: 'today' | 'week' | 'all') => viewOf(older, {}, { period }).labelers[0]?.nDone;
    expect([nOf('today'), nOf('week'), nOf('all')]).toEqual([1, 3, 4]);
    expect(viewOf(older, {}, { period: 'today' }).progress).toMatchObject({ nDone: 4, nLeft: 0, nJudgements: 4 });
    expect(viewOf(older, {}, { period: 'today' }).cards).toContainEqual(
      expect.objectContaining({ note: 'no prompt that two labelers judged in this time' }),
    );
    expect(viewOf(older).days.map(({ n }) => n)).toEqual([1, 0, 0, 0, 0, 1, 1]);
    expect(viewOf(older).days.at(-1)?.label).toBe('Tue');
  });
});

describe('gold', () => {
  const gold = (prompt: ReturnType<typeof promptOf>, order: string) => ({
    ...prompt,
    gold: Gold.parse({
      id: judgementIdOf(['gold', prompt.prompt.id]),
      promptId: prompt.prompt.id,
      labeler: 'lead',
      at: day(100),
      status: 'gold',
      ranking: order.split(' ').map((letter) => [prompt.idOf(letter)]),
    }),
  });
  const prompts = [
    gold(
      promptOf('right and half right', [
        { labeler: 'kim', order: 'a b c' },
        { labeler: 'ana', order: 'a c b' },
      ]),
      'a b c',
    ),
    gold(promptOf('not judged', []), 'a b c'),
  ];
  const cardOf = (view: ReturnType<typeof viewOf>) => view.cards.find(({ title }) => title === 'With gold');

  test('has a figure with its interval, by labeler for the lead, and one’s own for oneself', () => {
    expect(cardOf(viewOf(prompts))).toMatchObject({ value: '83 %', unit: 'of 6 comparisons' });
    expect(cardOf(viewOf(prompts))?.note).toMatch(/95 % interval \d+ % to \d+ %/);
    const right = (options: Partial<ProjectConfig>) =>
      viewOf(prompts, options).labelers.map(({ labeler, withGold }) => `${labeler} ${withGold?.split(' (')[0]}`);
    expect(right({})).toEqual(['kim 100 %']);
    expect(right({ leads: ['kim'] })).toEqual(['ana 67 %', 'kim 100 %']);
    const report = dashboardReport(viewOf(prompts, { leads: ['kim'] }), now);
    expect(report).toContain('**With gold**: 83 %');
    expect(report).toMatch(/\| ana \|.*\| 67 % \\\(/);
  });

  test('is not spoken of where there is none, and says so before one is judged', () => {
    expect(cardOf(viewOf([promptOf('without', [{ labeler: 'kim', order: 'a b c' }])]))).toBeUndefined();
    expect(cardOf(viewOf([gold(promptOf('not judged', []), 'a b c')]))).toMatchObject({ value: '–' });
  });

  test('prompts count no more judgements than the project wants', () => {
    expect(viewOf(prompts).progress).toMatchObject({ nJudgements: 1, nWanted: 2, nDone: 1 });
  });
});

test('what came again is compared with a word that is older than the period', () => {
  const again = promptOf('again', [
    { labeler: 'kim', order: 'a b c', daysAgo: 30 },
    { labeler: 'kim', order: 'a b c', pass: 1 },
  ]);
  const self = viewOf([again], {}, { period: 'today' }).cards.find(({ title }) => title === 'With oneself');
  expect(self).toMatchObject({ value: '100 %', unit: 'of 3 pairs' });
});

describe('the charts', () => {
  const alike = Array.from({ length: 30 }, (_, index) =>
    promptOf(`alike ${index}`, [
      { labeler: 'kim', order: ['a b c', 'b c a', 'c a b'][index % 3] ?? '' },
      { labeler: 'ana', order: ['a b c', 'b c a', 'c a b'][index % 3] ?? '' },
    ]),
  );
  const longerFirst = Array.from({ length: 30 }, (_, index) =>
    promptOf(`longer ${index}`, [{ labeler: 'kim', order: 'c b a' }]),
  );
  const chart = (view: ReturnType<typeof viewOf>, title: string) =>
    view.charts.find((each) => each.title === title) ?? expect.fail(`no chart ${title}`);

  test('say in a sentence what they show: nothing where nothing is', () => {
    const view = viewOf(alike);
    expect(chart(view, 'Agreement')).toMatchObject({
      tone: 'fine',
      rows: [{ label: 'ranking', value: 1, text: '1.00' }],
    });
    expect(chart(view, 'Position bias')).toMatchObject({
      tone: 'fine',
      sentence: 'None seen: every interval holds 33 %.',
      neutral: 1 / 3,
    });
    expect(chart(view, 'Position bias').rows.map(({ label, text }) => `${label} ${text}`)).toEqual([
      'A 33 %',
      'B 33 %',
      'C 33 %',
    ]);
  });

  test('say which way a bias goes', () => {
    const view = viewOf(longerFirst);
    expect(chart(view, 'Position bias').tone).toBe('warning');
    expect(chart(view, 'Length bias')).toMatchObject({
      tone: 'warning',
      sentence: 'An answer over 2 × as long wins 100 %.',
    });
  });

  test('say where labelers part', () => {
    const apart = Array.from({ length: 30 }, (_, index) =>
      promptOf(`apart ${index}`, [
        { labeler: 'kim', order: 'a b c' },
        { labeler: 'ana', order: index % 2 === 0 ? 'c b a' : 'b a c' },
      ]),
    );
    expect(chart(viewOf(apart), 'Agreement')).toMatchObject({
      tone: 'warning',
      sentence: 'Labelers read ranking in different ways: talk it over, or make the guidelines clearer.',
    });
  });

  test('have the other measures of agreement in the table and the report, names of labelers for the lead alone', () => {
    const three = ['a b c', 'b c a', 'c a b'].map((order) =>
      promptOf(
        order,
        ['kim', 'ana', 'lee'].map((labeler) => ({ labeler, order })),
      ),
    );
    const rowsOf = (prompts: typeof alike, config: Partial<ProjectConfig>) =>
      (chart(viewOf(prompts, config), 'Agreement').more ?? []).map(({ label, text }) => `${label}: ${text}`);
    const most = ['ranking, alike: 100 %', "ranking, Fleiss' kappa of 2 labelers: 1.00"];
    expect(rowsOf(alike, {})).toEqual([...most, "ranking, Cohen's kappa of two labelers: 1.00"]);
    expect(rowsOf(alike, { leads: ['kim'] })).toEqual([...most, "ranking, Cohen's kappa of ana and kim: 1.00"]);
    expect(rowsOf(three, {})).toEqual([most[0], "ranking, Fleiss' kappa of 3 labelers: 1.00"]);
    expect(dashboardReport(viewOf(alike), now)).toMatch(/\| ranking, alike \| 100 % \| \d+ % – 100 % \| 90 \|/);
    expect(dashboardReport(viewOf(alike), now)).toContain("| ranking, Cohen's kappa of two labelers | 1.00 |");
  });

  test('say whether more to read takes more time', () => {
    const read = (nWords: number, seconds: number) =>
      Array.from({ length: 30 }, (_, index) =>
        promptOf(`read ${nWords} ${index}`, [
          { labeler: 'kim', order: 'a b c', activeMs: seconds * 1000, shown: { order: [], words: { a: nWords } } },
        ]),
      );
    expect(chart(viewOf([...read(50, 12), ...read(900, 75)]), 'Time against length')).toMatchObject({
      tone: 'fine',
      sentence: '75 s for 800–1600 words.',
      rows: [
        { label: '0–100', text: '12 s', n: 30 },
        { label: '800–1600', text: '75 s', n: 30 },
      ],
    });
    expect(chart(viewOf([...read(50, 12), ...read(900, 11)]), 'Time against length')).toMatchObject({
      tone: 'warning',
      sentence: 'More words take no more time: 12 s for 0–100 words, 11 s for 800–1600.',
    });
  });

  test('are left out where there is nothing to draw', () => {
    expect(viewOf([promptOf('untouched', [])]).charts).toEqual([]);
  });
});

describe('names', () => {
  const prompts = [
    promptOf('one', [
      { labeler: 'kim', order: 'a b c', activeMs: 30_000 },
      { labeler: 'ana', order: 'c b a', activeMs: 90_000 },
    ]),
  ];

  test('of others are for the lead alone', () => {
    const view = viewOf(prompts, { overlap: 2 });
    expect(view.isLead).toBe(false);
    expect(view.labelers.map(({ labeler }) => labeler)).toEqual(['kim']);
    expect(JSON.stringify(view)).not.toContain('ana');
    const lead = viewOf(prompts, { overlap: 2, leads: ['kim'] });
    expect(lead.labelers.map(({ labeler, medianTime }) => `${labeler} ${medianTime}`)).toEqual([
      'ana 90 s',
      'kim 30 s',
    ]);
    expect(lead.secondLook[0]?.reason).toBe('the best of one is the last of the other: kim, ana');
  });
});

test('pace and the time a prompt have their intervals', () => {
  const timed = Array.from({ length: 20 }, (_, index) =>
    promptOf(`timed ${index}`, [{ labeler: 'kim', order: 'a b c', activeMs: 60_000 + index * 3_000 }]),
  );
  const card = viewOf(timed).cards.find(({ title }) => title === 'Pace');
  expect(card).toMatchObject({ value: '41', unit: 'an hour' });
  expect(card?.note).toMatch(/^95 % interval 3\d to 4\d · median 89 s a prompt, half of them 74 s to 103 s$/);
});

describe('worth a second look', () => {
  test('tells nothing of what others said before one’s own word is in', () => {
    const flagged = (question: string) => {
      const { candidates } = promptOf(question, []);
      return { labeler: 'ana', flags: Object.fromEntries(candidates.map(({ id }) => [id, ['refusal']])) };
    };
    const prompts = [
      promptOf('hers', [flagged('hers')]),
      promptOf('skipped', [flagged('skipped'), { labeler: 'kim', status: 'skipped' }]),
      promptOf('both', [flagged('both'), { labeler: 'kim', order: 'a b c' }]),
      promptOf('full', [flagged('full'), { ...flagged('full'), labeler: 'lee' }]),
    ];
    const titles = (config: Partial<ProjectConfig>) => viewOf(prompts, config).secondLook.map(({ title }) => title);
    expect(titles({ overlap: 2 })).toEqual(['both', 'full']);
    expect(titles({ overlap: 2, leads: ['kim'] })).toEqual(['hers', 'skipped', 'both', 'full']);
  });

  test('are opposite rankings, a best one that is flagged, flags on all, and what was too fast to read', () => {
    const flagged = promptOf('flagged', []);
    const prompts = [
      promptOf('fine', [{ labeler: 'kim', order: 'a b c' }]),
      promptOf('opposite', [
        { labeler: 'kim', order: 'a b c' },
        { labeler: 'ana', order: 'c b a' },
      ]),
      promptOf('best flagged', [
        { labeler: 'kim', order: 'a b c' },
        { labeler: 'ana', order: 'a b c', flags: { 'best flagged-a': ['unsafe'] } },
      ]),
      promptOf('flagged', [
        { labeler: 'kim', flags: Object.fromEntries(flagged.candidates.map(({ id }) => [id, ['refusal']])) },
      ]),
      promptOf('fast', [
        {
          labeler: 'kim',
          order: 'a b c',
          activeMs: 4_000,
          shown: { order: [], words: { a: 300, b: 310 } },
        },
      ]),
    ];
    expect(viewOf(prompts).secondLook.map(({ title, reason }) => `${title}: ${reason}`)).toEqual([
      'opposite: the best of one labeler is the last of another',
      'best flagged: the best of one labeler is flagged by another',
      'flagged: all answers are flagged',
      'fast: submitted after 4 s with 610 words on show',
    ]);
  });
});

describe('the report', () => {
  test('holds the same numbers as Markdown, and no markup of a stranger', () => {
    const view = viewOf(
      [
        promptOf('<img src=x> [click](http://evil)', [
          { labeler: 'kim', order: 'a b c' },
          { labeler: 'ana', order: 'c b a' },
        ]),
      ],
      { name: 'Support | answers', overlap: 2 },
    );
    const report = dashboardReport(view, now);
    expect(report).toContain('# Support \\| answers\n');
    expect(report).toContain('1 of 1 prompt done, 0 partly, 0 skipped, 0 discarded, 0 left; 2 of 2 judgements.');
    expect(report).toContain('| ranking | ');
    expect(report).toContain('\\<img src=x\\> \\[click\\]\\(http://evil\\)');
    expect(report).not.toMatch(/[^\\]<img/);
  });
});
