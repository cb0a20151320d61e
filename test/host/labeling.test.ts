import { strict as assert } from 'node:assert';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { candidateIdOf, type CandidateId, type PromptId } from '../../src/core/index.js';
import { closeAllEditors, drawTree, labelTab, parts, tabs, until, workspaceFolder } from './window.js';

/** Answers for the first sample prompts, as a model would have written them. */
async function writeAnswers(nPrompts: number): Promise<PromptId[]> {
  const { projects } = await parts();
  const { project } = projects;
  assert(project);
  const promptIds = project.promptIds.slice(0, nPrompts);
  await project.appendCandidates(
    promptIds.flatMap((promptId) =>
      [0, 1, 2].map((index) => ({
        id: candidateIdOf(['host test', promptId, index]),
        promptId,
        text: `answer ${index + 1}`,
        origin: 'model' as const,
        model: { name: 'test' },
        finishReason: 'stop' as const,
      })),
    ),
  );
  return promptIds;
}

/** The judgement rows on the disk. */
async function rowsOnDisk(): Promise<Record<string, unknown>[]> {
  const folder = path.join(workspaceFolder(), '.touchstone', 'judgements');
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line): Record<string, unknown> => JSON.parse(line)),
  );
}

describe('the labeling panel', () => {
  after(closeAllEditors);

  it('opens once, and its page gets a prompt', async () => {
    const { desk } = await parts();
    const [first] = await writeAnswers(4);
    await vscode.commands.executeCommand('touchstone.startLabeling');
    await vscode.commands.executeCommand('touchstone.startLabeling');
    await until('the page', () => desk.session?.isPromptShown);
    assert.equal(desk.session?.current, first);
    assert.equal(tabs().filter((tab) => tab === labelTab()).length, 1);
    await until('the title', () => labelTab()?.label.includes('Everyday questions'));
    assert.equal(desk.nDropped, 0);
  });

  it('goes on by commands, as if a key was pressed', async () => {
    const { desk, projects } = await parts();
    const [first, second] = projects.project?.promptIds ?? [];
    await vscode.commands.executeCommand('touchstone.openPrompt', first);
    await until('the first prompt', () => desk.session?.current === first && desk.session?.isPromptShown);
    // Once: what is pressed twice goes on twice.
    await vscode.commands.executeCommand('touchstone.label.next');
    await until('the next prompt', () => desk.session?.current === second);
  });

  it('skips by a command: the row is on the disk and the queue shows it', async () => {
    const { desk, projects, views } = await parts();
    const [first] = projects.project?.promptIds ?? [];
    await vscode.commands.executeCommand('touchstone.openPrompt', first);
    await until('the first prompt', () => desk.session?.current === first && desk.session?.isPromptShown);
    await vscode.commands.executeCommand('touchstone.label.skip');
    await until('the skip', async () => {
      return (await rowsOnDisk()).some((row) => row['status'] === 'skipped' && row['promptId'] === first);
    });
    await until('the queue', async () => (await drawTree(views.queue)).includes('Skipped | 1'));
  });

  it('takes the skip back by a command: the journal gets a row, nothing is erased', async () => {
    const { desk, views } = await parts();
    await vscode.commands.executeCommand('touchstone.label.undo');
    await until('the undo', () => desk.session?.queue.counts.skipped === 0);
    const own = (await rowsOnDisk()).filter((row) => row['labeler'] !== 'kim');
    assert.deepEqual(
      own.map((row) => row['status']),
      ['skipped', 'draft'],
    );
    await until('the queue', async () => (await drawTree(views.queue)).includes('Skipped | 0'));
  });
});

