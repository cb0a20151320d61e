import * as l10n from '@vscode/l10n';
import {
  Candidate,
  CandidateId,
  candidateIdOf,
  checkGold,
  checkJudgement,
  checkSpans,
  Gold,
  Judgement,
  JudgementId,
  judgementIdOf,
  type PromptId,
  type Problem,
} from '../core/index.js';
import type { Project } from '../store/index.js';
import { type PromptRow, promptRowOf, withOriginalId } from './columns.js';
import {
  type Checked,
  duplicateId,
  type Fault,
  invalidField,
  notAnObject,
  type Place,
  problemAt,
  unknownReference,
  unusableGold,
  unusableJudgement,
} from './problems.js';
import { isObject } from './turns.js';

/** What one row brings into a project, in the project's own ids. */
export interface ImportedRow {
  readonly prompt: PromptRow['prompt'];
  readonly candidates: readonly Candidate[];
  readonly judgements: readonly Judgement[];
  readonly gold?: Gold | undefined;
}

/** The part of a project that tells which ids are free. */
export type KnownIds = Pick<Project, 'candidatesOf' | 'promptOf' | 'judgementsOf' | 'goldOf' | 'hasJudgement'>;

/**
 * An interchange record in the project's own ids. A record whose prompt id is that of the prompt's content was written by
 * Touchstone: ids of candidates, corrections and judgements that have our form and are free stay as they are, so that what
 * was exported comes back unchanged. Of any other record the ids become ones made of the content, and the originals are
 * kept in `metadata.touchstone.id`. Either way the same record gives the same ids.
 *
 * A judgement without a time gets one millisecond more than the one before it in the record, or, when it is the first,
 * `1970-01-01T00:00:00.000Z` plus `nEarlier` milliseconds: the order of the file is kept and nothing depends on the clock.
 * A gold that cannot be used is left out and reported, its prompt goes in.
 *
 * @param nEarlier judgements of the same prompt that stand earlier in the same import.
 */
export function importedRecord(
  value: unknown,
  place: Place,
  project: KnownIds,
  nEarlier: (promptId: PromptId) => number,
): { readonly row?: ImportedRow; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const report = (fault: Fault): void => void problems.push(problemAt(place, fault));
  const refuse = (fault: Fault) => ({ problems: [problemAt(place, fault)] });
  if (!isObject(value)) return refuse(notAnObject());

  // 1. The prompt.
  const found = recordPrompt(value['prompt'], place);
  if ('fault' in found) return refuse(found.fault);
  const { prompt, isOwn, gold: rawGold } = found.value;

  // 2. Ids must differ, or nothing that names them means anything.
  const rawCandidates = listOf(value['candidates'])?.map(withoutNulls);
  const rawJudgements = listOf(value['judgements'])?.map(withoutNulls);
  if (rawCandidates === undefined) return refuse(invalidField('candidates', l10n.t('it must be a list.')));
  if (rawJudgements === undefined) return refuse(invalidField('judgements', l10n.t('it must be a list.')));
  for (const [field, rows] of [
    ['candidates', rawCandidates],
    ['judgements', rawJudgements],
  ] as const) {
    const twice = firstTwice(rows.map((row) => (isObject(row) ? row['id'] : undefined)));
    if (twice !== undefined) return refuse(duplicateId(field, twice));
  }

  // 3. The candidates, with the ids of the record beside those of the project.
  const ids = new Map<string, CandidateId>();
  const isFree = (id: string, text: unknown): boolean => {
    const owner = project.promptOf(CandidateId.parse(id));
    if (owner === undefined) return true;
    return owner === prompt.id && project.candidatesOf(owner).every((row) => row.id !== id || row.text === text);
  };
  for (const raw of rawCandidates) {
    if (!isObject(raw) || typeof raw['id'] !== 'string' || raw['id'] === '') continue;
    const keeps = isOwn && isOwnCandidateId(raw['id']) && isFree(raw['id'], raw['text']);
    ids.set(raw['id'], keeps ? CandidateId.parse(raw['id']) : importedCandidateId(prompt.id, raw));
  }
  const candidates: Candidate[] = [];
  for (const [index, raw] of rawCandidates.entries()) {
    const candidate = recordCandidate(raw, `candidates[${index}]`, prompt.id, ids);
    if ('value' in candidate) candidates.push(candidate.value);
    else {
      report(candidate.fault);
      if (isObject(raw) && typeof raw['id'] === 'string') ids.delete(raw['id']);
    }
  }
  // A colleague may send judgements alone, of candidates that are here already.
  const known = new Map(ids);
  if (isOwn) for (const { id } of project.candidatesOf(prompt.id)) if (!known.has(id)) known.set(id, id);
  const texts = new Map(
    [...(isOwn ? project.candidatesOf(prompt.id) : []), ...candidates].map((row) => [row.id, row.text]),
  );

  // 4. The judgements.
  const judgements: Judgement[] = [];
  const nSame = new Map<string, number>();
  let at = nEarlier(prompt.id) - 1;
  for (const [index, raw] of rawJudgements.entries()) {
    const field = `judgements[${index}]`;
    const time = isObject(raw) && typeof raw['at'] === 'string' ? Date.parse(raw['at']) : at + 1;
    const judgement = Number.isNaN(time)
      ? { fault: invalidField(`${field}.at`, l10n.t('it must be a time such as 2026-01-31T12:00:00Z.')) }
      : recordJudgement(raw, { field, promptId: prompt.id, isOwn, known, texts, time, nSame, isFree, project });
    if ('fault' in judgement) report(judgement.fault);
    else {
      judgements.push(judgement.value);
      at = time;
    }
  }

  // 5. The gold, of the prompt or beside it.
  const goldSaid = rawGold ?? value['gold'] ?? undefined;
  if (goldSaid === undefined) return { row: { prompt, candidates, judgements }, problems };
  const gold = recordGold(goldSaid, { promptId: prompt.id, isOwn, known, project });
  if ('fault' in gold) report(gold.fault);
  return { row: { prompt, candidates, judgements, ...('value' in gold ? { gold: gold.value } : {}) }, problems };
}

