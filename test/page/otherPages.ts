/** The pages beside the labeling page, opened in Chromium as VS Code would show them. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchChromium } from './labelingPage.js';
import { servePage, type PageName, type PageServer, type Theme } from './pageServer.js';
import { axeFindings, watched, type Watched } from './watched.js';

export const themes = ['dark-modern', 'light-modern', 'high-contrast'] as const satisfies readonly Theme[];

export class OtherPage {
  readonly page: Page;
  readonly #watched: Watched;

  constructor(page: Page, url: string) {
    this.page = page;
    this.#watched = watched(page, url);
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

  /** What was last said to those who cannot see it. */
  async said(): Promise<string> {
    return (await this.page.textContent('[aria-live="polite"]')) ?? '';
  }

  /** What went wrong so far: scripts that ran, requests to elsewhere, offences against the policy. */
  async whatWentWrong(): Promise<string[]> {
    const { problems, requests } = this.#watched;
    return [...problems, ...requests, ...(await this.page.evaluate(() => window.violations))];
  }

  /** Serious and critical findings of axe. */
  findings(): Promise<string[]> {
    return axeFindings(this.page);
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
