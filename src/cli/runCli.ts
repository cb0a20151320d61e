import { Command, CommanderError, Option } from 'commander';
import * as l10n from '@vscode/l10n';
import { judgingModes } from '../core/index.js';
import { formatIds } from '../datasets/index.js';
import { importKinds, type ImportKind } from '../prompts/index.js';
import { codeOf } from '../store/index.js';
import {
  Commands,
  exitCodes,
  type CliHost,
  type ExportCommandOptions,
  type GenerateOptions,
  type Globals,
  type InitOptions,
} from './commands.js';
import { formatList, importKind, number, shardOf, wholeNumber } from './options.js';
import { Terminal } from './terminal.js';

/** Runs one command. @returns the exit code. Never throws. */
export async function runCli(args: readonly string[], host: CliHost): Promise<number> {
  const terminal = new Terminal(host);
  const commands = new Commands(host, terminal);
  try {
    await programOf(commands, host).parseAsync([...args], { from: 'user' });
    return commands.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    if (host.signal.aborted) {
      terminal.say(l10n.t('Stopped. What was saved stays saved.'));
      return exitCodes.interrupted;
    }
    // The reader of our output has gone (`touchstone show | head`).
    if (codeOf(error) === 'EPIPE') return exitCodes.done;
    terminal.say(error instanceof Error ? error.message : String(error));
    return exitCodes.failed;
  }
}

function programOf(commands: Commands, host: CliHost): Command {
  const program = new Command('touchstone')
    .description("Turn a language model's answers into training data.")
    .version(host.version)
    .option('--project <dir>', 'folder of the project (default: the nearest one upwards with a touchstone.json)')
    .option('--json', 'results for machines, as JSON on stdout')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      writeErr: (text) => commands.terminal.say(text.trimEnd()),
    })
    .showHelpAfterError('(touchstone --help lists commands and options)')
    .exitOverride();
  const add = (signature: string, description: string) =>
    program.command(signature).description(description).configureHelp({ showGlobalOptions: true });

  add('init [dir]', 'make a folder a project: writes touchstone.json')
    .option('--name <name>', "name of the project (default: the folder's name)")
    .addOption(new Option('--mode <mode>', 'how to judge').choices(judgingModes).default('rank'))
    .action((dir: string | undefined, options: InitOptions) => commands.init(dir, options));

  add('import <files...>', 'take in prompts or interchange records; bad rows are listed, the good ones go in')
    .addOption(new Option('--as <kind>', `${importKinds.join(', ')} (default: guessed)`).argParser(importKind))
    .option('--strict', 'write nothing if any row is bad')
    .action((files: string[], options: { as?: ImportKind; strict?: true }) => commands.import(files, options));

  const models = add('models', 'the models on this machine, and those that can be had').action(() => commands.models());
  models
    .command('add <source>')
    .description('get a model: a name of the catalogue, or a .gguf file')
    .action((source: string) => commands.addModel(source));

  add('generate', 'write candidates for the prompts that lack them; goes on where it was stopped')
    .option('--model <name>', "model that answers (default: the project's line-up, else the default model)")
    .option('--n <count>', 'candidates a prompt (default: as the project says)', wholeNumber(1, 8))
    .option('--limit <count>', 'prompts at most', wholeNumber(1))
    .option('--max-tokens <count>', 'tokens of an answer at most', wholeNumber(1, 1_000_000))
    .option('--seed <number>', 'the same seed gives the same text on the same device', wholeNumber(0))
    .option('--temperature <number>', '0 is greedy', number(0, 5, 'most is allowed'))
    .option('--shard <i/n>', 'only the i-th of n parts of the prompts', shardOf)
    .addOption(
      new Option('--device <device>', 'what computes')
        .choices(['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml'])
        .default('auto'),
    )
    .action((options: GenerateOptions) => commands.generate(options));

  add('judge', 'judgements as JSON lines from stdin; answers a line for each, once it is on disk').action(() =>
    commands.judge(),
  );

  add('export', 'write data sets with manifest and card')
    .addOption(
      new Option('--format <formats>', `separated by commas: ${formatIds.join(', ')}`)
        .argParser(formatList)
        .makeOptionMandatory(),
    )
    .requiredOption('--out <dir>', 'folder of the data set')
    .option('--split <share>', 'share of the prompts held out for validation', number(0, 1, 'less than most'), 0.1)
    .option('--seed <number>', 'decides which prompts are held out', wholeNumber(0), 0)
    .action((options: ExportCommandOptions) => commands.export(options));

  add('verify <dir>', 'a data set against its manifest').action((dir: string) => commands.verify(dir));
  add('stats', 'counts, pace, agreement').action(() => commands.stats());
  add('show [prompt]', 'ids and texts of prompts and candidates').action((prompt: string | undefined) =>
    commands.show(prompt),
  );
  commands.globals = () => program.opts<Globals>();
  return program;
}