function recordPrompt(
  value: unknown,
  place: Place,
): Checked<{ readonly prompt: PromptRow['prompt']; readonly isOwn: boolean; readonly gold: unknown }> {
  if (!isObject(value)) return { fault: invalidField('prompt', l10n.t('it must be an object with "messages".')) };
  const { source, gold, ...fields } = value;
  const row = promptRowOf(fields, place);
  if ('fault' in row) return { fault: { ...row.fault, field: `prompt.${row.fault.field ?? 'messages'}` } };
  if (row.value.candidates.length > 0)
    return {
      fault: invalidField(
        'prompt.messages',
        l10n.t('the last turn must be the user’s; answers belong into "candidates".'),
      ),
    };
  const { prompt } = row.value;
  const isSource = isObject(source) && typeof source['file'] === 'string' && Number.isSafeInteger(source['line']);
  return {
    value: {
      prompt: isSource
        ? { ...prompt, source: { file: String(source['file']), line: Math.max(1, Number(source['line'])) } }
        : { source: { file: place.source, line: place.line }, ...prompt },
      isOwn: value['id'] === prompt.id,
      gold,
    },
  };
}

/** From the record's own id and what was said, so that two records with one prompt do not take each other's answers. */
const importedCandidateId = (promptId: PromptId, raw: Readonly<Record<string, unknown>>): CandidateId =>
  candidateIdOf([promptId, 'record', raw['id'], raw['text'] ?? null, raw['model'] ?? null, raw['sampling'] ?? null]);

function recordCandidate(
  raw: unknown,
  field: string,
  promptId: PromptId,
  ids: ReadonlyMap<string, CandidateId>,
): Checked<Candidate> {
  if (!isObject(raw)) return { fault: invalidField(field, l10n.t('it must be an object with "id" and "text".')) };
  const original = raw['id'];
  const id = typeof original === 'string' ? ids.get(original) : undefined;
  if (id === undefined) return { fault: invalidField(`${field}.id`, l10n.t('it must be a text that is not empty.')) };
  const rawParent = raw['parent'];
  const parent = typeof rawParent === 'string' ? ids.get(rawParent) : undefined;
  if (rawParent !== undefined && parent === undefined)
    return {
      fault: invalidField(`${field}.parent`, l10n.t('"{0}" is no candidate of this record.', String(rawParent))),
    };
  const { branch } = raw;
  const from = isObject(branch) && typeof branch['from'] === 'string' ? ids.get(branch['from']) : undefined;
  if (isObject(branch) && from === undefined)
    return {
      fault: invalidField(
        `${field}.branch.from`,
        l10n.t('"{0}" is no candidate of this record.', String(branch['from'])),
      ),
    };
  const parsed = Candidate.safeParse({
    ...raw,
    id,
    promptId,
    origin: raw['origin'] ?? 'import',
    ...(parent === undefined ? {} : { parent }),
    ...(isObject(branch) ? { branch: { ...branch, from } } : {}),
    ...(id === original ? {} : { metadata: withOriginalId(objectOf(raw['metadata']), original) }),
  });
  return parsed.success ? { value: parsed.data } : { fault: issueFault(field, parsed.error.issues[0]) };
}

interface JudgementContext {
  readonly field: string;
  readonly promptId: PromptId;
  readonly isOwn: boolean;
  readonly known: ReadonlyMap<string, CandidateId>;
  /** Of the prompt's candidates, by the project's id. */
  readonly texts: ReadonlyMap<string, string>;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** How often the same was said before in this record; counted here. */
  readonly nSame: Map<string, number>;
  readonly isFree: (id: string, text: unknown) => boolean;
  readonly project: KnownIds;
}

