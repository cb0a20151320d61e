/**
 * The same parts from a terminal. In: arguments, stdin. Out: results on stdout, messages on stderr, an exit code (0 done,
 * 1 the work failed, 2 the command line is wrong, 130 interrupted). Knows nothing of VS Code.
 */
export type { CliHost } from './commands.js';
export { runCli } from './runCli.js';
