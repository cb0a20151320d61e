/** Every command that the extension registers. */
export const commandIds = {
  startLabeling: 'touchstone.startLabeling',
  createProject: 'touchstone.createProject',
  importPrompts: 'touchstone.importPrompts',
  addSelection: 'touchstone.addSelection',
  addModel: 'touchstone.addModel',
  useServer: 'touchstone.useServer',
  useLocalModel: 'touchstone.useLocalModel',
  generateCandidates: 'touchstone.generateCandidates',
  exportDataSet: 'touchstone.exportDataSet',
  fineTune: 'touchstone.fineTune',
  openPlayground: 'touchstone.openPlayground',
  labelFile: 'touchstone.labelFile',
  openGuidelines: 'touchstone.openGuidelines',
  openPrompt: 'touchstone.openPrompt',
  showMore: 'touchstone.showMore',
  retrySave: 'touchstone.retrySave',
  showDiagnostics: 'touchstone.showDiagnostics',
  showLog: 'touchstone.showLog',
  useImprovement: 'touchstone.improve.use',
  discardImprovement: 'touchstone.improve.discard',
  writeAgain: 'touchstone.label.writeAgain',
} as const;

/**
 * Commands that the labeling page carries out as if their key was pressed: command to the action's name in the page. Each
 * is in the palette and can be bound to any key.
 */
export const labelCommands = {
  'touchstone.label.submit': 'submit',
  'touchstone.label.skip': 'skip',
  'touchstone.label.skipWithReason': 'skip-reason',
  'touchstone.label.undo': 'undo',
  'touchstone.label.redo': 'redo',
  'touchstone.label.next': 'next',
  'touchstone.label.previous': 'previous',
  'touchstone.label.takeBack': 'take-back',
  'touchstone.label.clear': 'clear',
  'touchstone.label.goodEnoughLine': 'line',
  'touchstone.label.leaveOut': 'leave-out',
  'touchstone.label.best': 'best',
  'touchstone.label.flag': 'flag',
  'touchstone.label.improve': 'improve',
  'touchstone.label.rationale': 'rationale',
  'touchstone.label.stopWriting': 'cut',
  'touchstone.label.oneAtATime': 'zoom',
  'touchstone.label.source': 'source',
  'touchstone.label.keys': 'keys',
} as const;
