import fc from 'fast-check';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  Candidate,
  currentJudgements,
  helpsteerRubric,
  InterchangeRecord,
  Prompt,
  type Judgement,
} from '../../../src/core/index.js';
import {
  exportDatasets,
  formatIds,
  formats,
  parseManifest,
  verifyDataset,
  type ExportPlan,
  type FormatId,
  type ProjectView,
} from '../../../src/datasets/index.js';
import { says } from '../core/says.js';
import { arbitraryProject } from './arbitraryProject.js';
import { MemoryDisk } from './memoryDisk.js';
import { memoryProject, type PromptRows } from './memoryProject.js';

const signal = new AbortController().signal;

/** Exports to a new disk in memory; the files by their paths beside the report. */
async function exported(project: ProjectView, plan: Partial<ExportPlan> = {}) {
  const disk = new MemoryDisk();
  const out = path.resolve('/data');
  const report = await exportDatasets(project, { formats: formatIds, out, ...plan }, { signal, disk });
  const files = disk.filesBelow(out);
  const linesOf = (name: string) => {
    const text = files[name] ?? '';
    expect(text === '' || text.endsWith('\n')).toBe(true);
    return text.split('\n').slice(0, -1);
  };
  /** Rows of both splits as the format's own reader sees them. */
  const rowsOf = (format: FormatId) =>
    ['train', 'validation'].flatMap((split) =>
      linesOf(`${format}/${split}.jsonl`).map((line) => formats[format].read(JSON.parse(line))),
    );
  const manifest = parseManifest(files['manifest.json'] ?? '');
  return { ...report, disk, out, files, linesOf, rowsOf, manifest };
}

/** One prompt `question <id>` with the candidates `a` to `d` and these judgements. */
const promptRows = (id: string, ...judgements: Judgement[]): PromptRows => ({
  prompt: Prompt.parse({ id, messages: [{ role: 'user', content: `question ${id}` }] }),
  candidates: ['a', 'b', 'c', 'd'].map((name) =>
    Candidate.parse({
      id: name,
      promptId: id,
      text: `answer ${name}`,
      origin: 'model',
      model: { name: `model ${name}` },
    }),
  ),
  judgements,
});

/** The same score on all five attributes of HelpSteer. */
const five = (score: number) => Object.fromEntries(helpsteerRubric.map(({ id }) => [id, score]));
/** `good wrong`: two steps, judged so. */
const stepsOf = (labels: string) => labels.split(' ').map((label, index) => ({ text: `step ${index + 1}`, label }));