function recordJudgement(raw: unknown, context: JudgementContext): Checked<Judgement> {
  const { field, promptId, isOwn, project } = context;
  if (!isObject(raw)) return { fault: invalidField(field, l10n.t('it must be an object with "labeler".')) };
  const labeler = raw['labeler'];
  const rawCorrections = listOf(raw['corrections'])?.map(withoutNulls);
  if (rawCorrections === undefined)
    return { fault: invalidField(`${field}.corrections`, l10n.t('it must be a list.')) };

  const known = new Map(context.known);
  const twice = firstTwice(rawCorrections.map((correction) => (isObject(correction) ? correction['id'] : undefined)));
  if (twice !== undefined) return { fault: duplicateId(`${field}.corrections`, twice) };
  const correctionIds: CandidateId[] = [];
  for (const [index, correction] of rawCorrections.entries()) {
    if (!isObject(correction))
      return { fault: invalidField(`${field}.corrections[${index}]`, l10n.t('it must be an object.')) };
    const original = correction['id'];
    if (typeof original === 'string' && known.has(original))
      return { fault: duplicateId(`${field}.corrections`, original) };
    const keeps =
      typeof original === 'string' &&
      isOwn &&
      isOwnCandidateId(original) &&
      context.isFree(original, correction['text']);
    const id = keeps
      ? CandidateId.parse(original)
      : candidateIdOf([
          promptId,
          'correction',
          labeler,
          original ?? index,
          correction['text'] ?? null,
          correction['parent'] ?? null,
        ]);
    correctionIds.push(id);
    if (typeof original === 'string') known.set(original, id);
  }

  let fault: Fault | undefined;
  const references: References = {
    id: (original, where) => {
      const id = known.get(original);
      if (id === undefined) fault ??= unknownReference(`${field}.${where}`, original);
      return id ?? original;
    },
  };
  const mapped = mappedReferences(
    raw,
    references,
    (id) => known.get(id) ?? (isOwn && isOwnCandidateId(id) ? id : undefined),
  );
  const corrections = rawCorrections.map((correction, index) => {
    const fields = objectOf(correction);
    const { id: original, parent, parts, metadata } = fields;
    const id = correctionIds[index];
    return {
      ...fields,
      id,
      ...(typeof parent === 'string' ? { parent: references.id(parent, `corrections[${index}].parent`) } : {}),
      ...(Array.isArray(parts)
        ? {
            parts: parts
              .map(withoutNulls)
              .map((part) =>
                isObject(part) && typeof part['from'] === 'string'
                  ? { ...part, from: references.id(part['from'], `corrections[${index}].parts`) }
                  : part,
              ),
          }
        : {}),
      ...(original === undefined || original === id ? {} : { metadata: withOriginalId(objectOf(metadata), original) }),
    };
  });
  if (fault !== undefined) return { fault };

  const { id: original, at: rawAt, ...rest } = mapped;
  const content = {
    ...rest,
    ...(raw['corrections'] === undefined ? {} : { corrections }),
    promptId,
    status: raw['status'] ?? 'submitted',
  };
  const at = new Date(context.time).toISOString();
  const unique = [promptId, original ?? null, rawAt === undefined ? null : at, content];
  const key = judgementIdOf(unique);
  const nSame = context.nSame.get(key) ?? 0;
  context.nSame.set(key, nSame + 1);
  const keepsId =
    isOwn &&
    typeof original === 'string' &&
    /^j[0-9a-f]{16}$/.test(original) &&
    (!project.hasJudgement(JudgementId.parse(original)) ||
      project.judgementsOf(promptId).some((row) => row.id === original));
  const id = keepsId ? original : nSame === 0 ? key : judgementIdOf([unique, nSame]);
  const parsed = Judgement.safeParse({
    ...content,
    id,
    at,
    ...(original === undefined || original === id
      ? {}
      : { metadata: withOriginalId(objectOf(raw['metadata']), original) }),
  });
  if (!parsed.success) return { fault: issueFault(field, parsed.error.issues[0]) };
  const reason = checkJudgement(parsed.data, new Set(context.known.values())) ?? checkSpans(parsed.data, context.texts);
  return reason === undefined ? { value: parsed.data } : { fault: unusableJudgement(field, reason) };
}

/** Who made a gold that does not say so. */
const unnamedGold = 'gold';

