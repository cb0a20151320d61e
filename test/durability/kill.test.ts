import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  answersIn,
  inFolder,
  record,
  shownIn,
  start,
  touchstone,
  wholeLines,
  type ShownPrompt,
} from '../cli/touchstone.js';

/** Kills in a run of the tests; `npm run test:durability` asks for more. */
const nKills = Number(process.env['TOUCHSTONE_KILLS'] ?? 50);
const nLines = 400;

const rowOf = ({ prompt, candidates }: ShownPrompt, id: string): string =>
  JSON.stringify({
    id,
    prompt: prompt.id,
    labeler: 'kim',
    ranking: candidates.map((candidate) => [candidate.id]),
    // Long enough that a write of many rows is not one page.
    rationale: `${id} `.repeat(100),
  });

async function newProject(folder: string): Promise<ShownPrompt> {
  await touchstone(folder, ['init']);
  await writeFile(path.join(folder, 'in.jsonl'), `${record}\n`);
  await touchstone(folder, ['import', 'in.jsonl']);
  return shownIn(folder);
}

/** Ids of the answers that said ok. */
const acknowledgedIn = (out: string): string[] => answersIn(out).flatMap((answer) => (answer.ok ? [answer.id] : []));

test(`${nKills} kills of judge at random moments: everything acknowledged is there, nothing twice, nothing half`, async () => {
  await inFolder(async (folder) => {
    const shown = await newProject(folder);
    const asked = new Map<string, string>();
    const acknowledged = new Set<string>();
    let nKilledAtWork = 0;
    for (let kill = 0; kill < nKills; kill += 1) {
      const child = start(['judge'], folder);
      let out = '';
      child.stdin?.on('error', () => undefined);
      const closed = new Promise<NodeJS.Signals | null>((resolve) =>
        child.once('close', (_, signal) => resolve(signal)),
      );
      const working = new Promise<void>((resolve) =>
        child.stdout?.setEncoding('utf8').on('data', (text: string) => {
          out += text;
          resolve();
        }),
      );
      for (let n = 0; n < nLines; n += 1) {
        const id = `j${kill}-${n}`;
        asked.set(id, `${id} `.repeat(100));
        child.stdin?.write(`${rowOf(shown, id)}\n`);
      }
      // Some before the first answer, most in the middle of the work; stdin stays open, so none ends by itself.
      if (kill % 5 !== 0) await Promise.race([working, closed]);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * (kill % 5 === 0 ? 400 : 25)));
      child.kill('SIGKILL');
      if ((await closed) === 'SIGKILL') nKilledAtWork += 1;
      for (const id of acknowledgedIn(out)) acknowledged.add(id);
    }
    expect(nKilledAtWork).toBe(nKills);
    expect(acknowledged.size).toBeGreaterThan(nKills);

    const { judgements } = await shownIn(folder);
    const ids = judgements.map((judgement) => judgement.id);
    expect(new Set(ids).size).toBe(ids.length);
    const there = new Set(ids);
    expect([...acknowledged].filter((id) => !there.has(id))).toEqual([]);
    for (const { id, rationale } of judgements) expect(rationale).toBe(asked.get(id));
    // Stale locks are taken over, so fifty processes leave one journal.
    expect(await readdir(path.join(folder, '.touchstone', 'judgements'))).toHaveLength(1);
  });
}, 600_000);

/** Mounting a small disk takes a minute and the rights of root: only the long run has this case. */
const canFillADisk = nKills > 50 && process.getuid?.() === 0 && spawnSync('mount', ['--version']).status === 0;

function definesFullDisk(): void {
  test(
    'on a full disk rows that do not fit are refused with the reason; those that were acknowledged are there when there is room again',
    () =>
      inFolder(async (folder) => {
        const disk = path.join(folder, 'disk');
        mkdirSync(disk);
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
        try {
          const shown = await newProject(disk);
          const rows = Array.from({ length: nLines }, (_, n) => rowOf(shown, `j${n}`)).join('\n');
          const { code, out } = await touchstone(disk, ['judge'], rows);
          expect(code).toBe(1);
          const answers = answersIn(out);
          expect(answers).toHaveLength(nLines);
          const [refused] = answers.flatMap((answer) => (answer.ok ? [] : [answer.error]));
          expect(refused).toMatch(/disk is full/i);

          execFileSync('mount', ['-o', 'remount,size=8m', disk]);
          const acknowledged = acknowledgedIn(out);
          const { judgements } = await shownIn(disk);
          expect(judgements.map((judgement) => judgement.id)).toEqual(expect.arrayContaining(acknowledged));
          const again = await touchstone(disk, ['judge'], rows);
          expect(again.code).toBe(0);
          expect((await shownIn(disk)).judgements).toHaveLength(nLines);
          for (const name of await readdir(path.join(disk, '.touchstone', 'judgements'))) {
            const text = await readFile(path.join(disk, '.touchstone', 'judgements', name), 'utf8');
            expect(wholeLines(text)).toHaveLength(nLines);
          }
        } finally {
          execFileSync('umount', [disk]);
        }
      }),
    120_000,
  );
}

if (canFillADisk) definesFullDisk();
