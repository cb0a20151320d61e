/** Context keys that we set; `when` clauses and `enablement` in `package.json` read them. */
export const contextKeys = {
  /** It is known whether the window has a project: until then nothing is said of it. */
  projectKnown: 'touchstone.projectKnown',
  /** A project is open. */
  project: 'touchstone.project',
  /** There is a project, and it cannot be opened. */
  unreadable: 'touchstone.unreadable',
  /** The project has prompts. */
  hasPrompts: 'touchstone.hasPrompts',
  /** It is known which models this machine has. */
  modelsKnown: 'touchstone.modelsKnown',
  /** Something can write candidates: a model of this machine, a server, or a language model of VS Code. */
  model: 'touchstone.model',
  /** A server writes the candidates. */
  server: 'touchstone.server',
  /** The user has chosen language models of VS Code. */
  languageModel: 'touchstone.languageModel',
  /** The labeling panel shows a prompt. */
  labeling: 'touchstone.labeling',
  /** How the project is judged: `rank`, `pair`, … */
  mode: 'touchstone.mode',
  /** The labeling page has the focus. */
  labelFocus: 'touchstone.labelFocus',
  /** The focus is in a text field of the labeling page. */
  inText: 'touchstone.inText',
  /** An answer of the prompt on the screen is being written. */
  writing: 'touchstone.writing',
  /** The labeler is one of the project's leads. */
  lead: 'touchstone.lead',
  /** There is something to take back. */
  canUndo: 'touchstone.canUndo',
  /** The queue shows a part of the prompts. */
  queueFiltered: 'touchstone.queueFiltered',
  /** Judgements wait to be saved. */
  unsaved: 'touchstone.unsaved',
} as const;
