import * as l10n from '@vscode/l10n';
import path from 'node:path';
import {
  countWords,
  defaultSampling,
  describeProblem,
  languageModelOnlyInEditor,
  plainLine,
  promptUnknown,
  PromptId,
  Sampling,
  type Candidate,
  type JudgingMode,
  type Problem,
  type Prompt,
} from '../core/index.js';
import {
  describeDropped,
  describeFinding,
  describeVerifyProblem,
  dropReasons,
  exportDatasets,
  verifyDataset,
  type FormatId,
} from '../datasets/index.js';
import { createEngine, type DeviceChoice } from '../engine/index.js';
import { generateCandidates, isLanguageModelName, lackingPrompts, type GenerateEvent } from '../generation/index.js';
import { cacheFolder, openModelLibrary, type InstalledModel } from '../models/index.js';
import { importFiles, promptFileReader, type ImportKind } from '../prompts/index.js';
import { findProject, initProject, openProject, type Project } from '../store/index.js';
import { GenerateProgress } from './generateProgress.js';
import { judge } from './judge.js';
import type { Shard } from './options.js';
import { figureLines, statsOf } from './stats.js';
import type { Terminal } from './terminal.js';

/** What the process gives to the command line. */
export interface CliHost {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly version: string;
  /** The bundled model process. */
  readonly engineFile: string;
}

/** Options of every command. */
export interface Globals {
  readonly project?: string;
  readonly json?: true;
}

export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

export interface InitOptions {
  readonly name?: string;
  readonly mode: JudgingMode;
}

export interface GenerateOptions {
  readonly model?: string;
  readonly n?: number;
  readonly limit?: number;
  readonly maxTokens?: number;
  readonly seed?: number;
  readonly temperature?: number;
  readonly shard?: Shard;
  readonly device: DeviceChoice;
}

export interface ExportCommandOptions {
  readonly format: readonly FormatId[];
  readonly out: string;
  readonly split: number;
  readonly seed: number;
}

/** What the command line can do: one method a command. */
export class Commands {
  exitCode: number = exitCodes.done;
  globals: () => Globals = () => ({});

  constructor(
    private readonly host: CliHost,
    readonly terminal: Terminal,
  ) {}

  async init(dir: string | undefined, options: InitOptions): Promise<void> {
    const folder = path.resolve(dir ?? this.globals().project ?? '.');
    const file = await initProject(folder, options);
    if (this.globals().json) await this.terminal.printJson({ file });
    else await this.terminal.print(l10n.t('Wrote {0}. Next: touchstone import FILE…', file));
  }

