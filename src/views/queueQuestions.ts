import * as vscode from 'vscode';
import { plainLabel, plainLine, standardFlags } from '../core/index.js';
import { standings, type LabelingQueue } from '../labeling/index.js';
import type { ProjectOutline } from '../store/index.js';
import { isFiltering, queueSorts, type QueueFilter, type QueueSort } from './queueFilter.js';
import { standingLabel } from './standingLabel.js';

/** Quick picks and input boxes that narrow the queue. Each gives undefined when it is dismissed. */

type Item<T> = vscode.QuickPickItem & { readonly value: T };

async function pick<T>(items: readonly Item<T>[], title: string): Promise<T | undefined> {
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.value;
}

/** An empty text takes the search away. */
export async function askSearch(filter: QueueFilter): Promise<QueueFilter | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Search the Queue'),
    prompt: vscode.l10n.t('Shows the prompts that hold this text. Leave it empty to show all.'),
    value: filter.text ?? '',
  });
  return text === undefined ? undefined : withText(filter, text);
}

export function withText(filter: QueueFilter, text: string): QueueFilter {
  const { text: _, ...rest } = filter;
  return text.trim() === '' ? rest : { ...rest, text: text.trim() };
}

export async function askSort(now: QueueSort): Promise<QueueSort | undefined> {
  const items = queueSorts.map((value) => ({ value, label: sortLabel(value), ...current(value === now) }));
  return pick(items, vscode.l10n.t('Sort the Queue'));
}

/** First by what, then which. */
export async function askFilter(
  filter: QueueFilter,
  project: ProjectOutline,
  queue: LabelingQueue,
): Promise<QueueFilter | undefined> {
  const title = vscode.l10n.t('Filter the Queue');
  const item = (value: keyof QueueFilter | 'none', label: string, icon: string): Item<keyof QueueFilter | 'none'> => ({
    value,
    label,
    iconPath: new vscode.ThemeIcon(icon),
    ...current(value in filter),
  });
  const kinds = [
    item('standing', vscode.l10n.t('By status'), 'checklist'),
    item('flag', vscode.l10n.t('By flag'), 'tag'),
    item('file', vscode.l10n.t('By file'), 'file'),
    item('metadata', vscode.l10n.t('By metadata'), 'symbol-field'),
    item('labeler', vscode.l10n.t('By labeler'), 'person'),
    item('disagreed', vscode.l10n.t('Where labelers disagree'), 'git-compare'),
    ...(isFiltering(filter) ? [item('none', vscode.l10n.t('Show all'), 'clear-all')] : []),
  ];
  const kind = await pick(kinds, title);
  switch (kind) {
    case undefined:
    case 'text':
      return undefined;
    case 'none':
      return {};
    case 'disagreed':
      return { ...filter, disagreed: true };
    case 'standing': {
      const items = standings.map((value) => ({ value, label: standingLabel(value) }));
      return withMember(filter, 'standing', await pick(items, title));
    }
    case 'flag': {
      const ids = [...standardFlags.map(({ id }) => id), ...project.config.flags.map(({ id }) => id)];
      return withMember(filter, 'flag', await pick(itemsOf(ids), title));
    }
    case 'file':
      return withMember(filter, 'file', await pick(itemsOf(project.config.prompts), title));
    case 'labeler':
      return withMember(filter, 'labeler', await pick(itemsOf(queue.labelers), title));
    case 'metadata': {
      const given = await vscode.window.showInputBox({
        title,
        prompt: vscode.l10n.t('Metadata as key=value, for example topic=law.'),
        value: filter.metadata === undefined ? '' : `${filter.metadata.key}=${filter.metadata.value}`,
        validateInput: (text) => (memberOf(text) === undefined ? vscode.l10n.t('Write it as key=value.') : undefined),
      });
      return withMember(filter, 'metadata', given === undefined ? undefined : memberOf(given));
    }
  }
}

/** Shown above the tree while something is kept out. */
export function describeFilter(filter: QueueFilter, nFound: number): string {
  const { text, standing, flag, file, metadata, labeler, disagreed } = filter;
  const parts = [
    text === undefined ? undefined : `“${text}”`,
    standing === undefined ? undefined : standingLabel(standing),
    flag,
    file,
    metadata === undefined ? undefined : `${metadata.key}=${metadata.value}`,
    labeler,
    disagreed === undefined ? undefined : vscode.l10n.t('Where labelers disagree'),
  ].flatMap((part) => (part === undefined ? [] : [plainLine(part)]));
  const count = nFound.toLocaleString(vscode.env.language);
  return nFound === 1
    ? vscode.l10n.t('{0}: 1 prompt', parts.join(' · '))
    : vscode.l10n.t('{0}: {1} prompts', parts.join(' · '), count);
}

function sortLabel(sort: QueueSort): string {
  switch (sort) {
    case 'project':
      return vscode.l10n.t('In the order of the project');
    case 'latest':
      return vscode.l10n.t('Judged last first');
    case 'disagreement':
      return vscode.l10n.t('Most disagreement first');
  }
}

const withMember = <K extends keyof QueueFilter>(
  filter: QueueFilter,
  key: K,
  value: QueueFilter[K] | undefined,
): QueueFilter | undefined => (value === undefined ? undefined : { ...filter, [key]: value });

const itemsOf = (values: readonly string[]): Item<string>[] =>
  values.map((value) => ({ value, label: plainLabel(value) }));

const current = (isCurrent: boolean): { readonly description?: string } =>
  isCurrent ? { description: vscode.l10n.t('chosen') } : {};

function memberOf(text: string): { readonly key: string; readonly value: string } | undefined {
  const at = text.indexOf('=');
  const [key, value] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  return at < 1 || key === '' || value === '' ? undefined : { key, value };
}
