import * as vscode from 'vscode';
import { answerScheme, commandIds, draftScheme } from '../contributions/index.js';
import { CandidateId, PromptId } from '../core/index.js';
import type { LabelingSession } from './session.js';

/** The answer that an improvement editor is about. */
interface Subject {
  readonly promptId: PromptId;
  readonly candidateId: CandidateId;
}

/**
 * Improving an answer in VS Code's own diff editor: left the answer as it was written, read-only; right the labeler's
 * text. An answer that is composed or written from nothing has no left side. Saving keeps the text as a draft in the
 * project; *Use this answer* makes it a correction.
 */
export class ImproveEditor implements vscode.FileSystemProvider, vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #session: () => LabelingSession | undefined;
  readonly #onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.#onDidChangeFile.event;
  readonly #changedAt = new Map<string, number>();
  readonly #registrations: readonly vscode.Disposable[];

  constructor(session: () => LabelingSession | undefined, afterwards: () => Promise<void>) {
    this.#session = session;
    this.#registrations = [
      vscode.workspace.registerFileSystemProvider(draftScheme, this, { isCaseSensitive: true }),
      vscode.workspace.registerTextDocumentContentProvider(answerScheme, this),
      vscode.commands.registerCommand(commandIds.useImprovement, async () => {
        if (await this.#use()) await afterwards();
      }),
      vscode.commands.registerCommand(commandIds.discardImprovement, async () => {
        await this.#discard();
        await afterwards();
      }),
      this.#onDidChangeFile,
    ];
  }

  async open(promptId: PromptId, candidateId: CandidateId): Promise<void> {
    const improvement = this.#session()?.improvement(promptId, candidateId);
    if (improvement === undefined) return;
    const name = `${vscode.l10n.t('Answer {0}', improvement.letter)}.md`;
    const subject = { promptId, candidateId: improvement.parent };
    await vscode.commands.executeCommand(
      'vscode.diff',
      uriOf(answerScheme, subject, name),
      uriOf(draftScheme, subject, name),
      vscode.l10n.t('Improve answer {0}', improvement.letter),
      { preview: false } satisfies vscode.TextDocumentShowOptions,
    );
  }

  /** Opens the answer that the labeler composes or writes from nothing. */
  async openOwn(promptId: PromptId): Promise<void> {
    const own = this.#session()?.ownAnswer(promptId);
    if (own === undefined) return;
    const name = `${vscode.l10n.t('Composed answer')}.md`;
    await vscode.commands.executeCommand(
      'vscode.open',
      uriOf(draftScheme, { promptId, candidateId: own.parent }, name),
      { preview: false } satisfies vscode.TextDocumentShowOptions,
    );
  }

  dispose(): void {
    for (const registration of this.#registrations) registration.dispose();
  }

  // The read-only left side

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#improvement(uri).original;
  }

  // The writable right side, a file system of drafts

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const size = Buffer.byteLength(this.#improvement(uri).text);
    return { type: vscode.FileType.File, ctime: 0, mtime: this.#changedAt.get(uri.toString()) ?? 1, size };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return Buffer.from(this.#improvement(uri).text);
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const { promptId, candidateId } = subjectOf(uri);
    await this.#session()?.keepImprovement(promptId, candidateId, Buffer.from(content).toString('utf8'));
    // VS Code knows what it wrote. Told of it as of somebody else's change, it reads the document again, and a save in that
    // moment fails.
    this.#touch(uri);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  // The title's two buttons

  /** @returns whether the text became an answer. */
  async #use(): Promise<boolean> {
    const tab = activeDraft();
    const session = this.#session();
    if (tab === undefined || session === undefined) return false;
    const subject = subjectOf(tab.uri);
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === tab.uri.toString());
    const text = document?.getText() ?? this.#improvement(tab.uri).text;
    if (text.trim() === '') {
      void vscode.window.showWarningMessage(vscode.l10n.t('The answer is empty. Write one, or discard the change.'));
      return false;
    }
    await document?.save();
    const { original, isOwn, letter } = this.#improvement(tab.uri);
    if (text === original) await session.discardImprovement(subject.promptId, subject.candidateId);
    else {
      await session.useImprovement(subject.promptId, subject.candidateId, text);
      vscode.window.setStatusBarMessage(becomes(isOwn ? undefined : letter), tellMs);
    }
    await vscode.window.tabGroups.close(tab.tab);
    this.#fireChange(tab.uri);
    return true;
  }

  async #discard(): Promise<void> {
    const tab = activeDraft();
    if (tab === undefined) return;
    const { promptId, candidateId } = subjectOf(tab.uri);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await this.#session()?.discardImprovement(promptId, candidateId);
    this.#fireChange(tab.uri);
  }

  #improvement(uri: vscode.Uri) {
    const { promptId, candidateId } = subjectOf(uri);
    const improvement = this.#session()?.improvement(promptId, candidateId);
    if (improvement === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return improvement;
  }

  /** Two changes within a millisecond differ too. */
  #touch(uri: vscode.Uri): void {
    const key = uri.toString();
    this.#changedAt.set(key, Math.max(Date.now(), (this.#changedAt.get(key) ?? 0) + 1));
  }

  #fireChange(uri: vscode.Uri): void {
    this.#touch(uri);
    this.#onDidChangeFile.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }
}

/** How long it stands in the status bar what an answer becomes, milliseconds. */
const tellMs = 12_000;

/** What data sets make of the labeler's own answer. */
const becomes = (improved: string | undefined): string =>
  improved === undefined
    ? vscode.l10n.t(
        'Kept as yours. In data sets: the answer to imitate, good enough, and preferred to the answers that it has parts of, unless both are ranked.',
      )
    : vscode.l10n.t(
        'Kept beside {0}. In data sets: the answer to imitate, good enough, and preferred to {0}, unless both are ranked.',
        improved,
      );

/** Ids may hold any character, so each is one encoded segment. */
function uriOf(scheme: string, { promptId, candidateId }: Subject, name: string): vscode.Uri {
  return vscode.Uri.from({
    scheme,
    path: `/${encodeURIComponent(promptId)}/${encodeURIComponent(candidateId)}/${name}`,
  });
}

function subjectOf(uri: vscode.Uri): Subject {
  const [, promptId, candidateId] = uri.path.split('/');
  try {
    return {
      promptId: PromptId.parse(decodeURIComponent(promptId ?? '')),
      candidateId: CandidateId.parse(decodeURIComponent(candidateId ?? '')),
    };
  } catch {
    throw vscode.FileSystemError.FileNotFound(uri);
  }
}

/** The draft in the editor that is in front, alone or as the right side of a diff. */
function activeDraft(): { readonly tab: vscode.Tab; readonly uri: vscode.Uri } | undefined {
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
  const uri =
    tab?.input instanceof vscode.TabInputTextDiff
      ? tab.input.modified
      : tab?.input instanceof vscode.TabInputText
        ? tab.input.uri
        : undefined;
  return tab !== undefined && uri?.scheme === draftScheme ? { tab, uri } : undefined;
}
