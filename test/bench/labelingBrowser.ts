/**
 * The browser's part of `npm run bench:labeling`: the packaged extension in a real workbench, on the project given and, as
 * its peer, on one of a hundred prompts made alike, which costs what the workbench itself costs. Prints JSON.
 */
import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Frame, Page } from 'playwright-core';
import packaged from '../browser/packaged.js';
import { eventually, Workbench } from '../browser/workbench.js';
import { enterMark, nShown, shiftsWhileRead, shownMark, watchShifts } from '../page/layoutShift.js';
import { makeProject } from './makeProject.js';
import { framesAfterKeys, traceCategories, type TraceEvent } from './trace.js';

const [large = ''] = process.argv.slice(2);
/** Judgements of which the median is taken, after some that warm up. */
const nJudgements = 15;
const nWarmUp = 3;

interface Measured {
  /** From the moment at which the extension begins to read the project to its number of prompts in the status bar. */
  readonly openMs: number;
  /** From the command to four answers painted. */
  readonly panelMs: number;
  /** From the key to the end of the paint, in the browser's trace; median and longest. */
  readonly nextMs: number;
  readonly nextMaxMs: number;
  readonly nNext: number;
  /** Sum of the layout shifts between a prompt's first paint and the Enter that ends it, in the panel. */
  readonly shift: number;
  /** The same in the workbench around it. */
  readonly shiftAround: number;
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

interface Noticed {
  /** Milliseconds since 1970. */
  statusShown?: number;
  panelPainted?: number;
}
const noticed = (page: Page | Frame): Promise<Noticed> =>
  page.evaluate(() => {
    const { statusShown, panelPainted } = window as unknown as Noticed;
    return { ...(statusShown && { statusShown }), ...(panelPainted && { panelPainted }) };
  });

/** Runs in a page and looks at every frame: notes when the status bar tells the number of prompts, and four answers are painted. */
function notice(): void {
  const seen = window as unknown as Noticed;
  const look = (): void => {
    if (document.querySelector('.statusbar-item[id^="touchstone"] a[aria-label*=" of "]') !== null)
      seen.statusShown ??= Date.now();
    if (document.querySelector('.card:nth-of-type(4) .md') !== null)
      // Behind the paint of this frame.
      setTimeout(() => (seen.panelPainted ??= Date.now()));
    if (seen.statusShown === undefined && seen.panelPainted === undefined) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function measure(workbench: Workbench, browser: Browser, folder: string): Promise<Measured> {
  const { page } = workbench;
  await workbench.switchTo(folder);
  const shownAt = await eventually('the project in the status bar', async () => (await noticed(page)).statusShown);
  const openMs = shownAt - (openedAt(folder) ?? NaN);
  const start = await workbench.command('Touchstone: Start Labeling');
  // A webview's page is written into a frame that is there already, so nothing can run before it; this is early enough.
  const panel = await workbench.frame('link[href*="labeling.css"]');
  await panel.evaluate(notice);
  const painted = await eventually('four answers', async () => (await noticed(panel)).panelPainted);
  await panel
    .locator('.card')
    .first()
    .click({ position: { x: 100, y: 60 } });
  await watchShifts(panel);
  await watchShifts(page, '.no-such-element');

  await browser.startTracing(page, { categories: [...traceCategories] });
  for (let n = 1; n <= nWarmUp + nJudgements; n += 1) {
    const before = judgementBytes(folder);
    for (const key of ['b', 'a', 'd', 'Enter']) await page.keyboard.press(key);
    await eventually(`prompt ${n}`, async () => ((await nShown(panel)) === n ? true : undefined));
    await eventually(`judgement ${n} on disk`, () => (judgementBytes(folder) > before ? true : undefined));
  }
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const next = framesAfterKeys(traceEvents, enterMark, shownMark).slice(nWarmUp);
  const [inside, around] = [await shiftsWhileRead(panel), await shiftsWhileRead(page)];
  for (const what of inside.what) console.error(`moved in the panel, ${what}`);
  for (const what of around.what) console.error(`moved around the panel, ${what}`);
  const { filterMs, scrollMs } = await measureQueue(workbench);
  console.error(`measured ${path.basename(folder)}`);
  const hostMb = residentMb(workbench.extensionHost());
  return {
    openMs,
    panelMs: painted - start,
    nextMs: median(next),
    nextMaxMs: Math.max(...next),
    nNext: next.length,
    shift: inside.sum,
    shiftAround: around.sum,
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

await packaged();
const workbench = await Workbench.open({ 'touchstone.labeler': 'kim', 'touchstone.device': 'cpu' });
try {
  const small = path.join(workbench.scratch, 'small');
  await makeProject(small, { nPrompts: 100 });
  const browser = workbench.page.context().browser();
  if (browser === null) throw new Error('The page belongs to no browser.');
  await workbench.page.addInitScript(notice);
  const peer = await measure(workbench, browser, small);
  const folder = copyOf(large, path.join(workbench.scratch, 'large'));
  const first = await measure(workbench, browser, folder);
  const index = path.join('.touchstone', 'local', 'index');
  await eventually('the index, which is written when all was checked', () => {
    const files = existsSync(path.join(folder, index)) ? readdirSync(path.join(folder, index)) : [];
    return files.filter((name) => name.endsWith('.bin')).length === 2 ? true : undefined;
  });
  const next = copyOf(large, path.join(workbench.scratch, 'again'));
  cpSync(path.join(folder, index), path.join(next, index), { recursive: true });
  const again = await measure(workbench, browser, next);
  console.log(JSON.stringify({ peer, first, again }));
} catch (error) {
  await workbench.page.screenshot({ path: 'out/bench/labelingBrowser.png' });
  console.error('What was on the screen: out/bench/labelingBrowser.png');
  throw error;
} finally {
  await workbench.close();
}
