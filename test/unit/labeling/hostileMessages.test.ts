import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FromLabelingPage } from '../../../src/protocol.js';
import type { SessionMessage } from '../../../src/labeling/session.js';
import { Sitting } from './sittingFor.js';

const forPanel = [
  'page-ready',
  'improve-open',
  'compose-open',
  'link-open',
  'guidelines-open',
  'action',
  'focus-change',
];
const isForSession = (message: FromLabelingPage): message is SessionMessage => !forPanel.includes(message.type);

/** A message that is understood, and that a page may send. */
const valid: Record<string, unknown>[] = [
  { type: 'page-ready' },
  { type: 'draft-change', promptId: 'p', draft: { ranking: [['a'], ['b']] }, revision: 1 },
  {
    type: 'judgement-submit',
    requestId: 'r',
    promptId: 'p',
    draft: { ranking: [] },
    aids: [],
    words: {},
    activeMs: 1,
    cut: [],
  },
  { type: 'prompt-skip', requestId: 'r', promptId: 'p' },
  { type: 'prompt-go', to: 'next', from: 'p' },
  { type: 'submit-undo' },
  { type: 'improve-open', promptId: 'p', candidateId: 'c' },
  { type: 'compose-open', promptId: 'p' },
  { type: 'candidate-cut', candidateId: 'c' },
  { type: 'generate-again', promptId: 'p' },
  { type: 'link-open', url: 'https://example.com' },
  { type: 'guidelines-open' },
  { type: 'action', action: 'export' },
  { type: 'focus-change', isFocused: true, isInText: false },
];

describe('messages of a page that is not to be trusted', () => {
  let sitting: Sitting;
  beforeAll(async () => {
    sitting = await Sitting.start({ nPrompts: 2 });
  });
  afterAll(() => sitting.stop());

  test('each message of ours is understood', () =>
    expect(valid.filter((message) => !FromLabelingPage.safeParse(message).success)).toEqual([]));

  test('a message with a field more, a field less or a field of another kind is dropped', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...valid),
        fc.anything({ withNullPrototype: true }),
        fc.nat(),
        (message, value, at) => {
          const keys = Object.keys(message);
          const key = keys[at % keys.length] ?? 'type';
          const { [key]: removed, ...less } = message;
          expect(FromLabelingPage.safeParse({ ...message, command: value }).success).toBe(false);
          expect(removed).toBeDefined();
          expect(FromLabelingPage.safeParse(less).success).toBe(false);
          expect(FromLabelingPage.safeParse({ ...message, type: value }).success).toBe(false);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('anything else is dropped without a throw', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), (message) => {
        expect(FromLabelingPage.safeParse(message).success).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });

  test('a message that is understood but names what is not there changes nothing', async () => {
    const before = sitting.session.queue.counts;
    for (const message of valid) {
      const parsed = FromLabelingPage.parse(message);
      if (isForSession(parsed)) await sitting.session.receive(parsed);
    }
    expect(sitting.session.queue.counts).toEqual(before);
    expect(sitting.project.promptIds.flatMap((id) => sitting.project.judgementsOf(id))).toEqual([]);
    expect(
      sitting.project.drafts.all().filter(({ promptId }) => !sitting.project.promptIds.includes(promptId)),
    ).toEqual([]);
    expect(sitting.last('judgement-failed')?.message).toContain('no longer in the project');
  });
});
