// `npm start`: gets what is needed and opens the sample project, ready to label: in desktop VS Code where `code` is on the
// machine, else in code-server in the browser, on the loopback address that it prints. Ctrl-C ends everything.
// `npm start -- --headless` opens no window: the default model answers the sample prompts in a scratch copy, and the answers
// are printed with their speed.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  SetupError,
  cache,
  ensureBuild,
  ensureDebianPackages,
  ensureDependencies,
  ensureModel,
  root,
  run,
  say,
  touchstone,
} from './setup.mjs';

const isHeadless = process.argv.includes('--headless');
const samples = path.join(root, 'samples');

/** Desktop VS Code can be opened: its command is there, and so is a screen. */
function hasDesktop() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return false;
  return spawnSync('code', ['--version'], { stdio: 'ignore', shell: process.platform === 'win32' }).status === 0;
}

function openDesktop() {
  say(`Opening VS Code on ${samples}`);
  spawnSync('code', ['--new-window', `--extensionDevelopmentPath=${root}`, samples], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}

async function openBrowser() {
  const { ensureCodeServer, installExtension, quietSettings, scratchFolder, startForPerson, writeUserSettings } =
    await import('./codeServer.mjs');
  const { thisTarget, vsixPath } = await import('./package.mjs');
  ensureCodeServer();
  const home = path.join(cache, 'workbench');
  const places = { userData: path.join(home, 'user'), extensions: path.join(home, 'extensions') };
  for (const folder of Object.values(places)) mkdirSync(folder, { recursive: true });
  const vsix = vsixPath(thisTarget);
  if (!existsSync(vsix) || statSync(vsix).mtimeMs < statSync(path.join(root, 'dist', 'extension.cjs')).mtimeMs) {
    say('Packaging the extension');
    run(process.execPath, [path.join(root, 'scripts', 'package.mjs')], { stdio: ['ignore', 'ignore', 2] });
  }
  say('Installing the extension into code-server');
  installExtension(vsix, places);
  writeUserSettings(places.userData, { ...quietSettings, 'workbench.startupEditor': 'readme' });
  const runtime = scratchFolder('start');
  const server = await startForPerson({
    ...places,
    runtime,
    folder: samples,
    ...(process.env.PORT === undefined ? {} : { port: Number(process.env.PORT) }),
  });
  console.log(`\nTouchstone is at ${server.url}\nCtrl-C ends it.`);
  let isLeaving = false;
  const leave = async () => {
    if (isLeaving) return;
    isLeaving = true;
    await server.stop();
    rmSync(runtime, { recursive: true, force: true });
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void leave());
  await server.exited;
  if (!isLeaving) {
    rmSync(runtime, { recursive: true, force: true });
    console.error('code-server has ended.');
    process.exit(1);
  }
}

/** Answers as long as a line of the table, so that all prompts have some within half a minute on two cores. */
async function answerSamples() {
  const project = mkdtempSync(path.join(tmpdir(), 'touchstone-samples-'));
  try {
    cpSync(samples, project, { recursive: true, filter: (file) => !/[\\/](\.touchstone|datasets)$/.test(file) });
    say(`Answering the sample prompts in a scratch copy, ${project}`);
    const start = performance.now();
    touchstone(['generate', '--project', project, '--n', '2', '--max-tokens', '14', '--seed', '7']);
    const seconds = (performance.now() - start) / 1000;
    printAnswers(project, seconds);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** Rows of all JSON Lines files in a folder. */
const rowsIn = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(path.join(folder, name), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** Columns that a wide character takes two of. */
const columnsOf = (character) =>
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/.test(character) ? 2 : 1;

/** One line of at most `width` columns, padded to it; control characters of a model's answer never reach the terminal. */
function cell(text, width) {
  let line = '';
  let used = 0;
  for (const character of text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim()) {
    if (used + columnsOf(character) > width - 1) {
      line += '…';
      used += 1;
      break;
    }
    line += character;
    used += columnsOf(character);
  }
  return line + ' '.repeat(width - used);
}

function printAnswers(project, seconds) {
  const config = JSON.parse(readFileSync(path.join(project, 'touchstone.json'), 'utf8'));
  const shown = touchstone(['show', '--project', project, '--json'], {
    stdio: ['ignore', 'pipe', 2],
    encoding: 'utf8',
  });
  const prompts = JSON.parse(shown.stdout).map((record) => record.prompt);
  const width = Math.max(80, Math.min(process.stdout.columns ?? 132, 160));
  const promptWidth = Math.floor((width - 12) * 0.36);
  const answerWidth = width - 12 - promptWidth;
  console.log(`\n${cell(config.name, promptWidth)}  ${cell('answers of the default model', answerWidth)}  tokens/s`);
  console.log('─'.repeat(width));
  const candidates = rowsIn(path.join(project, '.touchstone', 'candidates'));
  let nTokens = 0;
  for (const prompt of prompts) {
    const own = candidates.filter((candidate) => candidate.promptId === prompt.id);
    if (own.length === 0) throw new SetupError(`The prompt "${prompt.id}" has no answer.`);
    // The candidates of one prompt are written together: their tokens over the time of the longest.
    const tokens = own.reduce((sum, candidate) => sum + (candidate.logprobs?.length ?? 0), 0);
    const speed = tokens / (Math.max(...own.map((candidate) => candidate.durationMs ?? 0)) / 1000);
    nTokens += tokens;
    own.forEach((candidate, index) => {
      const asked = index === 0 ? (prompt.messages?.at(-1)?.content ?? '') : '';
      const rate = index === 0 && Number.isFinite(speed) ? speed.toFixed(0).padStart(8) : '';
      console.log(`${cell(asked, promptWidth)}  ${cell(candidate.text, answerWidth)}  ${rate}`);
    });
  }
  const { model, device } = candidates[0];
  console.log('─'.repeat(width));
  console.log(
    `${candidates.length} answers to ${prompts.length} prompts by ${model.name} on ${device ?? 'unknown device'}: ` +
      `${nTokens} tokens in ${seconds.toFixed(1)} s with loading, ${(nTokens / seconds).toFixed(0)} tokens/s.`,
  );
}

ensureDebianPackages(['python3-pip']);
ensureDependencies();
ensureBuild();
ensureModel();

if (isHeadless) await answerSamples();
else if (hasDesktop()) openDesktop();
else await openBrowser();
