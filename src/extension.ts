import * as l10n from '@vscode/l10n';
import path from 'node:path';
import * as vscode from 'vscode';
import { dashboardPanelType, labelPanelType, playgroundPanelType } from './contributions/index.js';
import { plainText } from './core/index.js';
import { createEngine, type Engine } from './engine/index.js';
import { registerFineTune } from './finetune/index.js';
import { openAiGenerator } from './generation/index.js';
import { cacheFolder, openModelLibrary } from './models/index.js';
import { promptFileReader } from './prompts/index.js';
import { beginOpening } from './store/index.js';
import {
  ActiveProject,
  AnswersAhead,
  DashboardPanel,
  DataSetsView,
  LabelingDesk,
  LanguageModels,
  Models,
  ModelsView,
  PlaygroundPanel,
  QueueView,
  registerContinueCommand,
  registerExportCommand,
  registerGenerateCommand,
  registerHistoryCommands,
  registerLanguageModelCommand,
  registerModeCommand,
  registerModelCommands,
  registerProjectCommands,
  registerPromptCommands,
  registerResumeCommand,
  RunsView,
  Settings,
  showProjectFileProblems,
  StatusBar,
} from './views/index.js';

/** What the suite inside a test host may look at. */
export interface Parts {
  readonly projects: ActiveProject;
  readonly models: Models;
  readonly settings: Settings;
  readonly desk: LabelingDesk;
  readonly engine: Engine;
  readonly playground: PlaygroundPanel;
  readonly dashboard: DashboardPanel;
  readonly views: {
    readonly queue: QueueView;
    readonly models: ModelsView;
    readonly dataSets: DataSetsView;
    readonly runs: RunsView;
    readonly statusBar: StatusBar;
  };
}

// Our one module variable: deactivate gets no argument.
let closing = async (): Promise<unknown> => undefined;
export const deactivate = (): Promise<unknown> => closing();

/** Makes the parts in the order of the data flow and registers them. Nothing but reading the project runs here. */
export async function activate(context: vscode.ExtensionContext): Promise<Parts | undefined> {
  const own = <T extends vscode.Disposable>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };
  // Errors are worded outside of VS Code's reach; they speak its language all the same.
  if (vscode.l10n.bundle !== undefined) l10n.config({ contents: vscode.l10n.bundle });

  const log = own(vscode.window.createOutputChannel('Touchstone', { log: true }));
  const settings = own(new Settings());
  const projects = own(
    new ActiveProject({
      open: (folder) => beginOpening(folder, { readPromptFile: promptFileReader(folder), watch: 'on' }),
      log,
    }),
  );
  own(showProjectFileProblems(projects, log));
  const engine = createEngine({
    processFile: path.join(context.extensionPath, 'dist', 'engine.cjs'),
    cacheFolder: path.join(cacheFolder(), 'graphs'),
    get device() {
      return settings.get('device');
    },
    ...(vscode.l10n.bundle === undefined ? {} : { translations: vscode.l10n.bundle }),
    log: (line) => log.info(plainText(line)),
  });
  const models = own(
    new Models({
      library: openModelLibrary(),
      engine,
      languageModels: own(new LanguageModels({ settings, access: context.languageModelAccessInformation, log })),
      settings,
      secrets: context.secrets,
      log,
      serverGenerator: ({ address, model }, apiKey) =>
        openAiGenerator({ baseUrl: address, apiKey, model, maxConcurrent: settings.get('serverConcurrency') }),
    }),
  );
  const answers = own(new AnswersAhead({ projects, models }));
  const desk = own(new LabelingDesk({ extensionUri: context.extensionUri, projects, answers, settings, log }));

  const runTaskFile = path.join(context.extensionPath, 'dist', 'runTask.cjs');
  const fineTune = own(registerFineTune({ projects, settings, memory: context.workspaceState, runTaskFile, log }));

  const views = {
    queue: own(new QueueView(desk, log)),
    models: own(new ModelsView(models)),
    dataSets: own(new DataSetsView(projects)),
    runs: own(new RunsView(projects, fineTune)),
    statusBar: own(new StatusBar(desk, models)),
  };
  const dashboard = own(new DashboardPanel({ extensionUri: context.extensionUri, projects, settings, log }));
  const playground = own(
    new PlaygroundPanel({ extensionUri: context.extensionUri, projects, models, answers, desk, settings, log }),
  );
  const panels = { [labelPanelType]: desk, [dashboardPanelType]: dashboard, [playgroundPanelType]: playground };
  own(registerResumeCommand(panels, log));
  own(registerPromptCommands({ projects, desk, log }));
  own(registerContinueCommand({ desk, log }));
  own(registerHistoryCommands({ desk, settings, log }));
  own(registerModelCommands({ models, projects, log }));
  own(registerLanguageModelCommand({ models, projects, log }));
  own(registerGenerateCommand({ projects, models, answers, log }));
  own(registerExportCommand({ projects, memory: context.workspaceState, log }));
  const manifest: unknown = context.extension.packageJSON;
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
  own(registerModeCommand(projects, log));
  own(registerProjectCommands({ projects, models, desk, settings, version, log }));

  closing = async () => {
    await Promise.allSettled([desk.close(), answers.close()]);
    await Promise.allSettled([projects.close(), engine.stop()]);
  };
  await projects.reload();
  // Other extensions get nothing; our own suite, inside a test host, looks at the parts.
  return context.extensionMode === vscode.ExtensionMode.Test
    ? { projects, models, settings, desk, engine, views, playground, dashboard }
    : undefined;
}