/** @param raw tiers, or an object with the fields of a judgement. */
function recordGold(
  raw: unknown,
  { promptId, isOwn, known, project }: Pick<JudgementContext, 'promptId' | 'isOwn' | 'known' | 'project'>,
): Checked<Gold> {
  const field = 'prompt.gold';
  const fields = Array.isArray(raw) ? { ranking: raw } : withoutNulls(raw);
  if (!isObject(fields))
    return { fault: invalidField(field, l10n.t('it must be an object with "ranking", or tiers.')) };
  let fault: Fault | undefined;
  const references: References = {
    id: (original, where) => {
      const id = known.get(original);
      if (id === undefined) fault ??= unknownReference(`${field}.${where}`, original, 'gold');
      return id ?? original;
    },
  };
  const { id: original, at, labeler, from, ...said } = mappedReferences(fields, references, (id) => known.get(id));
  if (fault !== undefined) return { fault };
  const time = typeof at === 'string' ? Date.parse(at) : 0;
  if (Number.isNaN(time))
    return { fault: invalidField(`${field}.at`, l10n.t('it must be a time such as 2026-01-31T12:00:00Z.')) };
  const isFreeId = (id: unknown): boolean =>
    isOwn &&
    typeof id === 'string' &&
    /^j[0-9a-f]{16}$/.test(id) &&
    (!project.hasJudgement(JudgementId.parse(id)) || project.goldOf(promptId)?.id === id);
  const parsed = Gold.safeParse({
    ...said,
    id: isFreeId(original) ? original : judgementIdOf([promptId, 'gold', at ?? null, said]),
    promptId,
    labeler: labeler ?? unnamedGold,
    at: new Date(time).toISOString(),
    status: 'gold',
    ...(isOwn && from !== undefined ? { from } : {}),
  });
  if (!parsed.success) return { fault: issueFault(field, parsed.error.issues[0]) };
  const reason = checkGold(parsed.data, new Set(known.values()));
  return reason === undefined ? { value: parsed.data } : { fault: unusableGold(field, reason) };
}

interface References {
  /** The project's id for one of the record; remembers the first that is unknown. */
  id(original: string, where: string): string;
}

/**
 * A judgement with all its references in the project's ids. `shown` is what was on the screen, not what was said: there a
 * candidate that failed and was never stored may be named, and `shownId` lets it pass.
 */
function mappedReferences(
  raw: Readonly<Record<string, unknown>>,
  references: References,
  shownId: (original: string) => string | undefined,
): Record<string, unknown> {
  const ids = (value: unknown, where: string): unknown =>
    Array.isArray(value)
      ? value.map((item: unknown) => ids(item, where))
      : typeof value === 'string'
        ? references.id(value, where)
        : value;
  const keys = (value: unknown, where: string): unknown =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([key, member]) => [references.id(key, where), member]))
      : value;
  const keyedLists = (value: unknown, where: string): unknown => {
    const keyed = keys(value, where);
    if (!isObject(keyed)) return keyed;
    const lists = Object.entries(keyed).map(([key, list]) => [
      key,
      Array.isArray(list) ? list.map(withoutNulls) : list,
    ]);
    return Object.fromEntries(lists);
  };
  const shown = (value: unknown, where: string): unknown => {
    if (!isObject(value)) return value;
    const id = (original: string): string => shownId(original) ?? references.id(original, where);
    const order: unknown = value['order'];
    const words = value['words'];
    return {
      ...value,
      ...(Array.isArray(order)
        ? { order: order.map((item: unknown) => (typeof item === 'string' ? id(item) : item)) }
        : {}),
      ...(isObject(words)
        ? { words: Object.fromEntries(Object.entries(words).map(([key, nWords]) => [id(key), nWords])) }
        : {}),
    };
  };
  const mappers: readonly (readonly [string, (value: unknown, where: string) => unknown])[] = [
    ['ranking', ids],
    ['leftOut', ids],
    ['best', ids],
    ['ratings', keys],
    ['flags', keys],
    ['spans', keyedLists],
    ['steps', keyedLists],
    ['thumbs', keys],
    ['shown', shown],
  ];
  const mapped: Record<string, unknown> = { ...raw };
  for (const [name, mapper] of mappers) if (raw[name] !== undefined) mapped[name] = mapper(raw[name], name);
  return mapped;
}

/** True when an id has the form that Touchstone gives to candidates and corrections. */
const isOwnCandidateId = (id: string): boolean => /^c[0-9a-f]{16}$/.test(id);

const listOf = (value: unknown): readonly unknown[] | undefined =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : undefined;

/** Python writes `None` for a field that has no value. */
const withoutNulls = (value: unknown): unknown =>
  isObject(value) ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null)) : value;

const objectOf = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {});

function firstTwice(values: readonly unknown[]): string | undefined {
  const seen = new Set<string>();
  for (const value of values) {
    if (typeof value !== 'string') continue;
    if (seen.has(value)) return value;
    seen.add(value);
  }
  return undefined;
}

const issueFault = (
  field: string,
  issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
): Fault =>
  invalidField([field, ...(issue?.path ?? []).map(String)].join('.'), issue?.message ?? l10n.t('it has another form.'));
