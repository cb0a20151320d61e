import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { commandIds } from '../contributions/index.js';
import { contentPolicy } from './contentPolicy.js';

/** A folder of `webview/`: its script, its style sheet and its element have the same name. */
export type PageName = 'labeling' | 'playground' | 'dashboard';

/** Neither the workspace nor the rest of the extension can be read by a page. */
export const webviewOptions = (extensionUri: vscode.Uri): vscode.WebviewOptions & vscode.WebviewPanelOptions => ({
  enableScripts: true,
  enableForms: false,
  enableFindWidget: true,
  // The one thing that a page can do without the process that opened it: ask a new one to take it up.
  enableCommandUris: [commandIds.resumePanel],
  localResourceRoots: [
    vscode.Uri.joinPath(extensionUri, 'dist', 'webview'),
    vscode.Uri.joinPath(extensionUri, 'media'),
  ],
});

export const panelIcon = (extensionUri: vscode.Uri): { readonly light: vscode.Uri; readonly dark: vscode.Uri } => ({
  light: vscode.Uri.joinPath(extensionUri, 'media', 'label-light.svg'),
  dark: vscode.Uri.joinPath(extensionUri, 'media', 'label-dark.svg'),
});

/** The page, and what it is called when it asks to be taken up. */
export interface PageIdentity {
  readonly page: PageName;
  readonly viewType: string;
  readonly id: string;
  /** Of the document, for screen readers; the tab has its own. */
  readonly title: string;
}

export async function webviewHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  identity: PageIdentity,
): Promise<string> {
  const { page } = identity;
  const nonce = randomBytes(16).toString('base64');
  const resource = async (name: string): Promise<string> => {
    const uri = vscode.Uri.joinPath(extensionUri, 'dist', 'webview', name);
    // Webviews cache what they load: the address changes with the content.
    const version = createHash('sha256')
      .update(await readFile(uri.fsPath))
      .digest('hex')
      .slice(0, 12);
    return webview
      .asWebviewUri(uri)
      .with({ query: `v=${version}` })
      .toString();
  };
  const [script, ...styles] = await Promise.all([`${page}.js`, 'codicon.css', `${page}.css`].map(resource));
  return pageHtml({
    ...identity,
    cspSource: webview.cspSource,
    nonce,
    script: script ?? '',
    styles,
    language: vscode.env.language,
  });
}

interface PageParts extends PageIdentity {
  readonly cspSource: string;
  readonly nonce: string;
  readonly script: string;
  readonly styles: readonly string[];
  readonly language: string;
}

/** The policy stands first: what comes before it would not be covered. */
function pageHtml({ page, viewType, id, title, cspSource, nonce, script, styles, language }: PageParts): string {
  return `<!DOCTYPE html>
<html lang="${attribute(language)}">
<head>
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(cspSource, nonce)}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${attribute(title)}</title>
${styles.map((href) => `<link rel="stylesheet" href="${attribute(href)}">`).join('\n')}
</head>
<body>
<touchstone-${page} data-command="${commandIds.resumePanel}" data-view-type="${attribute(viewType)}" data-id="${attribute(id)}"></touchstone-${page}>
<script type="module" nonce="${nonce}" src="${attribute(script)}"></script>
</body>
</html>`;
}

const attribute = (text: string): string => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
