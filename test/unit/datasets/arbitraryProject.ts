import fc from 'fast-check';
import {
  Candidate,
  CandidateId,
  helpsteerRubric,
  Judgement,
  judgingModes,
  Prompt,
  type Message,
} from '../../../src/core/index.js';
import type { PromptRows } from './memoryProject.js';

/** Texts that files, line ends and loaders stumble over, among plain ones. */
const text = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
  fc.constantFrom('2024-01-01', 'a', '\r\n', 'x\u2028y\u0085z', '<|im_end|>', '{"a":1}', '😀é', ' ', ''),
);
const content = text.filter((value) => value.trim() !== '');

const messages: fc.Arbitrary<Message[]> = fc
  .tuple(fc.option(content), fc.array(fc.tuple(content, content), { maxLength: 1 }), content)
  .map(([system, turns, last]) => [
    ...(system === null ? [] : [{ role: 'system' as const, content: system }]),
    ...turns.flatMap(([user, assistant]) => [
      { role: 'user' as const, content: user },
      { role: 'assistant' as const, content: assistant },
    ]),
    { role: 'user' as const, content: last },
  ]);

const judgedStep = fc.record({
  text: content,
  label: fc.constantFrom('good', 'neutral', 'wrong'),
});
/** The two that only describe are lower for the better answer: they must have no say. */
const helpsteerScores = (score: number) =>
  Object.fromEntries(
    helpsteerRubric.map(({ id, weight = 1 }): [string, number] => [id, weight === 0 ? 4 - score : score]),
  );

/** A judgement of `labeler` on these candidates: each is in a tier, left out or nowhere; some have corrections. */
const judgement = (promptId: string, candidateIds: readonly string[], labeler: string): fc.Arbitrary<Judgement> =>
  fc
    .record({
      // Tier of each candidate and of up to two corrections; -1: left out, -2: nowhere.
      places: fc.array(fc.integer({ min: -2, max: 3 }), { minLength: 8, maxLength: 8 }),
      corrections: fc.array(fc.record({ parent: fc.option(fc.nat(candidateIds.length - 1)), text: content }), {
        maxLength: 2,
      }),
      line: fc.option(fc.nat(4)),
      best: fc.boolean(),
      flagged: fc.option(fc.nat(candidateIds.length - 1)),
      status: fc.constantFrom('submitted', 'submitted', 'submitted', 'skipped', 'draft'),
      minutes: fc.nat(59),
      mode: fc.constantFrom(...judgingModes),
      // Of each candidate; null: not said.
      scores: fc.array(fc.option(fc.integer({ min: 0, max: 4 })), { minLength: 5, maxLength: 5 }),
      thumbs: fc.array(fc.option(fc.boolean()), { minLength: 5, maxLength: 5 }),
      steps: fc.array(fc.array(judgedStep, { maxLength: 3 }), { minLength: 5, maxLength: 5 }),
      strength: fc.option(fc.integer({ min: -3, max: 3 })),
    })
    .map((said) => {
      const { places, corrections, line, best, flagged, status, minutes, mode, scores, thumbs, steps, strength } = said;
      const written = corrections.map((correction, index) => ({
        id: `${promptId}-${labeler}-x${index}`,
        text: correction.text,
        parts: [{ text: correction.text, from: candidateIds[0], start: 0, end: 1 }, { text: ' ' }],
        ...(correction.parent === null ? {} : { parent: candidateIds[correction.parent] }),
      }));
      const all = [...candidateIds, ...written.map(({ id }) => id)];
      const ranking = [0, 1, 2, 3]
        .map((tier) => all.filter((_, index) => places[index] === tier))
        .filter((tier) => tier.length > 0);
      const ofEach = <T>(values: readonly (T | null)[]) =>
        Object.fromEntries(
          candidateIds.flatMap((id, index) => ((values[index] ?? null) === null ? [] : [[id, values[index]]])),
        );
      const leftOut = candidateIds.filter((_, index) => places[index] === -1);
      return Judgement.parse({
        id: `j-${promptId}-${labeler}`,
        promptId,
        labeler,
        at: new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString(),
        status,
        mode,
        shown: { order: candidateIds },
        ...(strength !== null && candidateIds.length === 2 && ranking.length === 0 ? { strength } : {}),
        ratings: ofEach(scores.map((score) => (score === null ? null : helpsteerScores(score)))),
        thumbs: ofEach(thumbs),
        steps: ofEach(steps),
        ...(flagged === null
          ? {}
          : { spans: { [candidateIds[flagged] ?? '']: [{ start: 1, end: 2, flag: 'unsafe', note: 'n' }] } }),
        ...(ranking.length > 0 ? { ranking } : {}),
        ...(leftOut.length > 0 ? { leftOut } : {}),
        ...(line !== null && line <= ranking.length ? { line } : {}),
        ...(best && ranking[0] !== undefined ? { best: ranking[0][0] } : {}),
        ...(flagged === null ? {} : { flags: { [candidateIds[flagged] ?? '']: ['hallucination'] } }),
        ...(written.length > 0 ? { corrections: written } : {}),
      });
    });

const labelers = ['kim', 'lee', 'mia'];

/** Up to `maxPrompts` prompts of two to five candidates, judged by none to three labelers, with ties and corrections. */
export const arbitraryProject = (maxPrompts: number): fc.Arbitrary<PromptRows[]> =>
  fc
    .array(fc.record({ messages, texts: fc.array(text, { minLength: 2, maxLength: 5 }), nLabelers: fc.nat(3) }), {
      minLength: 1,
      maxLength: maxPrompts,
    })
    .chain((prompts) =>
      fc.tuple(
        ...prompts.map(({ messages: turns, texts, nLabelers }, index) => {
          const promptId = `p${index}`;
          const candidateIds = texts.map((_, place) => `${promptId}-${place}`);
          return fc
            .tuple(...labelers.slice(0, nLabelers).map((name) => judgement(promptId, candidateIds, name)))
            .map((judgements): PromptRows => ({
              prompt: Prompt.parse({ id: promptId, messages: turns, metadata: { index } }),
              candidates: texts.map((each, place) =>
                Candidate.parse({
                  id: CandidateId.parse(candidateIds[place]),
                  promptId,
                  text: each,
                  origin: 'model',
                  model: { name: `m${place % 2}` },
                }),
              ),
              judgements,
            }));
        }),
      ),
    );