describe('an exported data set', () => {
  test('looks like this', async () => {
    const project = memoryProject([
      promptRows('p1', says('kim', 'b > a | c = d', { corrections: { x: 'a' }, flags: { c: ['unsafe'] } }, 'p1')),
      promptRows('p2', says('kim', 'a | b', {}, 'p2'), says('lee', 'b | a', {}, 'p2')),
      promptRows('p3'),
      promptRows('p4', says('kim', 'd > b', { shown: 'bd', with: { mode: 'pair', strength: -3 } }, 'p4')),
      promptRows(
        'p5',
        says('kim', '', { with: { mode: 'rate', ratings: { a: five(4), c: five(1), d: { clarity: 1 } } } }, 'p5'),
      ),
      promptRows(
        'p6',
        says(
          'kim',
          '',
          { with: { mode: 'steps', steps: { b: stepsOf('good neutral wrong') }, thumbs: { b: false } } },
          'p6',
        ),
      ),
    ]);
    const exportedFiles = (await exported(project, { split: 0 })).files;
    const { 'README.md': card, 'manifest.json': manifest, ...files } = exportedFiles;
    await expect(
      [...Object.entries(files), ['manifest.json', manifest], ['README.md', card]]
        .map(([name, text]) => `== ${name}\n${text}`)
        .join('\n'),
    ).toMatchFileSnapshot('exported.golden.txt');
  });

  test('has no word of when it was made: the same project and plan give the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryProject(4), async (rows) => {
        const [one, two] = [await exported(memoryProject(rows)), await exported(memoryProject(rows))];
        expect(two.files).toEqual(one.files);
      }),
      { numRuns: 10 },
    );
  });

  test('holds exactly the preferences of the project, says an obvious reference', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryProject(5), fc.constantFrom('allow', 'last'), async (rows, partial) => {
        const { rowsOf } = await exported(memoryProject(rows, { partial }), { split: 0.3 });
        const expected = rows.flatMap((row) => referencePairs(row, partial)).sort();
        for (const format of ['trl-preference', 'openai-preference'] as const)
          expect(
            rowsOf(format)
              .map((row) => JSON.stringify(row))
              .sort(),
          ).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  test('has no prompt in two splits, and holds out the same prompts in every format', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryProject(6), fc.nat(3), async (rows, seed) => {
        const { linesOf } = await exported(memoryProject(rows), { split: 0.4, seed });
        const splitOf = new Map<string, string>();
        for (const format of formatIds)
          for (const line of linesOf(`provenance/${format}.jsonl`)) {
            const { promptId, split } = JSON.parse(line) as { promptId: string; split: string };
            expect(splitOf.get(promptId) ?? split).toBe(split);
            splitOf.set(promptId, split);
          }
      }),
      { numRuns: 12 },
    );
  });

  test('has one line of provenance a row', async () => {
    const project = memoryProject([
      promptRows('p1', says('kim', 'b > a', {}, 'p1')),
      promptRows('p2', says('lee', 'a > b', {}, 'p2')),
    ]);
    const { linesOf } = await exported(project, { split: 0.5 });
    expect(linesOf('provenance/trl-preference.jsonl').map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        split: 'train',
        line: 1,
        promptId: 'p1',
        answers: { chosen: 'b', rejected: 'a' },
        labelers: ['kim'],
        models: ['model b', 'model a'],
      },
      {
        split: 'validation',
        line: 1,
        promptId: 'p2',
        answers: { chosen: 'a', rejected: 'b' },
        labelers: ['lee'],
        models: ['model a', 'model b'],
      },
    ]);
  });

  test('gives the whole project back from the interchange records', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryProject(5), async (rows) => {
        const { rowsOf } = await exported(memoryProject(rows), { formats: ['touchstone'], split: 0.4 });
        const records = rowsOf('touchstone').map((record) => InterchangeRecord.parse(record));
        expect(records).toHaveLength(rows.length);
        for (const { prompt, candidates, judgements } of rows) {
          const record = records.find((each) => each.prompt.id === prompt.id);
          expect(record?.prompt).toEqual(prompt);
          expect(record?.candidates).toEqual(candidates.map(({ promptId: _, ...rest }) => rest));
          expect(record?.judgements).toEqual(currentJudgements(judgements).map(({ promptId: _, ...rest }) => rest));
        }
      }),
      { numRuns: 12 },
    );
  });

  test('reads back as what was written, in every training format', async () => {
    const project = memoryProject([promptRows('p1', says('kim', 'b > a | c', { corrections: { x: 'a' } }, 'p1'))]);
    const { rowsOf } = await exported(project);
    const messages = [{ role: 'user', content: 'question p1' }];
    expect(rowsOf('trl-sft')).toEqual([{ messages, completion: 'corrected x' }]);
    expect(rowsOf('openai-chat')).toEqual([{ messages, completion: 'corrected x' }]);
    expect(rowsOf('trl-kto')).toHaveLength(4);
  });
});

