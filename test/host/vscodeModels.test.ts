import { strict as assert } from 'node:assert';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { CandidateId, defaultSampling } from '../../src/core/index.js';
import type { CandidateGenerator, GenerateReport, GenerationEvent } from '../../src/generation/index.js';
import { Playground } from '../../src/labeling/index.js';
import { LanguageModels } from '../../src/views/index.js';
import { withPerson } from './person.js';
import { drawTree, parts, until, workspaceFolder } from './window.js';

interface Request {
  readonly model: string;
  readonly turns: readonly { readonly role: string; readonly content: string }[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly token: vscode.CancellationToken;
}

/** What the extension beside us lets the suite say: see `languageModelProvider/provider.cjs`. */
interface Provider {
  readonly requests: Request[];
  answer: (request: Request, say: (text: string) => void) => Promise<void>;
  offer(models: readonly vscode.LanguageModelChatInformation[]): void;
}

const offered = (id: string, name: string): vscode.LanguageModelChatInformation => ({
  id,
  name,
  family: 'test-family',
  version: '2026-11',
  maxInputTokens: 8000,
  maxOutputTokens: 1000,
  capabilities: {},
});
const big = offered('big/one', 'Big One');
const small = offered('small', 'Small $(zap)');
const otherName = 'vscode:touchstone-test/test-family/other/2026-11';
const bigName = 'vscode:touchstone-test/test-family/big%2Fone/2026-11';
const smallName = 'vscode:touchstone-test/test-family/small/2026-11';

async function provider(): Promise<Provider> {
  const extension = vscode.extensions.getExtension<Provider>('touchstone-test.language-models');
  assert(extension, 'the extension that brings models is installed');
  return extension.activate();
}

const question = {
  messages: [{ role: 'user' as const, content: 'Why?' }],
  candidateIds: [CandidateId.parse('c0')],
  sampling: defaultSampling,
};

/** One answer to one question: its text, or what the error says. */
async function ask(generator: CandidateGenerator): Promise<string> {
  const events: GenerationEvent[] = [];
  for await (const event of generator.generate(question, new AbortController().signal)) events.push(event);
  return events
    .map((event) =>
      event.type === 'text-delta' ? event.text : event.type === 'candidate-error' ? event.error.message : '',
    )
    .join('');
}

const useLanguageModel = (answers: Parameters<typeof withPerson>[0]) =>
  withPerson(answers, () =>
    Promise.resolve(vscode.commands.executeCommand<readonly string[] | undefined>('touchstone.useLanguageModel')),
  );

describe('language models of VS Code', () => {
  before(async () => {
    const test = await provider();
    test.offer([big, small]);
    await until(
      'the models',
      async () => (await vscode.lm.selectChatModels({ vendor: 'touchstone-test' })).length === 2,
    );
  });
  beforeEach(async () => {
    const test = await provider();
    test.requests.length = 0;
    test.answer = async (_, say) => say('Yes.');
  });
  after(async () => {
    const { projects, models } = await parts();
    await projects.project?.updateConfig({ lineUp: [] });
    await models.languageModels.choose([]);
  });

  it('are chosen by a person, who is told once what leaves the machine and who decides on training', async () => {
    const { models, projects, settings, views } = await parts();
    const { result, seen } = await useLanguageModel({
      picks: [/^Big One$/, /^Only what I chose$/],
      buttons: [/^Use$/],
    });
    assert.deepEqual(result, [bigName]);
    assert.match(seen.messages[0] ?? '', /Prompts leave this machine.*touchstone-test/s);
    assert.match(seen.messages[0] ?? '', /provider's terms decide whether its answers may be used to train/);
    assert.deepEqual(settings.get('languageModels'), [bigName]);
    assert.deepEqual(projects.project?.config.lineUp, [bigName]);
    const file: unknown = JSON.parse(await readFile(path.join(workspaceFolder(), 'touchstone.json'), 'utf8'));
    assert(typeof file === 'object' && file !== null && 'lineUp' in file);
    assert.deepEqual(file.lineUp, [bigName]);
    assert(models.names.includes(bigName));
    await until('the view', async () =>
      (await drawTree(views.models, { maxItems: 20 })).includes('Big One | touchstone-test'),
    );
  });

  it('are not used when the person does not agree', async () => {
    const { settings } = await parts();
    const { requests } = await provider();
    const { result } = await useLanguageModel({ picks: [/./] });
    assert.equal(result, undefined);
    assert.deepEqual(settings.get('languageModels'), [bigName]);
    assert.equal(requests.length, 0);
  });

  it('write the candidates of a project in turn, and the record says what they were given', async () => {
    const { projects } = await parts();
    const test = await provider();
    await useLanguageModel({ picks: [/Big One|Small/, /^Only what I chose$/], buttons: [/^Use$/] });
    const { project } = projects;
    assert(project);
    assert.deepEqual(project.config.lineUp, [bigName, smallName]);
    test.answer = async ({ model, turns }, say) => {
      say(`${model} was asked: `);
      say(turns.at(-1)?.content ?? '');
    };
    const report = await vscode.commands.executeCommand<GenerateReport>('touchstone.generateCandidates', 6);
    // Some of the prompts have an answer or two from before.
    assert.equal(report.nPrompts, 6);
    assert.equal(test.requests.length, report.nCandidates);
    const maxTokens = project.config.sampling.maxTokens ?? defaultSampling.maxTokens;
    assert.deepEqual(test.requests[0]?.options, { temperature: 0.8, top_p: 0.95, max_tokens: maxTokens });
    const written = project.promptIds.flatMap((promptId) => {
      const asked = project.prompt(promptId)?.messages.at(-1)?.content;
      const own = project.candidatesOf(promptId).filter(({ model }) => model?.provider === 'vscode');
      return own.map((candidate) => ({ asked, ...candidate }));
    });
    assert.equal(written.length, report.nCandidates);
    assert.deepEqual(new Set(written.map(({ model }) => model?.name)), new Set([bigName, smallName]));
    for (const { asked, text, model, sampling, finishReason, logprobs } of written) {
      assert.equal(text, `${model?.name === bigName ? 'big/one' : 'small'} was asked: ${asked}`);
      assert.deepEqual(sampling, { temperature: 0.8, topP: 0.95, maxTokens });
      assert.equal(finishReason, 'stop');
      assert.equal(logprobs, undefined);
    }
  });

  it('talk in the playground, the system’s words first; a thumb keeps the answer with what it was given', async () => {
    const { models, projects } = await parts();
    const test = await provider();
    const playground = new Playground({
      generator: () => models.generatorNamed(bigName),
      sampling: () => defaultSampling,
      project: () => projects.project,
      labeler: () => 'kim',
      now: () => new Date(),
      post: () => undefined,
      onChange: () => undefined,
    });
    playground.setSystem('Be brief.');
    await playground.send('Is rust iron?');
    assert.deepEqual(test.requests[0]?.turns, [
      { role: 'user', content: 'Be brief.' },
      { role: 'user', content: 'Is rust iron?' },
    ]);
    const kept = await playground.thumb(1, 'up');
    assert(kept);
    const [candidate] = projects.project?.candidatesOf(kept.promptId) ?? [];
    assert.equal(candidate?.text, 'Yes.');
    assert.deepEqual(candidate.model, { name: bigName, provider: 'vscode' });
    assert.equal(candidate.sampling?.seed, undefined);
    assert.deepEqual(candidate.metadata?.['touchstone'], { systemAs: 'user' });
  });

  it('stop when they are told to: the provider hears of it, and what was written stays', async () => {
    const { models } = await parts();
    const test = await provider();
    test.answer = ({ token }, say) =>
      new Promise((resolve) => {
        say('As long as you like');
        token.onCancellationRequested(() => resolve());
      });
    const generator = await models.generatorNamed(bigName);
    const seen: string[] = [];
    for await (const event of generator.generate(question, new AbortController().signal)) {
      if (event.type === 'text-delta') generator.cut?.(event.candidateId);
      seen.push(event.type === 'text-delta' ? event.text : event.type === 'candidate-end' ? event.finishReason : '');
    }
    assert.deepEqual(seen.filter(Boolean), ['As long as you like', 'cut']);
    await until('the cancellation', () => test.requests[0]?.token.isCancellationRequested);
  });

  it('fail with what to do next, in the provider’s words', async () => {
    const { models } = await parts();
    const test = await provider();
    const generator = await models.generatorNamed(bigName);
    test.answer = async () => {
      throw vscode.LanguageModelError.Blocked('40 requests a day');
    };
    assert.match(await ask(generator), /^Big One is blocked, or its quota is used up \(40 requests a day\)\. Wait/);
    test.answer = async () => {
      throw vscode.LanguageModelError.NoPermissions('no');
    };
    assert.match(await ask(generator), /^Touchstone may not use Big One.*Use a Language Model of VS Code/);
    test.answer = async () => undefined;
    assert.match(await ask(generator), /^Big One gave an empty answer/);
  });

  it('are not asked ahead of a person before VS Code has asked for consent', async () => {
    const { settings } = await parts();
    const { requests } = await provider();
    const log = vscode.window.createOutputChannel('without consent', { log: true });
    const never = new vscode.EventEmitter<void>();
    const languageModels = new LanguageModels({
      settings,
      access: { onDidChange: never.event, canSendRequest: () => undefined },
      log,
    });
    try {
      await languageModels.look();
      assert.deepEqual(
        languageModels.chosen.map(({ state }) => state),
        ['not-allowed', 'not-allowed'],
      );
      assert.match(await ask(languageModels.generator(bigName, 'ahead')), /^Touchstone may not use Big One/);
      assert.equal(requests.length, 0);
      // A person who asks by themselves may be asked.
      assert.equal(await ask(languageModels.generator(bigName, 'person')), 'Yes.');
      // Choosing asks for consent with words of our own.
      await languageModels.allow(bigName, new AbortController().signal);
      assert.deepEqual(requests.at(-1)?.turns, [{ role: 'user', content: 'Say yes.' }]);
    } finally {
      languageModels.dispose();
      never.dispose();
      log.dispose();
    }
  });

  it('that a project names and the person has not chosen get nothing', async () => {
    const { models } = await parts();
    const { requests } = await provider();
    await assert.rejects(models.generators([otherName]), /you have not chosen: nothing was sent to it/);
    await assert.rejects(models.generatorNamed(otherName), /you have not chosen/);
    assert.equal(requests.length, 0);
  });

  it('that go away are shown so, and come back', async () => {
    const { models, views } = await parts();
    const test = await provider();
    test.offer([small]);
    const line = async () =>
      (await drawTree(views.models, { maxItems: 20 })).find((each) => each.startsWith('Big One'));
    await until('the loss', async () => (await line())?.endsWith('not there now'));
    assert.match(await ask(await models.generatorNamed(bigName)), /VS Code does not offer Big One now/);
    assert.equal(test.requests.length, 0);
    test.offer([big, small]);
    await until('the return', async () => (await line()) === 'Big One | touchstone-test');
    assert.equal(await ask(await models.generatorNamed(bigName)), 'Yes.');
  });

  it('leave the line-up when a local model is used again', async () => {
    const { projects } = await parts();
    await withPerson({ picks: [/./] }, () =>
      Promise.resolve(vscode.commands.executeCommand('touchstone.useLocalModel')),
    );
    assert.deepEqual(projects.project?.config.lineUp, []);
  });
});
