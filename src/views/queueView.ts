import * as vscode from 'vscode';
import { commandIds, contextKeys, viewIds } from '../contributions/index.js';
import { lastUserText, plainLine, plainText, type PromptId } from '../core/index.js';
import { standings, type LabelingQueue, type Standing } from '../labeling/index.js';
import type { ProjectFileProblem, ProjectOutline } from '../store/index.js';
import { command } from './edge.js';
import {
  findFiltered,
  groupsOf,
  isFiltering,
  type QueueFilter,
  type QueueGroups,
  type QueueSort,
} from './queueFilter.js';
import { askFilter, askSearch, askSort, describeFilter, withText } from './queueQuestions.js';
import { standingLabel } from './standingLabel.js';

/** Prompts that a group shows at a time: a tree of 100,000 opens at once. */
const pageSize = 200;
/** Characters of a prompt that a row shows; the rest is in the tooltip. */
const maxLabelChars = 120;
const maxTooltipChars = 2000;
/** Changes come with every key of the labeler: the tree is drawn at most this often. Milliseconds. */
const redrawMs = 250;

export interface QueueSource {
  /** Before its answers are read, too. */
  readonly outline: ProjectOutline | undefined;
  readonly queue: LabelingQueue | undefined;
  /** The prompt on the screen, as far as the queue may tell. */
  readonly current: PromptId | undefined;
  /** How many answers a prompt has; undefined while they are being read. */
  nAnswersOf(promptId: PromptId): number | undefined;
  /** Also of a project that is open all the same. */
  readonly fileProblem: (ProjectFileProblem & { readonly file: string }) | undefined;
  /** The project, or where its prompts stand, has changed. */
  readonly onDidChange: vscode.Event<void>;
}

type QueueItem =
  | { readonly kind: 'group'; readonly standing: Standing; readonly count: number }
  | { readonly kind: 'prompt'; readonly standing: Standing; readonly promptId: PromptId }
  | { readonly kind: 'more'; readonly standing: Standing; readonly nLeft: number }
  /** Of a project that cannot be opened; why is said above. */
  | { readonly kind: 'project-file'; readonly problem: NonNullable<QueueSource['fileProblem']> };