/** All pairs of a prompt, slowly: every two texts, every labeler, straight from the words of the rules. */
function referencePairs({ prompt, candidates, judgements }: PromptRows, partial: string): string[] {
  const holding = currentJudgements(judgements).filter(({ status }) => status === 'submitted');
  const texts = new Map<string, string>(candidates.map(({ id, text }) => [id, text]));
  for (const { corrections } of holding) for (const { id, text } of corrections ?? []) texts.set(id, text);
  const placeOf = (judgement: Judgement, id: string): number | undefined => {
    const ranking = judgement.ranking ?? [];
    const tier = ranking.findIndex((each) => each.some((other) => other === id));
    const isBroken = ranking[0] !== undefined && ranking[0].length > 1 && judgement.best !== undefined;
    // Behind the best of a broken tie everything else stands one place lower.
    if (tier !== -1) return isBroken && judgement.best !== id ? tier + 1 : tier;
    const isLast = partial === 'last' && ranking.length > 0 && candidates.some((each) => each.id === id);
    const isLeftOut = judgement.leftOut?.some((other) => other === id) ?? false;
    return isLast && !isLeftOut ? ranking.length + Number(isBroken) : undefined;
  };
  const pairs: string[] = [];
  for (const [chosen, chosenText] of texts)
    for (const [rejected, rejectedText] of texts) {
      let lead = 0;
      for (const judgement of holding) {
        const [above, below] = [placeOf(judgement, chosen), placeOf(judgement, rejected)];
        const [first, second] = judgement.shown?.order ?? [];
        const ratings = judgement.ratings ?? {};
        const [good, bad] = [ratings[chosen]?.['helpfulness'], ratings[rejected]?.['helpfulness']];
        const hasRanking = (judgement.ranking ?? []).length > 0;
        const isPair = [first, second].some((id) => id === chosen) && [first, second].some((id) => id === rejected);
        const signed = first === chosen ? 1 : -1;
        if (above !== undefined && below !== undefined) lead += below - above;
        else if (!hasRanking && judgement.strength !== undefined && isPair && chosen !== rejected)
          lead += signed * judgement.strength;
        else if (!hasRanking && judgement.strength === undefined && good !== undefined && bad !== undefined)
          lead += good - bad;
        else if (
          judgement.corrections?.some(
            ({ id, parent, parts = [] }) =>
              id === chosen && [parent, ...parts.map(({ from }) => from)].some((from) => from === rejected),
          )
        )
          lead += 1;
      }
      const isUsable = chosenText.trim() !== '' && rejectedText.trim() !== '' && chosenText !== rejectedText;
      if (lead > 1e-9 && isUsable)
        pairs.push(JSON.stringify({ messages: prompt.messages, chosen: chosenText, rejected: rejectedText }));
    }
  return pairs;
}

describe('an answer that goes on from the beginning of another', () => {
  const branched = (): PromptRows => {
    const step = (text: string, label: string) => ({ text, label });
    const steps = {
      a: [step('One.', 'good'), step('Two is 3.', 'wrong')],
      b: [step('One.', 'good'), step('Two is 2.', 'good')],
    };
    const rows = promptRows('p', says('kim', 'b > a', { with: { steps } }));
    const branch = { from: 'a', at: 4, step: 1 };
    return {
      ...rows,
      candidates: rows.candidates.map((row) => (row.id === 'b' ? Candidate.parse({ ...row, branch }) : row)),
    };
  };

  test('is a row of steps of its own, with the shared ones, and a side of pairs', async () => {
    const { linesOf } = await exported(memoryProject([branched()]), {
      formats: ['trl-stepwise', 'trl-preference'],
      split: 0,
    });
    expect(linesOf('trl-stepwise/train.jsonl').map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { completions: ['One.', 'Two is 3.'], labels: [true, false] },
      { completions: ['One.', 'Two is 2.'], labels: [true, true] },
    ]);
    expect(linesOf('trl-preference/train.jsonl')).toHaveLength(1);
  });

  test('keeps in the record where it comes from', async () => {
    const { linesOf } = await exported(memoryProject([branched()]), { formats: ['touchstone'], split: 0 });
    const record = InterchangeRecord.parse(JSON.parse(linesOf('touchstone/train.jsonl')[0] ?? ''));
    expect(record.candidates?.[1]?.branch).toEqual({ from: 'a', at: 4, step: 1 });
  });
});

