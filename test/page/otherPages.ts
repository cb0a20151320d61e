/** The pages beside the labeling page, opened in Chromium as VS Code would show them. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchChromium } from './labelingPage.js';
import { servePage, type PageName, type PageServer, type Theme } from './pageServer.js';

export const themes = ['dark-modern', 'light-modern', 'high-contrast'] as const satisfies readonly Theme[];
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export class OtherPage {
  readonly page: Page;
  readonly problems: string[] = [];
  readonly #url: string;

  constructor(page: Page, url: string) {
    this.page = page;
    this.#url = url;
    page.on('pageerror', (error) => this.problems.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => {
      this.problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(`console: ${message.text()}`);
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(this.#url) && !request.url().startsWith('data:,'))
        this.problems.push(`request: ${request.url()}`);
    });
  }

  /** As if the host had sent it. */
  async host(message: object): Promise<void> {
    await this.page.evaluate((sent) => window.postMessage(sent, '*'), message);
    await this.page.waitForTimeout(80);
  }

  /** What the page has sent since it was opened. */
  sent(): Promise<unknown[]> {
    return this.page.evaluate(() => window.sent);
  }

  /** What went wrong so far: scripts that ran, requests to elsewhere, offences against the policy. */
  async whatWentWrong(): Promise<string[]> {
    return [...this.problems, ...(await this.page.evaluate(() => window.violations))];
  }

  /** Serious and critical findings of axe. */
  async findings(): Promise<string[]> {
    await this.page.evaluate(axe);
    const { violations } = await this.page.evaluate(() =>
      (window as unknown as { axe: { run: (root: Document, options: object) => Promise<AxeResults> } }).axe.run(
        document,
        { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] },
      ),
    );
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`),
      );
  }
}

/** Call once a file: one browser and one server for its tests. */
export function otherPages(
  name: PageName,
): (options?: { readonly theme?: Theme; readonly width?: number; readonly height?: number }) => Promise<OtherPage> {
  let server: PageServer;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    server = await servePage();
    browser = await launchChromium();
    page = await browser.newPage();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });
  return async ({ theme = 'dark-modern', width = 1440, height = 760 } = {}) => {
    page.removeAllListeners();
    await page.setViewportSize({ width, height });
    const opened = new OtherPage(page, server.url);
    await page.goto(`${server.url}/?page=${name}&theme=${theme}`);
    return opened;
  };
}
