/** The only file that knows the toolkit: it is unmaintained since 2025, so what replaces it has one place to go. */
import { provideVSCodeDesignSystem, vsCodeButton, vsCodeTextField } from '@vscode/webview-ui-toolkit';

/** Makes `<vscode-button>` and `<vscode-text-field>` known to the page. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeTextField());
}