describe('the steps of an answer, in a file', () => {
  const rowsOf = async (...said: [labeler: string, labels: string][]) => {
    const judgements = said.map(([labeler, labels]) => says(labeler, '', { with: { steps: { a: stepsOf(labels) } } }));
    const { linesOf } = await exported(memoryProject([promptRows('p', ...judgements)]), {
      formats: ['trl-stepwise'],
      split: 0,
    });
    return linesOf('trl-stepwise/train.jsonl').map((line) => (JSON.parse(line) as { labels: boolean[] }).labels);
  };
  const cases: [title: string, said: [string, string][], labels: boolean[][]][] = [
    ['neutral is not wrong', [['kim', 'good neutral wrong']], [[true, true, false]]],
    ['after a wrong one, where the labeler went on', [['kim', 'wrong good']], [[false, true]]],
    [
      'the majority decides',
      [
        ['kim', 'good wrong'],
        ['lee', 'good wrong'],
        ['mia', 'good good good'],
      ],
      [[true, false]],
    ],
    [
      'they end before an even split',
      [
        ['kim', 'good wrong'],
        ['lee', 'good neutral good'],
      ],
      [[true]],
    ],
    [
      'one labeler may have gone further',
      [
        ['kim', 'good'],
        ['lee', 'good good wrong'],
      ],
      [[true, true, false]],
    ],
  ];
  test.each(cases)('%s', async (_, said, labels) => expect(await rowsOf(...said)).toEqual(labels));
});

describe('the margin of a pair, in a file', () => {
  const marginsOf = async (...judgements: Judgement[]) => {
    const { linesOf, rowsOf } = await exported(memoryProject([promptRows('p', ...judgements)]), {
      formats: ['trl-reward'],
      split: 0,
    });
    expect(rowsOf('trl-reward')).toHaveLength(linesOf('trl-reward/train.jsonl').length);
    return linesOf('trl-reward/train.jsonl').map((line) => {
      const { chosen, rejected } = JSON.parse(line) as Record<'chosen' | 'rejected', [{ content: string }]>;
      return `${chosen[0].content.slice(-1)}>${rejected[0].content.slice(-1)} ${/"margin":(.*)\}$/.exec(line)?.[1]}`;
    });
  };
  const pair = (labeler: string, strength: number, shown = 'ab') => says(labeler, '', { shown, with: { strength } });
  const cases: [title: string, judgements: Judgement[], margins: string[]][] = [
    ['is the tiers between, with a decimal point', [says('kim', 'a > b > c')], ['a>b 1.0', 'a>c 2.0', 'b>c 1.0']],
    ['is the strength', [pair('kim', 3)], ['a>b 3.0']],
    ['is the strength of whichever stood first', [pair('kim', -2, 'ba')], ['a>b 2.0']],
    ['is the strength beside a ranking', [says('kim', 'b > a', { shown: 'ba', with: { strength: 2 } })], ['b>a 2.0']],
    ['is the mean of several strengths', [pair('kim', 2), pair('lee', -1)], ['a>b 0.5']],
    [
      'is the difference of the ratings',
      [says('kim', '', { with: { ratings: { a: five(4), b: five(2) } } })],
      ['a>b 2.0'],
    ],
    [
      'leaves ratings aside where there is a ranking',
      [says('kim', 'b > a', { with: { ratings: { a: five(4), b: five(0) } } })],
      ['b>a 1.0'],
    ],
    ['is 1 for the best', [says('kim', '', { best: 'b', shown: 'ab' })], ['b>a 1.0']],
    ['is short where it is a third', [pair('kim', 2), pair('lee', 1), pair('mia', 1)], ['a>b 1.333333333']],
  ];
  test.each(cases)('%s', async (_, judgements, margins) => expect(await marginsOf(...judgements)).toEqual(margins));
});

