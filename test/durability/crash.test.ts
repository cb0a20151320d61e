import { describe, expect, test } from 'vitest';
import {
  initProject,
  openProject,
  thisMachine,
  type FileSystem,
  type Machine,
  type Project,
} from '../../src/store/index.js';
import { CrashFiles, type DiskState } from '../unit/store/crashFiles.js';
import { FailingFiles, type Fault } from '../unit/store/failingFiles.js';
import { candidateOf, judgementOf, parsePrompts, promptOf } from '../unit/store/samples.js';

const folder = '/home/project';
const prompt = promptOf('What is the capital of France?');
const more = promptOf('And of Korea?');
const [chat, next] = [promptOf('What went wrong?'), promptOf('And what then?')];

/** The first process and, after its crash, the second, on one machine. */
const first: Machine = { ...thisMachine, pid: 1, isAlive: (pid) => pid === 1 };
const second: Machine = { ...thisMachine, pid: 2, isAlive: (pid) => pid === 2 };

const open = (files: FileSystem, machine: Machine) =>
  openProject(folder, {
    files,
    machine,
    readPromptFile: async (path) => parsePrompts(new TextDecoder().decode(await files.readFile(path)), path),
  });

async function freshDisk(): Promise<DiskState> {
  const files = new CrashFiles({ files: new Map(), folders: new Set(['/home', folder]) });
  await initProject(folder, { name: 'sample', files });
  return files.durableState();
}

/** Everything that was asked for, and of it what was acknowledged. */
class Ledger {
  readonly asked = new Set<string>();
  readonly acknowledged = new Set<string>();
  async note(ids: readonly string[], work: Promise<unknown>): Promise<void> {
    for (const id of ids) this.asked.add(id);
    await work;
    for (const id of ids) this.acknowledged.add(id);
  }
}

const judge = (project: Project, ...ids: string[]) =>
  project.appendJudgements(
    ids.map((id) => judgementOf(id, prompt.id, { labeler: id.startsWith('jb') ? 'Ana' : 'kim' })),
  );

/** One sitting, in which every way to write is used. A refused step does not stop the others. */
async function sitting(project: Project, ledger: Ledger): Promise<void> {
  const steps = [
    () => ledger.note(['c1', 'c2'], project.appendCandidates(['c1', 'c2'].map((id) => candidateOf(id, prompt.id)))),
    () => ledger.note([prompt.id], project.addPrompts([prompt], { name: 'capitals' })),
    () => ledger.note(['ja1'], judge(project, 'ja1')),
    () =>
      Promise.all([
        ledger.note(['ja2', 'jb1'], judge(project, 'ja2', 'jb1')),
        ledger.note(['ja3'], judge(project, 'ja3')),
      ]),
    () => ledger.note(['c3'], project.appendCandidates([candidateOf('c3', prompt.id)])),
    () => ledger.note([more.id], project.addPrompts([more], { name: 'capitals' })),
    () => ledger.note([chat.id], project.addPrompts([chat], { name: 'chat', to: 'own-file' })),
    () => ledger.note([next.id], project.addPrompts([next], { name: 'chat', to: 'own-file' })),
    () => ledger.note(['ja4'], judge(project, 'ja4')),
  ];
  for (const step of steps) await step().catch(() => undefined);
}

/** Ids of all rows, as a person would count them. */
const idsIn = (project: Project): string[] => [
  ...project.promptIds,
  ...project.candidatesOf(prompt.id).map((row) => row.id),
  ...project.judgementsOf(prompt.id).map((row) => row.id),
];

/** What every state must keep: nothing acknowledged is lost, nothing is there twice, nothing is half or invented. */
async function checkIds(
  files: CrashFiles,
  asked: ReadonlySet<string>,
  acknowledged: ReadonlySet<string>,
): Promise<void> {
  const project = await open(files, second);
  const ids = idsIn(project);
  await project.close();
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining([...acknowledged]));
  expect([...asked]).toEqual(expect.arrayContaining(ids));
}

