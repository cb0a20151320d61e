import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type Frame, type Page } from 'playwright-core';
import {
  ensureCodeServer,
  installExtension,
  quietSettings,
  scratchFolder,
  startTestServer,
  writeUserSettings,
  type TestServer,
} from '../../scripts/codeServer.mjs';
import { thisTarget, vsixPath } from '../../scripts/package.mjs';
import { chromiumPath, root } from '../../scripts/setup.mjs';

/** Nothing here takes longer on an idle machine than a few seconds; a busy one is given this. */
const patienceMs = 60_000;

/** Asks again until the answer is not undefined; what the last asking threw, or `what`, is the error. */
export async function eventually<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  let reason: unknown;
  for (const end = Date.now() + patienceMs; Date.now() < end;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      reason = undefined;
    } catch (error) {
      reason = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Waited in vain for ${what}`, { cause: reason });
}

/** A server with the packaged extension installed, a browser, and a copy of the samples opened in it. */
export class Workbench {
  readonly scratch: string;
  /** The folder that is open: a scratch copy of the sample project, until another one is. */
  project: string;
  readonly #server: TestServer;
  readonly #browser: Browser;
  readonly page: Page;

  private constructor(scratch: string, project: string, server: TestServer, browser: Browser, page: Page) {
    this.scratch = scratch;
    this.project = project;
    this.#server = server;
    this.#browser = browser;
    this.page = page;
  }

  /** With the package that `packaged.ts` has made. @param isTrusted false: a person is asked whether a folder is trusted. */
  static async open(
    settings: Readonly<Record<string, unknown>>,
    { isTrusted = true }: { readonly isTrusted?: boolean } = {},
  ): Promise<Workbench> {
    ensureCodeServer();
    const vsix = vsixPath(thisTarget);
    const scratch = scratchFolder('browser');
    const project = path.join(scratch, 'samples');
    cpSync(path.join(root, 'samples'), project, {
      recursive: true,
      filter: (file) => !/[\\/](\.touchstone|datasets)$/.test(file),
    });
    const places = { userData: path.join(scratch, 'user'), extensions: path.join(scratch, 'extensions') };
    for (const folder of Object.values(places)) mkdirSync(folder);
    installExtension(vsix, places);
    writeUserSettings(places.userData, { ...quietSettings, ...settings });
    const server = await startTestServer({ ...places, runtime: path.join(scratch, 'run'), isTrusted });
    const executablePath = chromiumPath();
    if (executablePath === undefined)
      throw new Error('The browser test needs Chromium, or one in TOUCHSTONE_CHROMIUM.');
    const browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
    });
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
    page.setDefaultTimeout(patienceMs);
    const workbench = new Workbench(scratch, project, server, browser, page);
    await workbench.load();
    return workbench;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    rmSync(this.scratch, { recursive: true, force: true });
  }

  async load(): Promise<void> {
    await this.page.goto(`${this.#server.url}/?folder=${encodeURIComponent(this.project)}`);
    await this.page.waitForSelector('.monaco-workbench .part.statusbar', { timeout: patienceMs });
    // The status bar is there seconds before our commands are.
    await this.page.waitForSelector('.activitybar [aria-label^="Touchstone"]', { timeout: patienceMs });
  }

  /**
   * Makes a project of records whose answers are there already, in a folder of this name, opens it and its labeling panel,
   * and clicks the first answer. @returns the panel's page
   */
  async label(
    name: string,
    records: readonly object[],
    config: Readonly<Record<string, unknown>>,
    files: Readonly<Record<string, string>> = {},
  ): Promise<Frame> {
    const folder = path.join(this.scratch, name);
    touchstone(this.scratch, 'init', folder);
    const configFile = path.join(folder, 'touchstone.json');
    const initial = JSON.parse(readFileSync(configFile, 'utf8')) as object;
    writeFileSync(configFile, JSON.stringify({ ...initial, ...config }, null, 2));
    for (const [file, text] of Object.entries(files)) writeFileSync(path.join(folder, file), text);
    const lines = path.join(this.scratch, `${name}.jsonl`);
    writeFileSync(lines, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    touchstone(this.scratch, 'import', lines, '--project', folder);
    await this.switchTo(folder);
    await this.command('Touchstone: Start Labeling');
    const panel = await this.frame('.card');
    await panel
      .locator('.card')
      .first()
      .click({ position: { x: 100, y: 60 } });
    return panel;
  }

  /** Opens another folder in the same window. */
  async switchTo(folder: string): Promise<void> {
    this.project = folder;
    await this.load();
  }

  /** Ends the process that runs the extensions, as a crash does. */
  killExtensionHost(): void {
    process.kill(this.extensionHost(), 'SIGKILL');
  }

  /** @returns the number of the process that runs the extensions. */
  extensionHost(): number {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args=']).toString().split('\n');
    const processes = lines.flatMap((line) => {
      const [, pid, parent, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), args }];
    });
    const below = (pid: number): typeof processes =>
      processes.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)]);
    const hosts = below(this.#server.pid ?? 0).filter(({ args }) => args.includes('type=extensionHost'));
    const host = hosts.at(-1);
    if (host === undefined) throw new Error('There is no process that runs the extensions.');
    return host.pid;
  }

  /** Folder of the extension as it was installed. */
  get installed(): string {
    const folder = path.join(this.scratch, 'extensions');
    const name = readdirSync(folder).find((entry) => entry.startsWith('touchstone.touchstone'));
    if (name === undefined) throw new Error(`The extension is not in ${folder}`);
    return path.join(folder, name);
  }

  /** Picks a command in the palette. An open palette does not learn new commands: it is opened again until it has it. @returns when it was picked */
  async command(title: string): Promise<number> {
    const box = this.page.locator('.quick-input-widget:visible');
    return eventually(`the command "${title}"`, async () => {
      await this.page.keyboard.press('F1');
      await box.locator('input').first().fill(`>${title}`);
      const row = box
        .locator('.monaco-list-row', { has: this.page.locator('.label-name', { hasText: title }) })
        .first();
      try {
        await row.waitFor({ timeout: 1500 });
        const at = Date.now();
        await row.click({ timeout: 1500 });
        return at;
      } catch {
        await this.page.keyboard.press('Escape');
        return undefined;
      }
    });
  }

  /** The frame of our webview that holds `selector`. */
  frame(selector: string): Promise<Frame> {
    return eventually(`a page with ${selector}`, async () => {
      for (const frame of this.page.frames())
        if (frame !== this.page.mainFrame() && (await frame.$(selector).catch(() => null)) !== null) return frame;
      return undefined;
    });
  }

  /** The quick pick or input box whose title holds `title`. */
  async quickInput(title: string) {
    const box = this.page.locator('.quick-input-widget:visible', { hasText: title });
    await box.waitFor({ timeout: patienceMs });
    return box;
  }

  /** Takes what the input box with this title proposes. The key goes to the box: a closing one may just have given the focus back. */
  async acceptInput(title: string): Promise<void> {
    const box = await this.quickInput(title);
    await box.locator('input').first().press('Enter');
    await box.waitFor({ state: 'hidden' });
  }

  /** The panel's switch to dark, light or high contrast follows the browser's. */
  async theme(kind: 'vscode-dark' | 'vscode-light', frame: Frame): Promise<void> {
    await this.page.emulateMedia({ colorScheme: kind === 'vscode-dark' ? 'dark' : 'light' });
    await frame.waitForFunction((wanted) => document.body.dataset['vscodeThemeKind'] === wanted, kind);
  }

  /** What the project's journals of this kind hold, in the order of each file. */
  journal(kind: 'candidates' | 'judgements'): Record<string, unknown>[] {
    const folder = path.join(this.project, '.touchstone', kind);
    return readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) => jsonLines(path.join(folder, name)));
  }
}

/** Runs the built command line. */
export const touchstone = (cwd: string, ...args: string[]): Buffer =>
  execFileSync(process.execPath, [path.join(root, 'dist', 'cli.cjs'), ...args], { cwd });

export const jsonLines = (file: string): Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
