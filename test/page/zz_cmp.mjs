// test/page/zz_cmp.ts
import { chromium } from "playwright-core";
import { readFileSync } from "node:fs";
import vm from "node:vm";

// test/page/pageServer.ts
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
var root = path.resolve(import.meta.dirname, "../..");
var built = process.env["TOUCHSTONE_PAGE_DIST"] ?? path.join(root, "dist/webview");
var files = {
  "/labeling.js": [path.join(built, "labeling.js"), "text/javascript"],
  "/labeling.css": [path.join(built, "labeling.css"), "text/css"],
  "/codicon.css": [path.join(built, "codicon.css"), "text/css"],
  "/codicon.ttf": [path.join(built, "codicon.ttf"), "font/ttf"],
  "/themes/dark-modern.css": [path.join(root, "test/page/themes", "dark-modern.css"), "text/css"],
  "/themes/light-modern.css": [path.join(root, "test/page/themes", "light-modern.css"), "text/css"],
  "/themes/high-contrast.css": [path.join(root, "test/page/themes", "high-contrast.css"), "text/css"],
  "/themes/vscode-defaults.css": [path.join(root, "test/page/themes", "vscode-defaults.css"), "text/css"]
};
var bodyClass = {
  "dark-modern": "vscode-dark",
  "light-modern": "vscode-light",
  "high-contrast": "vscode-high-contrast"
};
async function servePage(port = 0, play = "") {
  const server2 = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://page.test");
    const file = files[url.pathname];
    if (url.pathname === "/") {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(pageHtml(themeOf(url.searchParams.get("theme")), play));
    } else if (file) {
      readFile(file[0]).then(
        (content) => response.setHeader("content-type", file[1]).end(content),
        () => response.writeHead(404).end()
      );
    } else response.writeHead(404).end();
  });
  await new Promise((resolve) => server2.listen(port, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${portOf(server2)}`, close: () => new Promise((done) => server2.close(() => done())) };
}
var themeOf = (name) => name === "light-modern" || name === "high-contrast" ? name : "dark-modern";
function portOf(server2) {
  const address = server2.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  return address.port;
}
function pageHtml(theme, play) {
  const nonce = randomBytes(16).toString("base64");
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-src 'none'"
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Label</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/themes/${theme}.css">
<link rel="stylesheet" href="/themes/vscode-defaults.css">
<link rel="stylesheet" href="/codicon.css">
<link rel="stylesheet" href="/labeling.css">
</head>
<body class="${bodyClass[theme]}" data-vscode-theme-kind="${bodyClass[theme]}">
<script nonce="${nonce}">${stub}${play}</script>
<touchstone-labeling></touchstone-labeling>
<script nonce="${nonce}" src="/labeling.js"></script>
</body>
</html>`;
}
var stub = `
window.sent = [];
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective + ' ' + event.blockedURI));
window.acquireVsCodeApi = () => ({
  postMessage(message) { window.sent.push(structuredClone(message)); window.onSent?.(message); },
  getState() { const state = sessionStorage.getItem('state'); return state === null ? undefined : JSON.parse(state); },
  setState(state) { sessionStorage.setItem('state', JSON.stringify(state)); },
});
window.fromHost = (...messages) => { for (const message of messages) window.postMessage(message, '*'); };
`;

// test/page/sample.ts
var settings = {
  projectName: "Support answers",
  locale: "en",
  flags: [
    { id: "hallucination", key: "h", label: "Hallucination" },
    { id: "unsafe", key: "u", label: "Unsafe" },
    { id: "refusal", key: "r", label: "Refusal" },
    { id: "off-topic", key: "o", label: "Off topic" },
    { id: "prompt-injection", key: "i", label: "Prompt injection" },
    { id: "personal-data", key: "p", label: "Personal data" }
  ],
  partial: "allow",
  rationale: "optional",
  impliedLast: true,
  hints: true,
  singleKeys: true,
  keys: {},
  layout: "auto",
  readingWidth: 76,
  fontSize: 0,
  strings: {}
};

// test/page/zz_cmp.ts
var src = readFileSync("/work/shared/ui/sample.js", "utf8");
var sample = vm.runInNewContext(src + ";sample");
var md = (h) => h.replace(/<pre><code>([\s\S]*?)<\/code><\/pre>/g, (_, c) => "\n```\n" + c + "\n```\n").replace(/<span class="c">/g, "").replace(/<\/span>|<span[^>]*>/g, "").replace(/<sup>.*?<\/sup>/g, "").replace(/<\/?mark[^>]*>/g, "").replace(/<p class="notes">.*?<\/p>/g, "").replace(/<table>([\s\S]*?)<\/table>/g, (_, t) => {
  const rows = [...t.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map((r) => "| " + [...r[1].matchAll(/<t[hd]>([\s\S]*?)<\/t[hd]>/g)].map((c) => c[1]).join(" | ") + " |");
  rows.splice(1, 0, "|---|---|");
  return "\n" + rows.join("\n") + "\n";
}).replace(/<h4>(.*?)<\/h4>/g, "\n### $1\n").replace(/<blockquote>(.*?)<\/blockquote>/g, "\n> $1\n").replace(/<ol>([\s\S]*?)<\/ol>/g, (_, l) => {
  let n = 0;
  return "\n" + [...l.matchAll(/<li>([\s\S]*?)<\/li>/g)].map((x) => `${++n}. ` + x[1].replace(/\n/g, "\n   ")).join("\n") + "\n";
}).replace(/<\/?p>/g, "\n").replace(/<\/?strong>/g, "**").replace(/<\/?em>/g, "*").replace(/<\/?code>/g, "`").replace(/&nbsp;/g, "\xA0").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&").trim();
var args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
var server = await servePage();
var browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
var names = { dark: "dark-modern", light: "light-modern", hc: "high-contrast" };
var [only] = process.argv.slice(2);
var shots = [
  ["a-dark", "dark", 1440, 900, 4, "?order=B>A=D&focus=A", "ba=d", ""],
  ["a-light", "light", 1440, 900, 4, "?order=B>A=D&focus=A", "ba=d", ""],
  ["a-hc", "hc", 1440, 900, 4, "?order=B>A=D&focus=A", "ba=d", ""],
  ["a-empty", "dark", 1440, 900, 4, "?", "", ""],
  ["a-flag", "dark", 1440, 900, 4, "?order=B>A=D-C&focus=C&chord=flag", "ba=d-c", "x"],
  ["a-keys", "dark", 1440, 900, 4, "?order=B>A=D-C&focus=C&keys=1", "ba=d-c", "?"],
  ["b-480", "dark", 480, 860, 4, "?order=B>A=D&focus=B&zoom=1", "ba=db", ""],
  ["b-two", "dark", 860, 900, 4, "?order=B>A&focus=D", "ba", ""],
  ["b-eight", "dark", 1680, 980, 8, "?n=8&order=B>A=H>E-F&focus=E", "ba=he-fe", ""],
  ["b-zoom", "dark", 1440, 900, 4, "?order=B>A=D-C&focus=A&zoom=1", "ba=d-caz", ""],
  ["b-480-light", "light", 480, 860, 4, "?order=B>A=D&focus=B&zoom=1", "ba=db", ""]
];
for (const [name, theme, width, height, n, q, keys, last] of shots) {
  if (only && !name.startsWith(only)) continue;
  const page = await browser.newPage({ viewport: { width, height } });
  page.on("console", (m) => console.log(name, "console", m.type(), m.text()));
  page.on("pageerror", (e) => console.log("pageerror", e.stack));
  await page.goto(`file:///work/shared/ui/labeling.html${q}&theme=${theme}`);
  await page.waitForTimeout(200);
  await page.screenshot({ path: `/tmp/cmp/${name}-mock.png` });
  await page.goto(`${server.url}/?theme=${names[theme]}`);
  const answers = sample.candidates.slice(0, n).map((c, i) => ({ candidateId: "c" + i, state: c.streaming && n === 4 ? "writing" : "complete", text: md(c.html) }));
  const msgs = [{ type: "settings", settings }, { type: "progress", progress: { nPrompts: 500, nSubmitted: 127, nToday: 46, perHour: 41 } }, { type: "prompt-show", prompt: { promptId: "p", index: 128, messages: [{ role: "system", content: sample.system }, { role: "user", content: md(sample.user) }], source: sample.source, answers, draft: { ranking: [], flags: { c2: ["hallucination"], ...n > 6 ? { c6: ["refusal"] } : {} } }, status: "open" } }];
  await page.evaluate((m) => window.fromHost(...m), msgs);
  await page.waitForTimeout(100);
  await page.evaluate(() => {
    let p = window;
  });
  await page.evaluate(() => {
    const b = window.sent.filter((m) => m.type === "draft-change").at(-1);
  });
  await page.keyboard.type(keys);
  if (q.includes("focus=A") && !q.includes("zoom")) await page.keyboard.press("a");
  if (q.includes("focus=D")) {
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
  }
  if (last) await page.keyboard.type(last);
  await page.waitForTimeout(250);
  await page.screenshot({ path: `/tmp/cmp/${name}-ours.png` });
  await page.close();
}
await browser.close();
await server.close();
