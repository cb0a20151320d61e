/**
 * Data sets to a tuned model. In: an exported data set, a preset, the user's program. Out: a configuration file, an exact
 * command that a person has seen, a VS Code task, and a record of the run with its log. Trains nothing itself.
 * A project names a data set and a model; it never names a program.
 */
export {
  describeCommand,
  fineTuneCommand,
  type FineTuneCommand,
  type RunDataset,
  type RunPlan,
} from './fineTuneCommand.js';
export { presets, type FineTunePreset, type TrainingFacts } from './presets.js';
export { percentDone } from './logProgress.js';
export { runsFolder } from './runFiles.js';
export { RunRecord, runStateOf, type RunState } from './runRecord.js';
export { abandonRun, claimRunFolder, datasetFor, listRuns, trainableFormat, writeRun, type Run } from './runs.js';
export { registerFineTune, type FineTune, type FineTuneDeps } from './registerFineTune.js';
