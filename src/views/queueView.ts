import * as vscode from 'vscode';
import { commandIds, viewIds } from '../contributions/index.js';
import { lastUserText, plainLine, type PromptId } from '../core/index.js';
import { standings, type LabelingSession, type Standing } from '../labeling/index.js';
import type { Project } from '../store/index.js';

/** Prompts that a group shows at a time: a tree of 100,000 opens at once. */
const pageSize = 200;
/** Characters of a prompt that a row shows; the rest is in the tooltip. */
const maxLabelChars = 120;
const maxTooltipChars = 2000;
/** Changes come with every key of the labeler: the tree is drawn at most this often. Milliseconds. */
const redrawMs = 250;

export interface QueueSource {
  readonly project: Project | undefined;
  readonly session: LabelingSession | undefined;
  /** The session, its project, or where its prompts stand has changed. */
  readonly onDidChange: vscode.Event<void>;
}

type QueueItem =
  | { readonly kind: 'group'; readonly standing: Standing; readonly count: number }
  | { readonly kind: 'prompt'; readonly standing: Standing; readonly promptId: PromptId }
  | { readonly kind: 'more'; readonly standing: Standing; readonly nLeft: number };

/** Queue: what is to label, drafts, skipped, submitted. The number to label is the badge of the activity bar. */
export class QueueView implements vscode.TreeDataProvider<QueueItem>, vscode.Disposable {
  readonly #source: QueueSource;
  readonly #onDidChangeTreeData = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#onDidChangeTreeData.event;
  readonly #view: vscode.TreeView<QueueItem>;
  readonly #subscriptions: vscode.Disposable[];
  readonly #nShown = new Map<Standing, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(source: QueueSource) {
    this.#source = source;
    this.#view = vscode.window.createTreeView(viewIds.queue, { treeDataProvider: this, showCollapseAll: false });
    this.#subscriptions = [
      this.#view,
      this.#onDidChangeTreeData,
      source.onDidChange(() => this.#redrawSoon()),
      vscode.commands.registerCommand(commandIds.showMore, (standing: unknown) => this.#showMore(standing)),
    ];
    this.#redraw();
  }

  getChildren(item?: QueueItem): QueueItem[] {
    const { session } = this.#source;
    if (session === undefined || this.#source.project?.promptIds.length === 0) return [];
    if (item === undefined)
      return standings.map((standing) => ({ kind: 'group', standing, count: session.queue.counts[standing] }));
    if (item.kind !== 'group') return [];
    const ids = session.queue.idsOf(item.standing);
    const nShown = this.#nShown.get(item.standing) ?? pageSize;
    const rows: QueueItem[] = ids
      .slice(0, nShown)
      .map((promptId) => ({ kind: 'prompt', standing: item.standing, promptId }));
    if (ids.length > nShown) rows.push({ kind: 'more', standing: item.standing, nLeft: ids.length - nShown });
    return rows;
  }

  getTreeItem(item: QueueItem): vscode.TreeItem {
    switch (item.kind) {
      case 'group':
        return groupItem(item.standing, item.count);
      case 'prompt':
        return this.#promptItem(item.promptId, item.standing);
      case 'more':
        return moreItem(item.standing, item.nLeft);
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #promptItem(promptId: PromptId, standing: Standing): vscode.TreeItem {
    const { project, session } = this.#source;
    const prompt = project?.prompt(promptId);
    const text = prompt === undefined ? '' : plainLine(lastUserText(prompt)).trim();
    const place = (session?.queue.placeOf(promptId) ?? 0) + 1;
    const item = new vscode.TreeItem(`${place}  ${cut(text, maxLabelChars)}`);
    item.id = `${standing} ${promptId}`;
    item.tooltip = cut(text, maxTooltipChars);
    item.iconPath = new vscode.ThemeIcon(promptIcon(standing, promptId === session?.current));
    const nAnswers = project?.candidatesOf(promptId).length ?? 0;
    item.description = nAnswers === 0 ? vscode.l10n.t('waiting') : String(nAnswers);
    item.contextValue = 'prompt';
    item.command = { command: commandIds.openPrompt, title: vscode.l10n.t('Open prompt'), arguments: [promptId] };
    return item;
  }

  #showMore(standing: unknown): void {
    const known = standings.find((each) => each === standing);
    if (known === undefined) return;
    this.#nShown.set(known, (this.#nShown.get(known) ?? pageSize) + pageSize);
    this.#redraw();
  }

  #redrawSoon(): void {
    this.#timer ??= setTimeout(() => this.#redraw(), redrawMs);
  }

  #redraw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const counts = this.#source.session?.queue.counts;
    const nToLabel = (counts?.open ?? 0) + (counts?.draft ?? 0);
    this.#view.badge =
      nToLabel === 0
        ? undefined
        : {
            value: nToLabel,
            tooltip:
              nToLabel === 1 ? vscode.l10n.t('1 prompt to label') : vscode.l10n.t('{0} prompts to label', nToLabel),
          };
    this.#onDidChangeTreeData.fire(undefined);
  }
}

function groupItem(standing: Standing, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(
    groupLabel(standing),
    count === 0
      ? vscode.TreeItemCollapsibleState.None
      : standing === 'open'
        ? vscode.TreeItemCollapsibleState.Expanded
        : vscode.TreeItemCollapsibleState.Collapsed,
  );
  // Whether a group can be opened is part of its identity: VS Code keeps the former state of the same id.
  item.id = `group ${standing} ${count === 0 ? 'empty' : ''}`;
  item.description = count.toLocaleString(vscode.env.language);
  item.iconPath = new vscode.ThemeIcon(groupIcon(standing));
  item.contextValue = 'group';
  return item;
}

function moreItem(standing: Standing, nLeft: number): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('Show {0} more', Math.min(pageSize, nLeft)));
  item.id = `more ${standing}`;
  item.description = vscode.l10n.t('{0} left', nLeft.toLocaleString(vscode.env.language));
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.command = { command: commandIds.showMore, title: vscode.l10n.t('Show more'), arguments: [standing] };
  return item;
}

function groupLabel(standing: Standing): string {
  switch (standing) {
    case 'open':
      return vscode.l10n.t('To label');
    case 'draft':
      return vscode.l10n.t('Drafts');
    case 'skipped':
      return vscode.l10n.t('Skipped');
    case 'submitted':
      return vscode.l10n.t('Submitted');
  }
}

function groupIcon(standing: Standing): string {
  switch (standing) {
    case 'open':
      return 'circle-large';
    case 'draft':
      return 'edit';
    case 'skipped':
      return 'debug-step-over';
    case 'submitted':
      return 'pass';
  }
}

function promptIcon(standing: Standing, isOnScreen: boolean): string {
  if (isOnScreen) return 'eye';
  switch (standing) {
    case 'open':
      return 'circle';
    case 'draft':
      return 'edit';
    case 'skipped':
      return 'debug-step-over';
    case 'submitted':
      return 'check';
  }
}

const cut = (text: string, maxChars: number): string =>
  text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`;
