export const viewIds = {
  container: 'touchstone',
  queue: 'touchstone.queue',
  models: 'touchstone.models',
  dataSets: 'touchstone.dataSets',
  runs: 'touchstone.runs',
} as const;

/** The labeling panel's view type. */
export const labelPanelType = 'touchstone.label';
/** The dashboard's view type. */
export const dashboardPanelType = 'touchstone.dashboard';
/** The playground's view type. */
export const playgroundPanelType = 'touchstone.playground';

/** Identifier of the walkthrough, without the extension's name. */
export const walkthroughId = 'start';

/** The text that an answer is improved to: writable, kept as a draft. */
export const draftScheme = 'touchstone-draft';
/** The answer as it was written: read-only. */
export const answerScheme = 'touchstone-answer';
