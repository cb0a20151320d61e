import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { messageInvalid, processEnded, processSilent, type EngineError } from '../core/index.js';
import { FromEngine, type ToEngine } from './protocol.js';

/** Before the process has said anything: loading the runtime from a cold disk. */
const startSilenceMs = 60_000;
const politeMs = 1_000;
const termMs = 2_000;
const watchMs = 1_000;
const lastWordsLength = 2_000;

/** Variables without which a process cannot find libraries, drivers, or a place for temporary files. No secrets. */
const allowedVariables =
  /^(PATH|HOME|USERPROFILE|LANG|LC_\w+|TMPDIR|TEMP|TMP|SYSTEMROOT|WINDIR|LD_LIBRARY_PATH|VK_\w+|XDG_RUNTIME_DIR|CUDA_\w+|OMP_NUM_THREADS)$/i;

/**
 * Little garbage at a time, returned soon: beside the weights the process needs little, and what it does not give back is
 * missing elsewhere on the machine. The variables are glibc's and mean nothing to others.
 */
export const frugalFlags = ['--max-semi-space-size=1', '--max-old-space-size=1024'];
export const frugalVariables = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '262144' };

export interface EngineProcessOptions {
  readonly processFile: string;
  readonly cacheFolder: string;
  readonly device: string;
  readonly translations?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly onMessage: (message: FromEngine) => void;
  /** Called once, however the process ended; undefined where it was asked to. */
  readonly onEnd: (error: EngineError | undefined) => void;
  readonly log: (line: string) => void;
}

/** One run of the model process. Asked, crashed or killed: all three ends come out at `onEnd`. */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #options: EngineProcessOptions;
  readonly #ended: Promise<void>;
  readonly #watch: NodeJS.Timeout;
  #signBefore = performance.now() + startSilenceMs;
  #isStopping = false;
  #verdict: EngineError | undefined;
  #lastWords = '';

  constructor(options: EngineProcessOptions) {
    this.#options = options;
    const { processFile, cacheFolder } = options;
    mkdirSync(cacheFolder, { recursive: true });
    const inherited = Object.entries(options.env ?? process.env).filter(([name]) => allowedVariables.test(name));
    this.#child = fork(processFile, [], {
      // The host's debugging flags are not for the child; Electron's helper is Node only with this variable.
      execArgv: frugalFlags,
      env: { ...Object.fromEntries(inherited), ...frugalVariables, ELECTRON_RUN_AS_NODE: '1' },
      cwd: cacheFolder,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    // Pipes are read even where nobody listens: a full one stops the child.
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#lastWords = (this.#lastWords + text).slice(-lastWordsLength);
        for (const line of text.split('\n')) if (line.trim() !== '') options.log(line);
      });
    this.#child.on('message', (raw) => this.#receive(raw));
    this.#watch = setInterval(() => this.#checkSilence(), watchMs);
    this.#watch.unref();
    this.#ended = new Promise((resolve) => {
      const end = (error: EngineError | undefined) => {
        clearInterval(this.#watch);
        this.#child.removeAllListeners();
        // A failing write to a dead child is no news.
        this.#child.on('error', () => undefined);
        resolve();
        options.onEnd(error);
      };
      this.#child.once('error', (cause) => end(processEnded({ code: null, signal: null, lastWords: cause.message })));
      this.#child.once('exit', (code, signal) =>
        end(
          this.#isStopping ? undefined : (this.#verdict ?? processEnded({ code, signal, lastWords: this.#lastWords })),
        ),
      );
    });
    const { device, translations } = options;
    this.send({ type: 'start', cacheFolder, device, ...(translations === undefined ? {} : { translations }) });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(message: ToEngine): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** Message, 1 s, SIGTERM, 2 s, SIGKILL. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.send({ type: 'stop' });
    const term = setTimeout(() => this.#child.kill('SIGTERM'), politeMs);
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), politeMs + termMs);
    await this.#ended;
    clearTimeout(term);
    clearTimeout(kill);
  }

  #receive(raw: unknown): void {
    const parsed = FromEngine.safeParse(raw);
    if (!parsed.success) {
      this.#end(messageInvalid({ problem: parsed.error.issues[0]?.message ?? 'unreadable' }));
      return;
    }
    const message = parsed.data;
    if (message.type === 'heartbeat') this.#signBefore = performance.now() + message.nextWithinMs;
    else if (message.type === 'log') this.#options.log(message.line);
    this.#options.onMessage(message);
  }

  #checkSilence(): void {
    const late = performance.now() - this.#signBefore;
    if (late < 0) return;
    this.#end(processSilent({ seconds: Math.max(1, Math.round(late / 1000)) }));
  }

  #end(verdict: EngineError): void {
    this.#verdict ??= verdict;
    this.#child.kill('SIGKILL');
  }
}
