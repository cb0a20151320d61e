import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { viewIds } from '../contributions/index.js';
import { plainLine } from '../core/index.js';
import { manifestName, parseManifest, type Manifest } from '../datasets/index.js';
import type { ActiveProject } from './activeProject.js';

/** Where exports lie, relative to the project. */
export const dataSetFolder = 'datasets';
/** A manifest is small; anything larger is none of ours. */
const maxManifestBytes = 1024 * 1024;

export interface DataSet {
  readonly name: string;
  readonly folder: string;
  readonly manifest: Manifest;
  readonly changedMs: number;
}

type DataSetItem =
  | { readonly kind: 'set'; readonly set: DataSet }
  | { readonly kind: 'file'; readonly file: string; readonly label: string; readonly rows: number | undefined };

/** Data sets: what exports have written, newest first, with their files. */
export class DataSetsView implements vscode.TreeDataProvider<DataSetItem>, vscode.Disposable {
  readonly #projects: ActiveProject;
  readonly #onDidChangeTreeData = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#onDidChangeTreeData.event;
  readonly #subscriptions: readonly vscode.Disposable[];
  #watcher: vscode.Disposable | undefined;

  constructor(projects: ActiveProject) {
    this.#projects = projects;
    this.#subscriptions = [
      this.#onDidChangeTreeData,
      vscode.window.createTreeView(viewIds.dataSets, { treeDataProvider: this }),
      projects.onDidChange(() => this.#watch()),
    ];
    this.#watch();
  }

  async getChildren(item?: DataSetItem): Promise<DataSetItem[]> {
    const { outline: project } = this.#projects;
    if (project === undefined) return [];
    if (item === undefined) return (await dataSetsOf(project.folder)).map((set) => ({ kind: 'set', set }));
    return item.kind === 'set' ? filesOf(item.set) : [];
  }

  getTreeItem(item: DataSetItem): vscode.TreeItem {
    return item.kind === 'set' ? setItem(item.set) : fileItem(item);
  }

  dispose(): void {
    this.#watcher?.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #watch(): void {
    this.#watcher?.dispose();
    this.#watcher = undefined;
    const { outline: project } = this.#projects;
    if (project !== undefined) {
      const manifests = new vscode.RelativePattern(project.folder, `${dataSetFolder}/*/${manifestName}`);
      const watcher = vscode.workspace.createFileSystemWatcher(manifests);
      const changed = () => this.#onDidChangeTreeData.fire();
      this.#watcher = vscode.Disposable.from(
        watcher,
        watcher.onDidCreate(changed),
        watcher.onDidChange(changed),
        watcher.onDidDelete(changed),
      );
    }
    this.#onDidChangeTreeData.fire();
  }
}

/** Newest first. A folder without a manifest of ours is no data set. */
export async function dataSetsOf(projectFolder: string): Promise<DataSet[]> {
  const parent = path.join(projectFolder, dataSetFolder);
  const names = await readdir(parent).catch(() => []);
  const sets = await Promise.all(
    names.filter((name) => !name.startsWith('.')).map((name) => readDataSet(parent, name)),
  );
  return sets.flatMap((set) => set ?? []).sort((a, b) => b.changedMs - a.changedMs || (a.name < b.name ? -1 : 1));
}

async function readDataSet(parent: string, name: string): Promise<DataSet | undefined> {
  const file = path.join(parent, name, manifestName);
  try {
    const info = await stat(file);
    if (!info.isFile() || info.size > maxManifestBytes) return undefined;
    const manifest = parseManifest(await readFile(file, 'utf8'));
    return manifest && { name, folder: path.join(parent, name), manifest, changedMs: info.mtimeMs };
  } catch {
    return undefined;
  }
}

function filesOf({ folder, manifest }: DataSet): DataSetItem[] {
  const files = Object.entries(manifest.formats).flatMap(([format, entry]) =>
    entry.files
      .filter((file) => file.path.startsWith(`${format}/`))
      .map((file) => ({
        kind: 'file' as const,
        file: path.join(folder, ...file.path.split('/')),
        label: file.path,
        rows: file.rows,
      })),
  );
  return [
    ...files,
    { kind: 'file', file: path.join(folder, 'README.md'), label: vscode.l10n.t('card'), rows: undefined },
  ];
}

function setItem({ name, folder, manifest, changedMs }: DataSet): vscode.TreeItem {
  const item = new vscode.TreeItem(plainLine(name), vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `set ${name}`;
  item.description = `${Object.keys(manifest.formats).map(plainLine).join(', ')}  ${day(changedMs)}`;
  item.tooltip = plainLine(folder);
  item.iconPath = new vscode.ThemeIcon('database');
  item.contextValue = 'dataSet';
  return item;
}

function fileItem({ file, label, rows }: Extract<DataSetItem, { kind: 'file' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(plainLine(label));
  item.id = `file ${file}`;
  const isCard = rows === undefined;
  if (!isCard) item.description = rows === 1 ? vscode.l10n.t('1 row') : vscode.l10n.t('{0} rows', rows);
  item.iconPath = new vscode.ThemeIcon(isCard ? 'book' : 'file');
  const uri = vscode.Uri.file(file);
  item.command = isCard
    ? { command: 'markdown.showPreview', title: vscode.l10n.t('Open'), arguments: [uri] }
    : { command: 'vscode.open', title: vscode.l10n.t('Open'), arguments: [uri] };
  return item;
}

/** `today`, or the date. */
function day(ms: number): string {
  const date = new Date(ms);
  if (date.toDateString() === new Date().toDateString()) return vscode.l10n.t('today');
  return date.toLocaleDateString(vscode.env.language, { month: 'short', day: 'numeric' });
}
