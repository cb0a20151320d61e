export function makeProgram(): Promise<Buffer>;
