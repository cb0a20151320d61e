import { strict as assert } from 'node:assert';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { candidateIdOf, type CandidateId, type PromptId } from '../../src/core/index.js';
import { withPerson } from './person.js';
import { closeAllEditors, drawTree, labelTab, parts, until, workspaceFolder } from './window.js';

/** What the journals hold of a prompt, by status. */
async function statusesOnDisk(promptId: PromptId): Promise<string[]> {
  const folder = path.join(workspaceFolder(), '.touchstone', 'judgements');
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(path.join(folder, name), 'utf8')));
  const rows = texts.flatMap((text) => text.split('\n').filter(Boolean));
  return rows
    .map((row): Record<string, unknown> => JSON.parse(row))
    .filter((row) => row['promptId'] === promptId)
    .map((row) => String(row['status']));
}

/** A prompt of the samples with three answers, on the screen. */
async function shown(place: number): Promise<{ promptId: PromptId; ids: CandidateId[] }> {
  const { desk, projects } = await parts();
  const { project } = projects;
  const promptId = project?.promptIds[place];
  assert(project && promptId);
  const ids = [0, 1, 2].map((index) => candidateIdOf(['past', promptId, index]));
  await project.appendCandidates(
    ids.map((id, index) => ({ id, promptId, text: `answer ${index}`, origin: 'import' as const })),
  );
  await vscode.commands.executeCommand('touchstone.openPrompt', promptId);
  await until('the prompt', () => desk.session?.current === promptId && desk.session.isPromptShown);
  // A page that is still loading does nothing that a command asks for; once it has said that it is ready, the tab has a title.
  await until('the page', () => labelTab()?.label.includes('Everyday questions'));
  return { promptId, ids };
}

let nRequests = 0;
async function submit(promptId: PromptId, order: readonly CandidateId[]): Promise<void> {
  const { desk } = await parts();
  const ranking = order.map((id) => [id]);
  const requestId = `past ${(nRequests += 1)}`;
  const common = { aids: [], words: {}, activeMs: 1000, cut: [] };
  await desk.session?.receive({ type: 'judgement-submit', requestId, promptId, draft: { ranking }, ...common });
}

describe('what was judged before', () => {
  after(closeAllEditors);

  it('stands in the history, and any of it becomes the draft again', async () => {
    const { desk } = await parts();
    const { session } = desk;
    assert(session);
    const { promptId, ids } = await shown(8);
    const [a, b, c] = ids;
    assert(a && b && c);
    await submit(promptId, [a, b, c]);
    await session.receive({ type: 'submit-undo' });
    await submit(promptId, [c, b, a]);
    await vscode.commands.executeCommand('touchstone.openPrompt', promptId);
    await until('the prompt', () => session.current === promptId);

    const { seen } = await withPerson({ picks: [/^Taken back, /] }, async () => {
      await vscode.commands.executeCommand('touchstone.label.history');
    });
    assert.deepEqual(seen.titles, ['History']);
    assert.equal(session.queue.standingOf(promptId), 'draft');
    const draft = desk.project?.drafts.all().find((each) => each.promptId === promptId);
    assert.match(JSON.stringify(draft?.content), new RegExp(`"ranking":\\[\\["${a}"\\],\\["${b}"\\],\\["${c}"\\]\\]`));
    // Nothing was written to the journal for it.
    assert.deepEqual(await statusesOnDisk(promptId), ['submitted', 'draft', 'submitted']);
  });

  it('a prompt is discarded by a command, out of the work and the queue’s other groups, until it is undone', async () => {
    const { desk, views } = await parts();
    const { promptId } = await shown(9);
    await vscode.commands.executeCommand('touchstone.label.discard');
    await until('the row', async () => (await statusesOnDisk(promptId)).join() === 'discarded');
    await until('the queue', async () => (await drawTree(views.queue)).includes('Discarded | 1'));
    await vscode.commands.executeCommand('touchstone.label.undo');
    await until('the undo', () => desk.session?.queue.counts.discarded === 0);
    await until('the queue', async () => (await drawTree(views.queue)).every((line) => !line.startsWith('Discarded')));
    assert.deepEqual(await statusesOnDisk(promptId), ['discarded', 'draft']);
  });

  it('a lead’s judgement becomes the gold of its prompt, and nobody else’s does', async () => {
    const { desk, projects, settings } = await parts();
    const { project } = projects;
    assert(project);
    const { promptId, ids } = await shown(10);
    await submit(promptId, ids);
    await vscode.commands.executeCommand('touchstone.openPrompt', promptId);
    await until('the prompt', () => desk.session?.current === promptId && desk.session.isPromptShown);
    await vscode.commands.executeCommand('touchstone.label.useAsGold');
    assert.equal(project.goldOf(promptId), undefined);

    await project.updateConfig({ leads: [settings.labeler()] });
    await vscode.commands.executeCommand('touchstone.label.useAsGold');
    await until('the gold', () => project.goldOf(promptId) !== undefined);
    assert.deepEqual(
      project.goldOf(promptId)?.ranking,
      ids.map((id) => [id]),
    );
    await vscode.commands.executeCommand('touchstone.label.useAsGold');
    await until('the gold to go', () => project.goldOf(promptId) === undefined);
    assert.deepEqual(await statusesOnDisk(promptId), ['submitted', 'gold', 'gold']);
    await project.updateConfig({ leads: [] });
  });
});
