/**
 * The browser's part of `npm run bench:labeling`: the packaged extension in a real workbench, on the project given and, as
 * its peer, on one of a hundred prompts made alike, which costs what the workbench itself costs. Prints JSON.
 */
import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { eventually, Workbench } from '../browser/workbench.js';
import { enterMark, nShown, shiftsWhileRead, shownMark, watchShifts } from '../page/layoutShift.js';
import { makeProject } from './makeProject.js';
import { paintsAfterKeys, type TraceEvent } from './trace.js';

const [large = ''] = process.argv.slice(2);
/** Judgements of which the median is taken, after some that warm up. */
const nJudgements = 15;
const nWarmUp = 3;

interface Measured {
  /** From the moment at which the extension begins to read the project to its number of prompts in the status bar. */
  readonly openMs: number;
  /** From the command to the last large paint before the first key. */
  readonly panelMs: number;
  /** From the key to the end of the paint, in the browser's trace; median and longest. */
  readonly nextMs: number;
  readonly nextMaxMs: number;
  readonly nNext: number;
  /** Sum of the layout shifts between a prompt's first paint and the Enter that ends it, in the page and around it. */
  readonly shift: number;
  readonly filterMs: number;
  readonly scrollMs: number;
  readonly hostMb: number;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/** A copy to write in: journals are only ever appended to by their own writer, so those that are there may be shared. */
function copyOf(folder: string, to: string): string {
  for (const name of ['prompts', '.touchstone/candidates', '.touchstone/judgements']) {
    mkdirSync(path.join(to, name), { recursive: true });
    for (const file of readdirSync(path.join(folder, name)))
      linkSync(path.join(folder, name, file), path.join(to, name, file));
  }
  cpSync(path.join(folder, 'touchstone.json'), path.join(to, 'touchstone.json'));
  return to;
}

const judgementBytes = (folder: string): number => {
  const judgements = path.join(folder, '.touchstone', 'judgements');
  return readdirSync(judgements).reduce((sum, name) => sum + statSync(path.join(judgements, name)).size, 0);
};

/** Resident memory of a process, MB. */
const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** When the extension has begun to open a project: it takes a writer's name first. Milliseconds since 1970. */
function openedAt(folder: string): number | undefined {
  const writers = path.join(folder, '.touchstone', 'local', 'writers');
  if (!existsSync(writers)) return undefined;
  return Math.max(...readdirSync(writers).map((name) => statSync(path.join(writers, name)).birthtimeMs));
}

/** Runs in every page before anything else: notes when the extension's item in the status bar shows so many prompts. */
function noteStatus(): void {
  const look = (): void => {
    const item = document.querySelector('.statusbar-item[id^="touchstone"] a[aria-label*=" of "]');
    const window_ = window as unknown as { statusShown?: number };
    if (item !== null) window_.statusShown ??= Date.now();
  };
  if (window.top === window)
    new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true });
}

async function measure(workbench: Workbench, browser: Browser, folder: string): Promise<Measured> {
  const { page } = workbench;
  await workbench.switchTo(folder);
  const shownAt = await eventually('the project in the status bar', () =>
    page.evaluate(() => (window as unknown as { statusShown?: number }).statusShown),
  );
  const openMs = shownAt - (openedAt(folder) ?? NaN);
  const start = await workbench.command('Touchstone: Start Labeling');
  const panel = await workbench.frame('.card');
  await panel.waitForSelector('.card:nth-of-type(4) .md');
  // A panel that is still loading fonts paints again.
  await panel.evaluate(() => document.fonts.ready);
  const painted = await panel.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) =>
          resolve(performance.timeOrigin + (list.getEntries().at(-1)?.startTime ?? 0)),
        ).observe({ type: 'largest-contentful-paint', buffered: true });
      }),
  );
  await panel
    .locator('.card')
    .first()
    .click({ position: { x: 100, y: 60 } });
  await watchShifts(panel);
  await watchShifts(page, '.no-such-element');

  await browser.startTracing(page, { categories: ['devtools.timeline', 'blink.user_timing'] });
  for (let n = 1; n <= nWarmUp + nJudgements; n += 1) {
    const before = judgementBytes(folder);
    for (const key of ['b', 'a', 'd', 'Enter']) await page.keyboard.press(key);
    await eventually(`prompt ${n}`, async () => ((await nShown(panel)) === n ? true : undefined));
    await eventually(`judgement ${n} on disk`, () => (judgementBytes(folder) > before ? true : undefined));
  }
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const next = paintsAfterKeys(traceEvents, enterMark, shownMark).slice(nWarmUp);
  const shift = (await shiftsWhileRead(panel)).sum + (await shiftsWhileRead(page)).sum;
  const { filterMs, scrollMs } = await measureQueue(workbench);
  const hostMb = residentMb(workbench.extensionHost());
  return {
    openMs,
    panelMs: painted - start,
    nextMs: median(next),
    nextMaxMs: Math.max(...next),
    nNext: next.length,
    shift,
    filterMs,
    scrollMs,
    hostMb,
  };
}