describe('improving an answer', () => {
  // Each begins with a fresh editor, as a person does.
  afterEach(closeAllEditors);

  const open = async (): Promise<{ promptId: PromptId; candidateId: CandidateId }> => {
    const { desk, projects } = await parts();
    const promptId = projects.project?.promptIds[1];
    assert(promptId && desk.project);
    const candidateId = desk.project.candidatesOf(promptId)[0]?.id;
    assert(candidateId);
    // VS Code keeps a document for a moment after its editor is closed, and reads it again when it is opened meanwhile.
    await until('the former document to be gone', () =>
      vscode.workspace.textDocuments.every(({ uri }) => uri.scheme !== 'touchstone-draft'),
    );
    await desk.improve(promptId, candidateId);
    await until('the diff editor', () => vscode.window.activeTextEditor?.document.uri.scheme === 'touchstone-draft');
    return { promptId, candidateId };
  };

  const type = async (text: string): Promise<void> => {
    const editor = vscode.window.activeTextEditor;
    assert(editor);
    const { document } = editor;
    const all = new vscode.Range(0, 0, document.lineCount, 0);
    assert(await editor.edit((edit) => edit.replace(all, text)));
    assert(document.isDirty, `${document.uri.toString()} is changed`);
  };

  it('happens in a diff of a read-only and a writable side', async () => {
    await open();
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    assert(tab?.input instanceof vscode.TabInputTextDiff);
    assert.equal(tab.input.original.scheme, 'touchstone-answer');
    assert.match(tab.label, /^Improve answer [A-H]$/);
    assert.equal(vscode.workspace.fs.isWritableFileSystem('touchstone-answer') ?? false, false);
  });

  it('saving keeps a draft; Use this answer makes it a correction and closes the editor', async () => {
    const { desk } = await parts();
    const { promptId, candidateId } = await open();
    await type('a better answer');
    assert.equal(await vscode.window.activeTextEditor?.document.save(), true);
    assert.equal(desk.session?.improvement(promptId, candidateId)?.text, 'a better answer');
    await type('the best answer');
    await vscode.commands.executeCommand('touchstone.improve.use');
    await until('the editor to close', () => tabs().every(({ input }) => !(input instanceof vscode.TabInputTextDiff)));
    const draft = desk.project?.drafts.all().find((each) => each.promptId === promptId);
    assert.match(
      JSON.stringify(draft?.content),
      /"corrections":\[\{"id":"c[0-9a-f]{16}","parent":"[^"]+","text":"the best answer"/,
    );
  });

  it('an answer of one’s own opens alone, empty, and becomes a correction without a parent', async () => {
    const { desk, projects } = await parts();
    const promptId = projects.project?.promptIds[2];
    assert(promptId);
    await desk.compose(promptId);
    await until('the editor', () => vscode.window.activeTextEditor?.document.uri.scheme === 'touchstone-draft');
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    assert(tab?.input instanceof vscode.TabInputText);
    assert.equal(tab.label, 'Composed answer.md');
    assert.equal(vscode.window.activeTextEditor?.document.getText(), '');
    assert.equal(vscode.window.activeTextEditor?.document.languageId, 'markdown');
    await type('written from nothing');
    await vscode.commands.executeCommand('touchstone.improve.use');
    await until('the editor to close', () => tabs().every(({ input }) => !(input instanceof vscode.TabInputText)));
    const draft = desk.project?.drafts.all().find((each) => each.promptId === promptId);
    assert.match(
      JSON.stringify(draft?.content),
      /"corrections":\[\{"id":"c[0-9a-f]{16}","text":"written from nothing"\}\]/,
    );
    await desk.compose(promptId);
    await until('its text again', () => vscode.window.activeTextEditor?.document.getText() === 'written from nothing');
  });

  it('Discard throws the text away', async () => {
    const { desk } = await parts();
    const { promptId, candidateId } = await open();
    await type('thrown away');
    await vscode.commands.executeCommand('touchstone.improve.discard');
    await until('the editor to close', () => tabs().every(({ input }) => !(input instanceof vscode.TabInputTextDiff)));
    assert.equal(desk.session?.improvement(promptId, candidateId)?.text, 'the best answer');
  });
});