/** And work goes on from there: the same rows once more, then all of them are there once. */
async function checkState(
  state: DiskState,
  asked: ReadonlySet<string>,
  acknowledged: ReadonlySet<string>,
): Promise<void> {
  const files = new CrashFiles(state);
  await checkIds(files, asked, acknowledged);
  const project = await open(files, second);
  await sitting(project, new Ledger());
  await project.close();
  const again = await open(new CrashFiles(files.durableState()), first);
  expect(idsIn(again).toSorted()).toEqual([...everything].toSorted());
  expect(again.problems.filter((problem) => problem.code !== 'journal-torn' && !isRemainder(problem.code))).toEqual([]);
  await again.close();
}
/** A torn line in the middle of a file of a writer that never came back. */
const isRemainder = (code: string) => ['journal-no-sum', 'journal-sum', 'prompt-line'].includes(code);
const everything = [prompt.id, more.id, chat.id, next.id, 'c1', 'c2', 'c3', 'ja1', 'ja2', 'ja3', 'ja4', 'jb1'];

test('after a crash at any moment everything acknowledged is there, nothing half, nothing twice', async () => {
  const files = new CrashFiles(await freshDisk());
  const ledger = new Ledger();
  const states = new Map<string, { state: DiskState; asked: Set<string>; acknowledged: Set<string> }>();
  files.onDidChange = () => {
    for (const state of files.crashStates()) {
      const key = JSON.stringify([...state.files].map(([name, bytes]) => [name, bytes.toString('latin1')]).toSorted());
      // The last one counts: more was acknowledged by then.
      states.set(key, { state, asked: new Set(ledger.asked), acknowledged: new Set(ledger.acknowledged) });
    }
  };
  const project = await open(files, first);
  await sitting(project, ledger);
  await project.close();
  expect(ledger.acknowledged.size).toBe(everything.length);
  expect(states.size).toBeGreaterThan(50);
  for (const { state, asked, acknowledged } of states.values()) await checkState(state, asked, acknowledged);
});

describe('the n-th call to the disk fails, for every n', () => {
  test.each<Fault>(['before', 'after', 'half'])(
    '%s it took effect: rows are kept, tried again, and saved once',
    async (fault) => {
      const fresh = await freshDisk();
      for (let n = 1; ; n += 1) {
        const disk = new CrashFiles(fresh);
        const files = new FailingFiles(disk, n, fault);
        const ledger = new Ledger();
        const project = await open(files, first).catch(() => undefined);
        if (project !== undefined) {
          await sitting(project, ledger);
          // A power cut right now: what was acknowledged is on the platter, retries or not.
          const cut = await open(new CrashFiles(disk.durableState()), second);
          expect(idsIn(cut)).toEqual(expect.arrayContaining([...ledger.acknowledged]));
          await cut.close();
          await project.retry();
          expect(project.nUnsaved).toBe(0);
          await sitting(project, ledger);
          await project.close();
        }
        await checkIds(new CrashFiles(disk.durableState()), ledger.asked, ledger.acknowledged);
        if (!files.hasFailed) {
          expect(n).toBeGreaterThan(50);
          break;
        }
      }
    },
  );

  test('a failed sync is never taken for a later success: the rows are written again', async () => {
    const fresh = await freshDisk();
    let nSyncs = Number.POSITIVE_INFINITY;
    for (let n = 1; n <= nSyncs; n += 1) {
      const disk = new CrashFiles(fresh);
      let at = 0;
      disk.failsSync = () => (at += 1) === n;
      const ledger = new Ledger();
      const project = await open(disk, first);
      await sitting(project, ledger);
      await project.retry();
      await sitting(project, ledger);
      await project.close();
      nSyncs = at;
      await checkState(disk.durableState(), ledger.asked, new Set(everything));
    }
    expect(nSyncs).toBeGreaterThan(5);
  });
});
