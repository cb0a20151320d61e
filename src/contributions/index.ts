/**
 * The names that code and `package.json` share: commands, settings, context keys, views. A test compares them both ways.
 * Knows nothing of VS Code and holds no behaviour.
 */
export * from './commandIds.js';
export * from './contextKeys.js';
export * from './settingNames.js';
export * from './viewIds.js';