/** Queue: what is to label, drafts, skipped, submitted. The number to label is the badge of the activity bar. */
export class QueueView implements vscode.TreeDataProvider<QueueItem>, vscode.Disposable {
  readonly #source: QueueSource;
  readonly #onDidChangeTreeData = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#onDidChangeTreeData.event;
  readonly #view: vscode.TreeView<QueueItem>;
  readonly #subscriptions: vscode.Disposable[];
  readonly #nShown = new Map<Standing, number>();
  #filter: QueueFilter = {};
  #sort: QueueSort = 'project';
  /** Prompts with the text and the metadata that the filter asks for. */
  #found: readonly PromptId[] | undefined;
  /** The prompts that were searched. */
  #foundIn: readonly PromptId[] | undefined;
  /** What passes the filter; undefined where there is none, and when something has changed. */
  #groups: QueueGroups | undefined;
  /** Ends the search that a later one replaces. */
  #searching = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(source: QueueSource, log: vscode.LogOutputChannel) {
    this.#source = source;
    this.#view = vscode.window.createTreeView(viewIds.queue, { treeDataProvider: this, showCollapseAll: false });
    this.#subscriptions = [
      this.#view,
      this.#onDidChangeTreeData,
      source.onDidChange(() => this.#redrawSoon()),
      vscode.commands.registerCommand(commandIds.showMore, (standing: unknown) => this.#showMore(standing)),
      // With a text, as a key binding may give one, without a question.
      command(commandIds.searchQueue, log, async (text?: unknown) =>
        this.#narrow(typeof text === 'string' ? withText(this.#filter, text) : await askSearch(this.#filter)),
      ),
      command(commandIds.filterQueue, log, async () => {
        const { outline, queue } = this.#source;
        if (outline !== undefined && queue !== undefined)
          await this.#narrow(await askFilter(this.#filter, outline, queue));
      }),
      command(commandIds.sortQueue, log, async () => {
        this.#sort = (await askSort(this.#sort)) ?? this.#sort;
        this.#redraw();
      }),
      command(commandIds.clearQueueFilter, log, () => this.#narrow({})),
    ];
    this.#redraw();
  }

  getChildren(item?: QueueItem): QueueItem[] {
    const { outline, queue, fileProblem: problem } = this.#source;
    if (queue === undefined && problem !== undefined)
      return item === undefined ? [{ kind: 'project-file', problem }] : [];
    if (queue === undefined || outline?.promptIds.length === 0) return [];
    const groups = this.#groupsNow();
    if (item === undefined)
      return (
        standings
          .filter((standing) => this.#filter.standing === undefined || this.#filter.standing === standing)
          .map((standing): QueueItem => ({
            kind: 'group',
            standing,
            count: groups?.[standing].length ?? queue.counts[standing],
          }))
          // Most projects discard nothing.
          .filter((item) => item.kind !== 'group' || item.standing !== 'discarded' || item.count > 0)
      );
    if (item.kind !== 'group') return [];
    const { standing } = item;
    const nShown = this.#nShown.get(standing) ?? pageSize;
    const ids = groups?.[standing].slice(0, nShown) ?? firstOf(outline?.promptIds ?? [], queue, standing, nShown);
    const rows = ids.map((promptId): QueueItem => ({ kind: 'prompt', standing, promptId }));
    const nLeft = (groups?.[standing].length ?? queue.counts[standing]) - rows.length;
    return nLeft > 0 ? [...rows, { kind: 'more', standing, nLeft }] : rows;
  }

  getTreeItem(item: QueueItem): vscode.TreeItem {
    switch (item.kind) {
      case 'group':
        return groupItem(item.standing, item.count);
      case 'prompt':
        return this.#promptItem(item.promptId, item.standing);
      case 'more':
        return moreItem(item.standing, item.nLeft);
      case 'project-file':
        return projectFileItem(item.problem);
    }
  }

  /** The whole text of a prompt, when the pointer rests on its row: of the rows that are drawn, few are asked for it. */
  resolveTreeItem(shown: vscode.TreeItem, item: QueueItem): vscode.TreeItem {
    if (item.kind === 'prompt') shown.tooltip = this.#textOf(item.promptId, maxTooltipChars);
    return shown;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#searching.abort();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #promptItem(promptId: PromptId, standing: Standing): vscode.TreeItem {
    const { queue, current } = this.#source;
    const place = (queue?.placeOf(promptId) ?? 0) + 1;
    const item = new vscode.TreeItem(`${place}  ${this.#textOf(promptId, maxLabelChars)}`);
    item.id = `${standing} ${promptId}`;
    item.iconPath = new vscode.ThemeIcon(promptIcon(standing, promptId === current));
    const nAnswers = this.#source.nAnswersOf(promptId);
    if (nAnswers !== undefined) item.description = nAnswers === 0 ? vscode.l10n.t('waiting') : String(nAnswers);
    item.contextValue = 'prompt';
    item.command = { command: commandIds.openPrompt, title: vscode.l10n.t('Open prompt'), arguments: [promptId] };
    return item;
  }

  /** What the prompt asks, on one line. */
  #textOf(promptId: PromptId, maxChars: number): string {
    const prompt = this.#source.outline?.prompt(promptId);
    // Controls go, so that there may be less of it afterwards.
    const text =
      prompt === undefined
        ? ''
        : lastUserText(prompt)
            .trimStart()
            .slice(0, 2 * maxChars);
    return cut(plainLine(text).trim(), maxChars);
  }

  /** Undefined while everything is shown in the order of the project: then nothing has to be gone through. */
  #groupsNow(): QueueGroups | undefined {
    const { outline, queue } = this.#source;
    if (outline === undefined || queue === undefined) return undefined;
    if (!isFiltering(this.#filter) && this.#sort === 'project') return undefined;
    this.#groups ??= groupsOf(outline, queue, this.#filter, this.#sort, this.#found);
    return this.#groups;
  }

  /** @param filter undefined when the question was dismissed. */
  async #narrow(filter: QueueFilter | undefined): Promise<void> {
    const { outline } = this.#source;
    if (filter === undefined || outline === undefined) return;
    this.#searching.abort();
    this.#searching = new AbortController();
    const { signal } = this.#searching;
    // Begun at once: progress is shown by another process, which answers first.
    const search = findFiltered(outline, filter, signal);
    search.catch(() => undefined); // awaited below
    const found = await vscode.window.withProgress({ location: { viewId: viewIds.queue } }, () => search);
    if (signal.aborted) return;
    [this.#filter, this.#found, this.#foundIn] = [filter, found, outline.promptIds];
    this.#nShown.clear();
    this.#redraw();
    await vscode.commands.executeCommand('setContext', contextKeys.queueFiltered, isFiltering(filter));
  }

  /** Prompts came or went, or another project is open: what was found may be no more. */
  #searchAgain(): void {
    const promptIds = this.#source.outline?.promptIds;
    if (this.#found === undefined || promptIds === undefined || promptIds === this.#foundIn) return;
    this.#foundIn = promptIds;
    this.#narrow(this.#filter).catch(() => undefined); // a file that is gone meanwhile: the tree shows what was found before
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
    this.#groups = undefined;
    this.#searchAgain();
    const groups = this.#groupsNow();
    const nFound = standings.reduce((sum, standing) => sum + (groups?.[standing].length ?? 0), 0);
    const { queue, fileProblem } = this.#source;
    this.#view.message =
      queue === undefined && fileProblem !== undefined
        ? vscode.l10n.t('The project cannot be opened. {0}', plainText(fileProblem.message))
        : isFiltering(this.#filter)
          ? describeFilter(this.#filter, nFound)
          : '';
    const counts = queue?.counts;
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

/** The first prompts of a standing: of 100,000 no more are looked at than are shown. */
function firstOf(ids: readonly PromptId[], queue: LabelingQueue, standing: Standing, nWanted: number): PromptId[] {
  const found: PromptId[] = [];
  const n = Math.min(nWanted, queue.counts[standing]);
  for (let place = 0; place < ids.length && found.length < n; place += 1) {
    const id = ids[place];
    if (id !== undefined && queue.standingOf(id) === standing) found.push(id);
  }
  return found;
}

function groupItem(standing: Standing, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(
    standingLabel(standing),
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

function projectFileItem({ file, line, column }: NonNullable<QueueSource['fileProblem']>): vscode.TreeItem {
  const title = vscode.l10n.t('Open touchstone.json');
  const item = new vscode.TreeItem(title);
  item.id = 'project-file';
  item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  const selection = new vscode.Range(line, column, line, column);
  item.command = { command: 'vscode.open', title, arguments: [vscode.Uri.file(file), { selection }] };
  return item;
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
    case 'discarded':
      return 'trash';
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
    case 'discarded':
      return 'trash';
  }
}

const cut = (text: string, maxChars: number): string =>
  text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`;
