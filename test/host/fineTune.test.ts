import { strict as assert } from 'node:assert';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ExportReport } from '../../src/datasets/index.js';
import type { Run } from '../../src/finetune/index.js';
import { withPerson } from './person.js';
import { drawTree, judgeSome, parts, scratchFile, until } from './window.js';

describe('a fine-tune', () => {
  const set = (value: unknown) =>
    vscode.workspace
      .getConfiguration('touchstone')
      .update('fineTune.customCommand', value, vscode.ConfigurationTarget.Global);
  after(() => set(undefined));

  const start = async (program: string, answers: { readonly buttons: readonly RegExp[] }) => {
    const { file, remove } = await scratchFile('train.cjs', program);
    await set([process.execPath, file, '${config}', '${dataset}']);
    const asked = await withPerson(
      { picks: [/program of your own/i, /fine-tune-test/], texts: ['my-base'], ...answers },
      () => Promise.resolve(vscode.commands.executeCommand<Run | undefined>('touchstone.fineTune')),
    );
    return { ...asked, file, remove };
  };

  before(async () => {
    await judgeSome('fine-tune test');
    const report = await vscode.commands.executeCommand<ExportReport>('touchstone.exportDataSet', {
      formats: ['trl-preference'],
      split: 0,
      name: 'fine-tune-test',
    });
    assert(report.formats[0]?.rows.train);
  });

  it('shows the exact command and runs nothing when the person thinks better of it', async () => {
    const { result, seen, file, remove } = await start('process.exit(0)', { buttons: [] });
    assert.equal(result, undefined);
    assert(
      seen.messages.some((message) => message.includes(file)),
      seen.messages.join('\n'),
    );
    const { views } = await parts();
    assert.deepEqual(await drawTree(views.runs), []);
    await remove();
  });

  it('runs as a task without a shell; log and exit code are kept with the run', async () => {
    const { views } = await parts();
    const program = `console.log('argv ' + JSON.stringify(process.argv.slice(2))); process.exit(3);`;
    const { result, remove } = await start(program, { buttons: [/^Run$/] });
    assert(result, 'the run has begun');
    const record = await until('the end of the run', async () => {
      const json: { endedAt?: string; exitCode?: number } = JSON.parse(
        await readFile(path.join(result.folder, 'run.json'), 'utf8'),
      );
      return json.endedAt !== undefined && json;
    });
    assert.equal(record.exitCode, 3);
    const argv = await until('the log', async () => /argv (\[.*\])/.exec(await readFile(result.logFile, 'utf8'))?.[1]);
    const paths: string[] = JSON.parse(argv);
    assert.equal(paths.length, 2);
    assert(paths[0]?.startsWith(result.folder), paths[0]);
    assert(paths[1]?.endsWith('fine-tune-test'), paths[1]);
    const tree = await until('the run in the view', async () => {
      const lines = await drawTree(views.runs);
      return lines[0]?.includes('exit code') === true && lines;
    });
    assert.match(tree[0] ?? '', /custom · exit code 3$/);
    await remove();
  });

  it('of a data set that was changed since its export is refused', async () => {
    const { projects } = await parts();
    assert(projects.project);
    const file = path.join(projects.project.folder, 'datasets/fine-tune-test/trl-preference/train.jsonl');
    await writeFile(file, `${await readFile(file, 'utf8')}{}\n`);
    const { result, seen, remove } = await start('process.exit(0)', { buttons: [/^Run$/] });
    assert.equal(result, undefined);
    assert(
      seen.messages.some((message) => message.includes('not what was exported')),
      seen.messages.join('\n'),
    );
    await remove();
  });
});
