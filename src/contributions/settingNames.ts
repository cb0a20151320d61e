/** Section of all our settings. */
export const settingsSection = 'touchstone';

/** Every setting, without the section. */
export const settingNames = {
  labeler: 'labeler',
  device: 'device',
  model: 'model',
  serverAddress: 'server.address',
  serverModel: 'server.model',
  serverConcurrency: 'server.concurrency',
  languageModels: 'languageModels',
  python: 'python',
  customCommand: 'fineTune.customCommand',
  ahead: 'ahead',
  keys: 'keys',
  singleKeys: 'keys.single',
  impliedLast: 'ranking.impliedLast',
  pairGoOn: 'pair.goOn',
  layout: 'layout',
  readingWidth: 'readingWidth',
  fontSize: 'fontSize',
  hints: 'hints',
} as const;

/**
 * Settings that name a program, an address, a device or a person. A folder may never set them: their scope is the machine
 * or the application, restricted mode restricts them, and they are read past any value of a workspace.
 */
export const guardedSettings: readonly (typeof settingNames)[keyof typeof settingNames][] = [
  settingNames.labeler,
  settingNames.device,
  settingNames.model,
  settingNames.serverAddress,
  settingNames.serverModel,
  settingNames.serverConcurrency,
  settingNames.languageModels,
  settingNames.python,
  settingNames.customCommand,
];
