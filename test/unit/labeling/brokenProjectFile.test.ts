/** `touchstone.json` cannot be read any more, or names other prompts, while somebody labels. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Sitting } from './sittingFor.js';

let sitting: Sitting | undefined;
afterEach(async () => {
  await sitting?.stop();
  sitting = undefined;
});

const refresh = ({ project }: Sitting) => project.refresh().catch(() => undefined);

test('the panel says so, and that the former settings hold, until the file is good again', async () => {
  sitting = await Sitting.start({ config: { mode: 'pair' } });
  const file = path.join(sitting.folder, 'touchstone.json');
  const good = await readFile(file, 'utf8');
  await writeFile(file, good.replace('"pair"', '"pears"'));
  await refresh(sitting);
  const strip = {
    kind: 'warning',
    message: 'touchstone.json cannot be read: former settings hold.',
    details: expect.stringMatching(/touchstone\.json: mode: .+/),
    action: { action: 'open-project-file', label: 'Open touchstone.json' },
  };
  expect(sitting.last('strip')?.strip).toEqual(strip);
  expect(sitting.project.config.mode).toBe('pair');
  expect(sitting.shown).toBe('prompt 1');

  // What else the strip tells goes before it and leaves it there.
  sitting.answers.tell({ type: 'trouble', message: 'The server is gone.' });
  expect(sitting.last('strip')?.strip?.kind).toBe('error');
  sitting.answers.tell({ type: 'trouble', message: null });
  expect(sitting.last('strip')?.strip).toEqual(strip);

  // A page that comes later hears it too.
  sitting.messages.length = 0;
  sitting.attach();
  expect(sitting.last('strip')?.strip).toEqual(strip);

  await writeFile(file, good);
  await refresh(sitting);
  expect(sitting.last('strip')?.strip).toBeNull();
});

test('a prompt that is in no file any more leaves the screen, and its draft is there when it comes back', async () => {
  sitting = await Sitting.start({ nPrompts: 2 });
  const file = path.join(sitting.folder, 'touchstone.json');
  const whole = await readFile(file, 'utf8');
  const { promptId } = sitting;
  const draft = sitting.ranking('C');
  await sitting.session.receive({ type: 'draft-change', promptId, draft, revision: 1 });
  await writeFile(file, JSON.stringify({ ...JSON.parse(whole), prompts: [] }));
  await refresh(sitting);
  expect(sitting.last('empty')?.reason).toBe('no-prompts');
  expect(sitting.session.isPromptShown).toBe(false);

  await writeFile(file, whole);
  await refresh(sitting);
  expect(sitting.screen).toMatchObject({ promptId, draft, status: 'draft' });
});