test('scores of several labelers are rounded means of those who gave all five', async () => {
  const rate = (labeler: string, scores: Record<string, number>) =>
    says(labeler, '', { with: { ratings: { a: scores } } });
  const rows = promptRows('p', rate('kim', five(4)), rate('lee', five(1)), rate('mia', { helpfulness: 0 }));
  const { rowsOf } = await exported(memoryProject([rows]), { formats: ['helpsteer'] });
  expect(rowsOf('helpsteer')).toEqual([{ prompt: 'question p', response: 'answer a', scores: five(3) }]);
});

test('a rubric says what a rating is worth', async () => {
  const rubric = [
    { id: 'clear', label: 'Clear', min: 1, max: 5 },
    { id: 'long', label: 'Long', min: 1, max: 5, weight: -3 },
  ];
  const ratings = { a: { clear: 5, long: 4 }, b: { clear: 1, long: 2 }, c: { clear: 1 }, d: { other: 9 } };
  const rows = promptRows('p', says('kim', '', { with: { ratings } }));
  const { rowsOf } = await exported(memoryProject([rows], { rubric }), { formats: ['trl-preference'] });
  expect(rowsOf('trl-preference')).toMatchObject([{ chosen: 'answer b', rejected: 'answer a' }]);
});

describe('what an export leaves out, it counts', () => {
  const chat = (...roles: ('system' | 'user' | 'assistant')[]) => roles.map((role) => ({ role, content: role }));
  const judged = (
    id: string,
    change: Partial<PromptRows['prompt']>,
    texts: Record<string, string> = {},
  ): PromptRows => {
    const rows = promptRows(id, says('kim', 'a > b', {}, id));
    return {
      ...rows,
      prompt: { ...rows.prompt, ...change },
      candidates: rows.candidates.map((candidate) => ({ ...candidate, text: texts[candidate.id] ?? candidate.text })),
    };
  };
  const rated = (id: string, ratings: Record<string, Record<string, number>>): PromptRows =>
    promptRows(id, says('kim', '', { with: { ratings } }, id));
  const steps = (labeler: string, labels: string) => says(labeler, '', { with: { steps: { a: stepsOf(labels) } } });
  const flags = says('kim', '', { flags: { a: ['unsafe'] } });
  const ofTurns = (rows: PromptRows, messages: PromptRows['prompt']['messages']): PromptRows => ({
    ...rows,
    prompt: { ...rows.prompt, messages },
  });
  const cases: [title: string, rows: PromptRows, format: FormatId, dropped: Record<string, number>][] = [
    ['equal texts', judged('p', {}, { a: 'same', b: 'same' }), 'trl-preference', { 'equal-answers': 1 }],
    ['an empty answer', judged('p', {}, { b: '' }), 'trl-preference', { 'empty-answer': 1 }],
    ['an answer of white space', judged('p', {}, { a: ' \n' }), 'trl-sft', { 'empty-answer': 1 }],
    ['half a surrogate pair', judged('p', {}, { a: 'x\ud83d' }), 'trl-preference', { 'lone-surrogate': 1 }],
    [
      'a prompt that ends in an answer',
      judged('p', { messages: chat('user', 'assistant') }),
      'trl-sft',
      { 'prompt-turns': 1 },
    ],
    [
      'a late system turn',
      judged('p', { messages: chat('user', 'system', 'user') }),
      'openai-preference',
      { 'prompt-turns': 1 },
    ],
    [
      'an empty question',
      judged('p', { messages: [{ role: 'user', content: '' }] }),
      'openai-chat',
      { 'prompt-empty': 1 },
    ],
    ['a ranking without a line', judged('p', {}), 'trl-kto', { 'no-line': 1 }],
    ['a prompt without a judgement', promptRows('p'), 'trl-preference', { 'not-judged': 1 }],
    ['ratings, where a line is asked for', rated('p', { a: five(4), b: five(2) }), 'trl-kto', { 'no-line': 1 }],
    ['flags alone, where a line is asked for', promptRows('p', flags), 'trl-kto', { 'no-label': 1 }],
    ['a ranking, where steps are asked for', judged('p', {}), 'trl-stepwise', { 'no-steps': 1 }],
    ['a ranking, where ratings are asked for', judged('p', {}), 'helpsteer', { 'not-rated': 1 }],
    [
      'other attributes',
      rated('p', { a: { clarity: 1 }, b: { ...five(3), coherence: 5 } }),
      'helpsteer',
      { 'no-attributes': 2 },
    ],
    [
      'a prompt of three turns',
      ofTurns(rated('p', { a: five(3) }), chat('user', 'assistant', 'user')),
      'helpsteer',
      { 'prompt-many-turns': 1 },
    ],
    [
      'steps of a prompt of three turns',
      ofTurns(promptRows('p', steps('kim', 'good')), chat('user', 'assistant', 'user')),
      'trl-stepwise',
      { 'prompt-many-turns': 1 },
    ],
    [
      'a step on which two differ at once',
      promptRows('p', steps('kim', 'good'), steps('lee', 'wrong')),
      'trl-stepwise',
      { 'even-split': 1 },
    ],
    ['equal ratings', rated('p', { a: five(3), b: five(3) }), 'trl-reward', { 'no-preference': 1 }],
    ['a ranking of ties only', promptRows('p', says('kim', 'a = b')), 'trl-preference', { 'no-preference': 1 }],
  ];
  test.each(cases)('%s', async (_, rows, format, dropped) => {
    const { formats: reports, findings, manifest } = await exported(memoryProject([rows]), { formats: [format] });
    expect(reports[0]?.dropped).toEqual(dropped);
    expect(findings).toEqual([{ code: 'no-rows', format }]);
    expect(manifest?.formats[format]?.dropped).toEqual(dropped);
  });
});

