export const runFileName = 'run.json';
export const logFileName = 'log.txt';
/** Where runs are kept, relative to the project. */
export const runsFolder = '.touchstone/runs';
