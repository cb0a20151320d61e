/** What a page must not do, and what axe-core says of it: the same for every page. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface Watched {
  /** Errors, dialogs and complaints of the console. */
  readonly problems: readonly string[];
  /** To anywhere but the server of the page. */
  readonly requests: readonly string[];
}

/** @param url of the page's own server. */
export function watched(page: Page, url: string): Watched {
  const problems: string[] = [];
  const requests: string[] = [];
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:,')) requests.push(request.url());
  });
  return { problems, requests };
}

/** Serious and critical findings, `rule: element`; of a page, or of a frame alone. */
export async function axeFindings(
  page: Pick<Page, 'evaluate'>,
  rules: Readonly<Record<string, object>> = {},
): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(
    (chosen) =>
      (window as unknown as { axe: { run: (root: Document, options: object) => Promise<AxeResults> } }).axe.run(
        document,
        { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], rules: chosen },
      ),
    rules,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary ?? ''}`));
}
