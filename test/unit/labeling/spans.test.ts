import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { emptyDraft, FromLabelingPage } from '../../../src/protocol.js';
import { Sitting } from './sittingFor.js';

let sitting: Sitting | undefined;
afterEach(async () => {
  await sitting?.stop();
  sitting = undefined;
});

const textOnDisk = async ({ folder }: Sitting): Promise<string> => {
  const journals = path.join(folder, '.touchstone', 'judgements');
  const names = await readdir(journals);
  return (await Promise.all(names.map((name) => readFile(path.join(journals, name), 'utf8')))).join('');
};

const marked = async (spans: (id: string) => Record<string, { start: number; end: number; flag: string }[]>) => {
  sitting = await Sitting.start({ nPrompts: 2 });
  const candidate = sitting.screen?.answers[0]?.candidateId ?? '';
  const { promptId } = sitting;
  const draft = { ...sitting.ranking('A B C'), spans: spans(candidate) };
  return { sitting, candidate, promptId, draft };
};

test('places of answers are drafted, come back after a reload, and are submitted with the judgement', async () => {
  const { sitting, candidate, promptId, draft } = await marked((id) => ({
    [id]: [{ start: 0, end: 6, flag: 'hallucination', note: 'no such thing' }],
  }));
  await sitting.session.receive({ type: 'draft-change', promptId, draft, revision: 3 });
  await sitting.reload();
  expect(sitting.screen?.draft.spans).toEqual(draft.spans);
  const submit = { requestId: 'r1', promptId, draft, aids: [], words: {}, activeMs: 1, cut: [] };
  await sitting.session.receive({ type: 'judgement-submit', ...submit });
  const [row] = sitting.project.judgementsOf(promptId);
  expect(row?.spans).toEqual({ [candidate]: [{ start: 0, end: 6, flag: 'hallucination', note: 'no such thing' }] });
  expect(await textOnDisk(sitting)).toContain('"note":"no such thing"');
  await sitting.session.receive({ type: 'submit-undo' });
  expect(sitting.screen?.draft.spans).toEqual(draft.spans);
});

test('a mark alone is work that a reload keeps', async () => {
  const { sitting, promptId, candidate } = await marked(() => ({}));
  const draft = { ...emptyDraft, spans: { [candidate]: [{ start: 0, end: 6, flag: 'unsafe' }] } };
  await sitting.session.receive({ type: 'draft-change', promptId, draft, revision: 1 });
  await sitting.session.receive({ type: 'prompt-go', to: 'next', from: promptId });
  expect(sitting.session.queue.standingOf(promptId)).toBe('draft');
});

test.each([
  ['of an answer that is not there', () => ({ c0: [{ start: 0, end: 1, flag: 'unsafe' }] }), 'not a candidate'],
  ['that is empty', (id: string) => ({ [id]: [{ start: 4, end: 4, flag: 'unsafe' }] }), 'from 4 to 4'],
  ['behind the end of its answer', (id: string) => ({ [id]: [{ start: 0, end: 900, flag: 'unsafe' }] }), 'ends at'],
])('a mark %s is refused, and the prompt comes back', async (_what, spans, reason) => {
  const { sitting, promptId, draft } = await marked(spans);
  const submit = { requestId: 'r1', promptId, draft, aids: [], words: {}, activeMs: 1, cut: [] };
  await sitting.session.receive({ type: 'judgement-submit', ...submit });
  expect(sitting.last('judgement-failed')?.message).toContain(reason);
  expect(sitting.project.judgementsOf(promptId)).toEqual([]);
});

test('what is no place is not read from the page', () => {
  for (const span of [
    { start: -1, end: 2, flag: 'unsafe' },
    { start: 0.5, end: 2, flag: 'unsafe' },
    { start: 0, end: 2 },
  ])
    expect(
      FromLabelingPage.safeParse({
        type: 'draft-change',
        promptId: 'p0123456789abcdef',
        draft: { ...emptyDraft, spans: { c: [span] } },
        revision: 1,
      }).success,
    ).toBe(false);
});