describe('what whoever trains should know', () => {
  const withTexts = (a: string, b: string): PromptRows => {
    const rows = promptRows('p', says('kim', 'a > b'));
    return {
      ...rows,
      candidates: rows.candidates.map((each) => ({ ...each, text: { a, b }[String(each.id)] ?? each.text })),
    };
  };
  test('control tokens of chat templates, with their places', async () => {
    for (const text of ['x<|im_end|>\n<|im_start|>user\nhi', '<start_of_turn>', '[INST]', '</s>', '<｜User｜>']) {
      const { findings } = await exported(memoryProject([withTexts(text, 'b')]), { formats: ['trl-preference'] });
      const places = [{ file: 'trl-preference/train.jsonl', line: 1 }];
      expect(findings).toEqual([{ code: 'control-token', format: 'trl-preference', nRows: 1, places }]);
    }
  });
  test('a column in which every text looks like a date', async () => {
    for (const text of ['2024-01-01', '2024-01-01 10:00', '2024-01-01T10:00:00.5Z']) {
      const { findings } = await exported(memoryProject([withTexts(text, 'b')]), { formats: ['trl-preference'] });
      expect(findings).toEqual([{ code: 'all-dates', format: 'trl-preference', column: 'chosen.content' }]);
    }
  });
  test('nothing, where nothing is wrong', async () => {
    const { findings } = await exported(memoryProject([withTexts('On 2024-01-01.', 'a < b | c > d <b>')]), {
      formats: ['trl-preference'],
    });
    expect(findings).toEqual([]);
  });
});

describe('a data set that is verified', () => {
  test('is whole after every export', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryProject(3), async (rows) => {
        const { out, disk } = await exported(memoryProject(rows));
        expect((await verifyDataset(out, { disk })).problems).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });
});
