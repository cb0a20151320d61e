/**
 * Everything that a person sees of Touchstone in VS Code beside the labeling panel: trees, status bar, commands, settings,
 * and the glue between them and the parts. Knows how nothing works inside; asks the other folders.
 */
export { ActiveProject } from './activeProject.js';
export { AnswersAhead } from './answersAhead.js';
export { registerContinueCommand } from './continueCommand.js';
export { DashboardPanel } from './dashboardPanel.js';
export { DataSetsView, dataSetsOf } from './dataSetsView.js';
export { registerExportCommand } from './exportCommand.js';
export { registerGenerateCommand } from './generateCommand.js';
export { registerHistoryCommands } from './historyCommands.js';
export { LabelingDesk } from './labelingDesk.js';
export { registerLanguageModelCommand } from './languageModelCommand.js';
export { LanguageModels } from './languageModels.js';
export { registerModeCommand } from './modeCommand.js';
export { registerModelCommands } from './modelCommands.js';
export { Models } from './models.js';
export { ModelsView } from './modelsView.js';
export { PlaygroundPanel } from './playgroundPanel.js';
export { showProjectFileProblems } from './projectFileProblems.js';
export { registerProjectCommands } from './projectCommands.js';
export { registerPromptCommands } from './promptCommands.js';
export { QueueView } from './queueView.js';
export { registerResumeCommand } from './resumeCommand.js';
export { RunsView } from './runsView.js';
export { Settings } from './settings.js';
export { StatusBar } from './statusBar.js';
