/**
 * The host's side of labeling: what comes next, the blind order, drafts, submit and undo (`session.ts`, without VS Code),
 * the webview panel that carries the messages, and the improvement editor. In: a project and a source of answers. Out:
 * judgements in the journal. Knows nothing of models, data sets or the other views.
 */
export type { AnswerEvent, AnswerSource, PendingAnswer } from './answerSource.js';
export { continueConversation, type NextTurn } from './continueConversation.js';
export { dashboardOf, type DashboardOptions, type DashboardSource } from './dashboard.js';
export { dashboardReport } from './dashboardReport.js';
export { ImproveEditor } from './improveEditor.js';
export type { HistoryEntry } from './history.js';
export { judgementWords } from './judgementWords.js';
export { LabelingQueue, standings, type Standing } from './labelingQueue.js';
export { LabelingPanels, type PanelHost } from './panel.js';
export { PagePanel } from './pagePanel.js';
export { placeActionOf } from './placeAction.js';
export { Playground, type KeptAnswer, type PlaygroundOptions } from './playground.js';
export { progressOf } from './progressOf.js';
export { LabelingSession, type SessionOptions } from './session.js';
