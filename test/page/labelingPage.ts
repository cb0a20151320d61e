/** A labeling page to test: opened in Chromium, fed with host messages, looked at as a labeler sees it. */
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import type { FromLabelingPage, LabelingSettings, PromptView, ToLabelingPage } from '../../src/protocol.js';
import { servePage } from './pageServer.js';
import type { PageServer, Theme } from './pageServer.js';
import { opening, prompt } from './sample.js';
import { watched } from './watched.js';

declare global {
  interface Window {
    sent: FromLabelingPage[];
    violations: string[];
    fromHost: (...messages: ToLabelingPage[]) => void;
  }
}

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });

export interface OpenOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  readonly prompt?: PromptView;
  readonly settings?: Partial<LabelingSettings>;
  /** Sent after the prompt. */
  readonly then?: readonly ToLabelingPage[];
  readonly reducedMotion?: 'reduce' | 'no-preference';
  readonly forcedColors?: 'active' | 'none';
  /** Nothing is sent; the page waits. */
  readonly isSilent?: boolean;
}

/** Call once a file: one browser, one server and one tab for its tests; each opens the page anew in it. */
export function labelingPages(): (options?: OpenOptions) => Promise<LabelingTab> {
  let server: PageServer;
  let browser: Browser;
  let page: Page;
  let nOpened = 0;
  beforeAll(async () => {
    server = await servePage();
    browser = await launchChromium();
    page = await browser.newPage();
    await page.goto(server.url);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });
  return async (options = {}) => {
    page.removeAllListeners();
    await page.setViewportSize({ width: options.width ?? 1280, height: options.height ?? 720 });
    await page.emulateMedia({
      reducedMotion: options.reducedMotion ?? 'no-preference',
      forcedColors: options.forcedColors ?? 'none',
    });
    const tab = new LabelingTab(page, server.url);
    // Each begins with nothing kept, whatever the page before it writes while it is left.
    nOpened += 1;
    await page.goto(`${server.url}/?theme=${options.theme ?? 'dark-modern'}&fresh=${nOpened}`);
    if (!(options.isSilent ?? false)) {
      await tab.host(...opening(options.prompt ?? prompt(), options.settings), ...(options.then ?? []));
      await page.waitForSelector('.card, .mid');
    }
    return tab;
  };
}

export class LabelingTab {
  readonly page: Page;
  readonly problems: readonly string[];
  readonly requests: readonly string[];

  constructor(page: Page, url: string) {
    this.page = page;
    const { problems, requests } = watched(page, url);
    this.problems = problems;
    this.requests = requests;
  }

  /** As if the host had sent these. */
  async host(...messages: readonly ToLabelingPage[]): Promise<void> {
    await this.page.evaluate((list) => window.fromHost(...list), [...messages]);
    await this.settle();
  }

  /** Two frames: everything that was asked for is painted. */
  async settle(): Promise<void> {
    await this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(undefined)))),
    );
  }

  /** What a highlight marks, in the order of the page: `A: words`. */
  async marked(highlight: string): Promise<string[]> {
    await this.settle();
    return this.page.evaluate((name) => {
      const ranges = [...(CSS.highlights.get(name) ?? [])].filter((range) => range instanceof Range);
      return ranges.map(
        (range) =>
          `${range.startContainer.parentElement?.closest('.card')?.getAttribute('data-letter') ?? '?'}: ${range.toString()}`,
      );
    }, highlight);
  }

  /** Keys as in `ba=d`, one character a key; longer names stand in braces: `{Enter}`, `{Alt+ArrowUp}`, `{Shift+D}`. */
  async type(keys: string): Promise<void> {
    for (const [key = '', named] of keys.matchAll(/\{([^}]+)\}|./gu)) await this.page.keyboard.press(named ?? key);
    await this.settle();
  }

  /** What the page said to the host. */
  async sent<Type extends FromLabelingPage['type']>(type: Type): Promise<Extract<FromLabelingPage, { type: Type }>[]> {
    const all = await this.page.evaluate(() => window.sent);
    return all.filter((message): message is Extract<FromLabelingPage, { type: Type }> => message.type === type);
  }

  async lastSubmit() {
    return (await this.sent('judgement-submit')).at(-1);
  }

  /** The letters of a draft or submit, `B > A = D`. */
  async lastRanking(): Promise<string> {
    const last = (await this.lastSubmit()) ?? (await this.sent('draft-change')).at(-1);
    return rankingOf(last?.draft.ranking ?? []);
  }

  /** The board as it stands on the screen. */
  async board(): Promise<string> {
    return this.page.evaluate(() => {
      const visible = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? '';
      return [...document.querySelectorAll('.board > *')]
        .filter((part) => !part.classList.contains('edge') && !part.classList.contains('start'))
        .map((part) => {
          if (part.classList.contains('line')) return '-';
          if (part.classList.contains('gap')) return '>';
          const place = visible(part.querySelector('.place') ?? part);
          const chips = [...part.querySelectorAll('.chip')].map(
            (chip) =>
              `${visible(chip)}${chip.classList.contains('implied') ? '?' : ''}${chip.classList.contains('changed') ? '~' : ''}`,
          );
          return `[${[place, chips.join('=')].filter(Boolean).join(' ')}]`;
        })
        .join(' ');
    });
  }

  /** Letters of the answers not placed yet, or what stands there instead. */
  side(): Promise<string> {
    return this.text('.side');
  }

  async text(selector: string): Promise<string> {
    return ((await this.page.textContent(selector)) ?? '').replace(/\s+/g, ' ').trim();
  }

  /** The letter of the focused answer. */
  focused(): Promise<string | null> {
    return this.page.getAttribute('.card.focused', 'data-letter');
  }

  /** What has the keyboard's focus: an answer's letter, an id, or an element's name. */
  hasFocus(): Promise<string> {
    return this.page.evaluate(() => {
      const active = document.activeElement;
      return active?.getAttribute('data-letter') ?? (active?.id || active?.tagName.toLowerCase()) ?? '';
    });
  }

  /** What was read out last. */
  async said(): Promise<string> {
    // The page speaks after 120 ms: its timers run out in their order, however busy it is.
    await this.page.evaluate(() => new Promise((done) => setTimeout(done, 150)));
    return this.text('[aria-live="polite"].sr');
  }

  /** Nothing ran, nothing was asked for from outside, the policy had nothing to report. */
  async expectQuiet(): Promise<void> {
    expect(this.problems).toEqual([]);
    expect(this.requests).toEqual([]);
    expect(await this.page.evaluate(() => window.violations)).toEqual([]);
  }
}

/** Ids of the sample end in their letter. */
export const rankingOf = (ranking: readonly (readonly string[])[]): string =>
  ranking.map((tier) => tier.map((id) => id.at(-1)).join(' = ')).join(' > ');
