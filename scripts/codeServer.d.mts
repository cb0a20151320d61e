interface Places {
  readonly userData: string;
  readonly extensions: string;
}
export interface TestServer {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}
export const quietSettings: Readonly<Record<string, unknown>>;
export function ensureCodeServer(): void;
export function scratchFolder(name: string): string;
export function installExtension(vsix: string, places: Places): void;
export function writeUserSettings(userData: string, settings: Readonly<Record<string, unknown>>): void;
export function startTestServer(
  options: Places & {
    readonly runtime: string;
    readonly isTrusted?: boolean;
    readonly isAutomated?: boolean;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<TestServer>;
