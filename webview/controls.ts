/** The only file that knows the toolkit: it is unmaintained since 2025, so what replaces it has one place to go. */
import { provideVSCodeDesignSystem, TextField, vsCodeButton, vsCodeTextField } from '@vscode/webview-ui-toolkit';

/** Makes `<vscode-button>` and `<vscode-text-field>` known to the page. */
export function registerControls(): void {
  keepNames();
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeTextField());
}

/** A text field without slotted text calls itself “Text field” when it comes on the page, whatever name it was given. */
function keepNames(): void {
  const toolkit = Object.getOwnPropertyDescriptor(TextField.prototype, 'connectedCallback');
  Object.defineProperty(TextField.prototype, 'connectedCallback', {
    ...toolkit,
    value: function (this: TextField) {
      const name = this.getAttribute('aria-label');
      (toolkit?.value as (() => void) | undefined)?.call(this);
      if (name !== null) this.setAttribute('aria-label', name);
    },
  });
}