/** The queue's tree: from the key to the rows painted that a search leaves, and the longest frame of 20 pages down. */
async function measureQueue(workbench: Workbench): Promise<{ readonly filterMs: number; readonly scrollMs: number }> {
  const { page } = workbench;
  await page.click('.activitybar [aria-label^="Touchstone"]');
  const rows = page.locator('[id="workbench.view.extension.touchstone"] .monaco-list-row, .pane-body .monaco-list-row');
  await rows.nth(5).waitFor();
  const scrollMs = await page.evaluate(async () => {
    const frames: number[] = [];
    let isOn = true;
    let last = performance.now();
    const frame = (): void => {
      const now = performance.now();
      frames.push(now - last);
      last = now;
      if (isOn) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const list = [...document.querySelectorAll<HTMLElement>('.pane-body .monaco-scrollable-element')].at(0);
    for (let step = 0; step < 40; step += 1) {
      list?.dispatchEvent(new WheelEvent('wheel', { deltaY: 120, bubbles: true, cancelable: true }));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    isOn = false;
    return (
      frames
        .slice(2)
        .sort((a, b) => a - b)
        .at(Math.floor(frames.length * 0.95)) ?? NaN
    );
  });
  await workbench.command('Touchstone: Search the Queue');
  const box = await workbench.quickInput('Search the Queue');
  await box.locator('input').first().fill('77: ');
  await page.evaluate(() => {
    Object.assign(window, { queuePainted: 0, queueAsked: 0 });
    window.addEventListener(
      'keydown',
      (event) => {
        if (event.key === 'Enter') Object.assign(window, { queueAsked: performance.now() });
      },
      true,
    );
    new MutationObserver(() => {
      const rows = [...document.querySelectorAll('.pane-body .monaco-list-row')];
      const prompts = rows.flatMap((row) => (/\d: /.test(row.textContent ?? '') ? [row.textContent ?? ''] : []));
      const isFound = prompts.length > 0 && prompts.every((text) => text.includes('77: '));
      const state = window as unknown as { queuePainted: number; queueAsked: number };
      if (!isFound || state.queuePainted !== 0 || state.queueAsked === 0) return;
      requestAnimationFrame(() => setTimeout(() => (state.queuePainted ||= performance.now())));
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  await box.locator('input').first().press('Enter');
  const filterMs = await eventually('the rows that were found', () =>
    page.evaluate(() => {
      const { queuePainted, queueAsked } = window as unknown as { queuePainted: number; queueAsked: number };
      return queuePainted === 0 ? undefined : queuePainted - queueAsked;
    }),
  );
  return { filterMs, scrollMs };
}

const workbench = await Workbench.open({ 'touchstone.labeler': 'kim', 'touchstone.device': 'cpu' });
try {
  const small = path.join(workbench.scratch, 'small');
  await makeProject(small, { nPrompts: 100 });
  const browser = workbench.page.context().browser();
  if (browser === null) throw new Error('The page belongs to no browser.');
  await workbench.page.addInitScript(noteStatus);
  const peer = await measure(workbench, browser, small);
  const first = await measure(workbench, browser, copyOf(large, path.join(workbench.scratch, 'large')));
  const again = await measure(workbench, browser, path.join(workbench.scratch, 'large'));
  console.log(JSON.stringify({ peer, first, again }));
} catch (error) {
  await workbench.page.screenshot({ path: 'out/bench/labelingBrowser.png' });
  console.error('What was on the screen: out/bench/labelingBrowser.png');
  throw error;
} finally {
  await workbench.close();
}
