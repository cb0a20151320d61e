/**
 * The built labeling page in a plain browser, as VS Code would show it: the same policy, a fresh nonce each load, VS Code's
 * own default styles, a theme's variables, and an `acquireVsCodeApi` that records. Needs no VS Code.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import path from 'node:path';
import { contentPolicy } from '../../src/labeling/contentPolicy.js';

export type Theme = 'dark-modern' | 'light-modern' | 'high-contrast';

const root = path.resolve(import.meta.dirname, '../..');
/** Where the built page lies. */
const built = process.env['TOUCHSTONE_PAGE_DIST'] ?? path.join(root, 'dist/webview');

const files: Record<string, [file: string, type: string]> = {
  '/labeling.js': [path.join(built, 'labeling.js'), 'text/javascript'],
  '/labeling.css': [path.join(built, 'labeling.css'), 'text/css'],
  '/codicon.css': [path.join(built, 'codicon.css'), 'text/css'],
  '/codicon.ttf': [path.join(built, 'codicon.ttf'), 'font/ttf'],
  '/themes/dark-modern.css': [path.join(root, 'test/page/themes', 'dark-modern.css'), 'text/css'],
  '/themes/light-modern.css': [path.join(root, 'test/page/themes', 'light-modern.css'), 'text/css'],
  '/themes/high-contrast.css': [path.join(root, 'test/page/themes', 'high-contrast.css'), 'text/css'],
  '/themes/vscode-defaults.css': [path.join(root, 'test/page/themes', 'vscode-defaults.css'), 'text/css'],
};

/** Parts of the page that it loads when they are needed, and other pages. */
function partOf(pathname: string): [file: string, type: string] | undefined {
  const [, kind] = /^\/[\w-]+\.(js|css)$/.exec(pathname) ?? [];
  if (kind === undefined) return undefined;
  return [path.join(built, pathname), kind === 'js' ? 'text/javascript' : 'text/css'];
}

export type PageName = 'labeling' | 'dashboard' | 'playground';
const pageOf = (name: string | null): PageName => (name === 'dashboard' || name === 'playground' ? name : 'labeling');

/** Classes that VS Code gives the body. */
const bodyClass: Record<Theme, string> = {
  'dark-modern': 'vscode-dark',
  'light-modern': 'vscode-light',
  'high-contrast': 'vscode-high-contrast',
};

export interface PageServer {
  readonly url: string;
  close(): Promise<void>;
}

/** @param play runs in the page after the stub; the playground feeds recorded messages with it. */
export async function servePage(port = 0, play = ''): Promise<PageServer> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://page.test');
    const file = files[url.pathname] ?? partOf(url.pathname);
    if (url.pathname === '/') {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      const page = pageOf(url.searchParams.get('page'));
      response.end(pageHtml(page, themeOf(url.searchParams.get('theme')), play));
    } else if (file) {
      readFile(file[0]).then(
        (content) =>
          response.setHeader('content-type', file[1]).setHeader('cache-control', 'max-age=3600').end(content),
        () => response.writeHead(404).end(),
      );
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${portOf(server)}`, close: () => new Promise((done) => server.close(() => done())) };
}

const themeOf = (name: string | null): Theme =>
  name === 'light-modern' || name === 'high-contrast' ? name : 'dark-modern';

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return address.port;
}

function pageHtml(page: PageName, theme: Theme, play: string): string {
  const nonce = randomBytes(16).toString('base64');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta http-equiv="Content-Security-Policy" content="${contentPolicy("'self'", nonce)}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Label</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/themes/${theme}.css">
<link rel="stylesheet" href="/themes/vscode-defaults.css">
<link rel="stylesheet" href="/codicon.css">
<link rel="stylesheet" href="/${page}.css">
</head>
<body class="${bodyClass[theme]}" data-vscode-theme-kind="${bodyClass[theme]}">
<script nonce="${nonce}">${stub}${play}</script>
<touchstone-${page} data-command="touchstone.resumePanel" data-view-type="touchstone.${page}" data-id="page-1"></touchstone-${page}>
<script type="module" nonce="${nonce}" src="/${page}.js"></script>
</body>
</html>`;
}

/**
 * Messages are recorded in \`sent\`; the state survives a reload of the tab, as VS Code's does. The host answers, until
 * \`isHostGone\` is set; links are recorded and not followed.
 */
const stub = `
window.sent = [];
window.followed = [];
document.addEventListener('click', (event) => {
  const link = event.composedPath().find((node) => node.tagName === 'A');
  if (!link || !event.isTrusted) return;
  event.preventDefault();
  window.followed.push(link.href);
});
const fresh = new URLSearchParams(location.search).get('fresh');
if (fresh !== null && fresh !== sessionStorage.getItem('fresh')) {
  sessionStorage.clear();
  sessionStorage.setItem('fresh', fresh);
}
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective + ' ' + event.blockedURI));
window.acquireVsCodeApi = () => ({
  postMessage(message) {
    if (message.type === 'host-ask') {
      if (!window.isHostGone) window.postMessage({ type: 'host-here' }, '*');
      return;
    }
    window.sent.push(structuredClone(message)); window.onSent?.(message);
  },
  getState() { const state = sessionStorage.getItem('state'); return state === null ? undefined : JSON.parse(state); },
  setState(state) { sessionStorage.setItem('state', JSON.stringify(state)); },
});
window.fromHost = (...messages) => { for (const message of messages) window.postMessage(message, '*'); };
`;