  async import(files: readonly string[], { as, strict }: { as?: ImportKind; strict?: true }): Promise<void> {
    await this.#withProject(async (project) => {
      const report = await importFiles(
        project,
        files.map((file) => path.resolve(file)),
        {
          as,
          strict,
          signal: this.host.signal,
          onProgress: ({ file, nRows }) =>
            this.terminal.progress(l10n.t('{0}: {1}', plainLine(file), countWords.rows(nRows))),
        },
      );
      this.#sayProblems(report.problems);
      const { isWritten, nPrompts, nCandidates, nJudgements, nGold, nDuplicates } = report;
      // Bad rows beside good ones are what the listing is for; nothing taken in at all is a failure.
      const nTaken = nPrompts + nCandidates + nJudgements + nDuplicates;
      if (!isWritten || (report.problems.length > 0 && nTaken === 0)) this.exitCode = exitCodes.failed;
      if (this.globals().json) {
        await this.terminal.printJson({ ...report, problems: report.problems.map(describeProblem) });
        return;
      }
      if (!isWritten) {
        this.terminal.say(l10n.t('Nothing was written, since --strict was given. Correct the rows above.'));
        return;
      }
      const counts = [
        countWords.prompts(nPrompts),
        countWords.candidates(nCandidates),
        countWords.judgements(nJudgements),
        countWords.prompts(nDuplicates),
      ];
      await this.terminal.print(l10n.t('New: {0}, {1}, {2}. There already: {3}.', ...counts));
      if (nGold > 0) await this.terminal.print(l10n.t('With a gold now: {0}.', countWords.prompts(nGold)));
    });
  }

  async models(): Promise<void> {
    const library = openModelLibrary();
    const installed = await library.list();
    if (this.globals().json) return this.terminal.printJson(installed.map(modelJson));
    for (const model of installed) {
      const mark = model.isDefault ? '*' : ' ';
      await this.terminal.print(
        `${mark} ${model.name}  ${model.architecture}  ${megabytes(model.sizeBytes)}  ${model.file}`,
      );
      await this.terminal.print(`    ${l10n.t('from {0}, SHA-256 {1}', model.source, model.sha256)}`);
    }
    if (installed.length === 0) this.terminal.say(l10n.t('No model is on this machine yet.'));
    for (const entry of library.catalogue.filter(({ name }) => !installed.some((model) => model.name === name)))
      await this.terminal.print(
        `  ${entry.name}  ${entry.title}, ${entry.license}, ${megabytes(entry.sizeBytes)}: touchstone models add ${entry.name}`,
      );
  }

  async addModel(source: string): Promise<void> {
    const library = openModelLibrary();
    const model = await library.add(source, {
      signal: this.host.signal,
      onProgress: ({ step, doneBytes, totalBytes }) =>
        this.terminal.progress(totalBytes === 0 ? step : `${step} ${megabytes(doneBytes)} / ${megabytes(totalBytes)}`),
    });
    if (this.globals().json) return this.terminal.printJson(modelJson(model));
    await this.terminal.print(`${model.name}  ${model.architecture}  ${megabytes(model.sizeBytes)}  ${model.file}`);
  }

  async generate(options: GenerateOptions): Promise<void> {
    await this.#withProject(async (project) => {
      const { json } = this.globals();
      const library = openModelLibrary();
      const names = options.model !== undefined ? [options.model] : project.config.lineUp;
      for (const name of names) if (isLanguageModelName(name)) throw languageModelOnlyInEditor(name);
      const installed = await Promise.all(
        names.length === 0 ? [library.find()] : names.map((name) => library.find(name)),
      );
      const engine = createEngine({
        processFile: this.host.engineFile,
        cacheFolder: path.join(cacheFolder(), 'graphs'),
        device: options.device,
      });
      const stopSaying = engine.onDidChange(({ status, device, reason }) => {
        if (status !== 'off' && device !== undefined)
          this.#sayOnce(reason === undefined ? device : l10n.t('Computing on {0}: {1}', device, reason));
      });
      const { temperature, seed, maxTokens } = options;
      const plan = {
        generators: installed.map((model) => engine.generator(model)),
        nCandidates: options.n ?? project.config.candidates,
        limit: options.limit,
        shard: options.shard,
        sampling: Sampling.parse({
          ...defaultSampling,
          ...project.config.sampling,
          ...definedSampling({ temperature, seed, maxTokens }),
        }),
      };
      try {
        const nLacking = lackingPrompts(project, plan).length;
        const models = installed.map((model) => model.name).join(', ');
        this.terminal.say(l10n.t('{0} without candidates; {1} writes them.', countWords.prompts(nLacking), models));
        const progress = new GenerateProgress(this.terminal, nLacking);
        const onEvent = (event: GenerateEvent) => progress.take(event);
        const report = await generateCandidates(project, { ...plan, onEvent }, this.host.signal);
        if (report.nFailed > 0) this.exitCode = exitCodes.failed;
        const { tokensPerSecond } = progress;
        if (json) {
          await this.terminal.printJson({
            prompts: report.nPrompts,
            failed: report.nFailed,
            candidates: report.nCandidates,
            tokens: report.nTokens,
            seconds: report.durationMs / 1000,
            tokensPerSecond,
            device: report.device ?? null,
            models: installed.map((model) => model.name),
          });
          return;
        }
        await this.terminal.print(
          l10n.t(
            '{0} for {1}, {2} tokens/s on {3}.',
            countWords.candidates(report.nCandidates),
            countWords.prompts(report.nPrompts),
            tokensPerSecond.toFixed(1),
            report.device ?? '–',
          ),
        );
      } finally {
        stopSaying();
        await engine.stop();
      }
    });
  }

  async judge(): Promise<void> {
    await this.#withProject(async (project) => {
      const nBad = await judge(project, this.host.stdin, (answer) => this.terminal.printJson(answer));
      if (nBad > 0) this.exitCode = exitCodes.failed;
    });
  }

  async export({ format, out, split, seed }: ExportCommandOptions): Promise<void> {
    await this.#withProject(async (project) => {
      const report = await exportDatasets(
        project,
        { formats: format, out: path.resolve(out), split, seed },
        {
          signal: this.host.signal,
          onProgress: (at) =>
            this.terminal.progress(
              l10n.t(
                '{0} ({1} of {2}): {3}',
                at.format,
                String(at.formatIndex + 1),
                String(at.nFormats),
                countWords.rows(at.nRows),
              ),
            ),
        },
      );
      for (const finding of report.findings) this.terminal.say(describeFinding(finding));
      if (this.globals().json) return this.terminal.printJson(report);
      for (const { format: id, rows, dropped } of report.formats) {
        await this.terminal.print(
          l10n.t('{0}: {1} to train, {2} to validate', id, countWords.rows(rows.train), String(rows.validation)),
        );
        for (const reason of dropReasons) {
          const count = dropped[reason] ?? 0;
          if (count > 0) await this.terminal.print(`  ${l10n.t('left out: {0}', describeDropped(reason, count))}`);
        }
      }
      await this.terminal.print(l10n.t('Wrote {0}', report.out));
    });
  }

  async verify(dir: string): Promise<void> {
    const report = await verifyDataset(path.resolve(dir), { signal: this.host.signal });
    if (report.problems.length > 0) this.exitCode = exitCodes.failed;
    for (const problem of report.problems) this.terminal.say(describeVerifyProblem(problem));
    if (this.globals().json) return this.terminal.printJson(report);
    const { folder, nFiles, nRows, problems } = report;
    if (problems.length === 0)
      await this.terminal.print(
        l10n.t('{0} is what its manifest says: {1}, {2}.', folder, countWords.files(nFiles), countWords.rows(nRows)),
      );
    else
      this.terminal.say(
        l10n.t('{0} is not what its manifest says. Export it again, or take it back from where it came.', folder),
      );
  }

  async stats(): Promise<void> {
    await this.#withProject(async (project) => {
      const stats = statsOf(project);
      if (this.globals().json) return this.terminal.printJson(stats);
      const { agreement } = stats;
      const lines = [
        stats.name,
        l10n.t(
          '{0}, {1} without candidates',
          countWords.prompts(stats.prompts),
          String(stats.promptsWithoutCandidates),
        ),
        countWords.candidates(stats.candidates),
        l10n.t(
          '{0} submitted, {1} skipped, {2} discarded',
          countWords.judgements(stats.submitted),
          String(stats.skipped),
          String(stats.discarded),
        ),
        l10n.t('{0} open, {1}', countWords.prompts(stats.open), countWords.corrections(stats.corrections)),
        ...(stats.gold === 0 ? [] : [l10n.t('{0} with gold', countWords.prompts(stats.gold))]),
        agreement.share === undefined
          ? l10n.t('agreement: no two labelers ranked the same prompt')
          : l10n.t(
              'agreement: {0} % of {1}',
              (agreement.share * 100).toFixed(1),
              countWords.comparisons(agreement.nCompared),
            ),
        ...stats.labelers.map(({ labeler, submitted, skipped, discarded, perHour }) => {
          const counts = [labeler, String(submitted), String(skipped), String(discarded)] as const;
          return perHour === null
            ? l10n.t('  {0}: {1} submitted, {2} skipped, {3} discarded', ...counts)
            : l10n.t('  {0}: {1} submitted, {2} skipped, {3} discarded, {4} an hour', ...counts, perHour.toFixed(0));
        }),
        ...figureLines(stats.figures),
      ];
      for (const line of lines) await this.terminal.print(line);
      if (stats.unlisted > 0)
        this.terminal.say(
          l10n.t(
            'Judged, but in no file that touchstone.json lists: {0}. Their judgements are kept and count nowhere.',
            countWords.prompts(stats.unlisted),
          ),
        );
    });
  }

  async show(id: string | undefined): Promise<void> {
    await this.#withProject(async (project) => {
      if (id !== undefined) {
        const prompt = project.prompt(PromptId.parse(id));
        if (prompt === undefined) throw promptUnknown(id);
        if (this.globals().json) return this.terminal.printJson(recordOf(project, prompt));
        return this.#showPrompt(prompt, project.candidatesOf(prompt.id));
      }
      const prompts = project.promptIds.flatMap((one) => project.prompt(one) ?? []);
      if (this.globals().json) return this.terminal.printJson(prompts.map((prompt) => recordOf(project, prompt)));
      for (const prompt of prompts) {
        await this.terminal.print(
          `${prompt.id}  ${shortened(prompt.messages.map(({ content }) => content).join(' ¶ '))}`,
        );
        for (const candidate of project.candidatesOf(prompt.id))
          await this.terminal.print(`  ${candidate.id}  ${shortened(candidate.text)}`);
      }
    });
  }

  async #showPrompt(prompt: Prompt, candidates: readonly Candidate[]): Promise<void> {
    await this.terminal.print(prompt.id);
    for (const { role, content } of prompt.messages) await this.terminal.print(`[${role}] ${content}`);
    for (const { id, text, model } of candidates) {
      await this.terminal.print('');
      await this.terminal.print(model === undefined ? id : `${id}  (${model.name})`);
      await this.terminal.print(text);
    }
  }

  async #withProject(work: (project: Project) => Promise<void>): Promise<void> {
    const { project: given } = this.globals();
    const folder = given === undefined ? await findProject(process.cwd()) : path.resolve(given);
    const project = await openProject(folder, { readPromptFile: promptFileReader(folder) });
    this.#sayProblems(project.problems);
    try {
      await work(project);
    } finally {
      await project.close();
    }
  }

  /** A file with a million bad lines would bury everything else. */
  #sayProblems(problems: readonly Problem[]): void {
    for (const problem of problems.slice(0, maxProblems)) this.terminal.say(describeProblem(problem));
    if (problems.length > maxProblems)
      this.terminal.say(l10n.t('… and {0} more', String(problems.length - maxProblems)));
  }

  readonly #said = new Set<string>();
  #sayOnce(line: string): void {
    if (!this.#said.has(line)) this.terminal.say(line);
    this.#said.add(line);
  }
}

const maxProblems = 1000;

/** The fields of `models --json`: a contract with scripts. */
const modelJson = ({ name, isDefault, architecture, file, sizeBytes, sha256, source }: InstalledModel) => ({
  name,
  default: isDefault,
  architecture,
  file,
  bytes: sizeBytes,
  sha256,
  source,
});

const recordOf = (project: Project, prompt: Prompt) => ({
  prompt,
  candidates: project.candidatesOf(prompt.id),
  judgements: project.judgementsOf(prompt.id),
  ...(project.goldOf(prompt.id) === undefined ? {} : { gold: project.goldOf(prompt.id) }),
});

const definedSampling = (values: { readonly [K in keyof Sampling]?: number | undefined }): Partial<Sampling> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function shortened(text: string): string {
  const line = plainLine(text);
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
