/** What VS Code gives to a webview. It can be had once a page. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  /** Kept over a reload of the window; undefined at first. */
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  function acquireVsCodeApi(): VsCodeApi;
}
