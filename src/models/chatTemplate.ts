import { Environment, Interpreter, parse, tokenize, type Program } from '@huggingface/jinja';
import { chatTemplateFailed, type Message } from '../core/index.js';

/** The longest known one has 20 KiB. */
const maxTemplateLength = 256 * 1024;
/** Of the whole chat, and of each text that the template makes on the way. */
const maxOutputLength = 4 * 1024 * 1024;
/** Of a range and of each list that the template makes. */
const maxListLength = 100_000;
/** An honest template needs a few milliseconds. */
const defaultDeadlineMs = 2_000;

export interface ChatTemplate {
  readonly source: string;
  /**
   * The whole chat as text, with the header of the assistant's turn.
   * @throws ModelError when the template refuses these messages, fails, or asks for too much time or text.
   */
  render(messages: readonly Message[]): string;
}

export interface ChatTemplateContext {
  /** Named in errors. */
  readonly file: string;
  readonly bosToken: string;
  readonly eosToken: string;
  /** For one rendering. @default 2,000 */
  readonly deadlineMs?: number;
}

/**
 * A model's own Jinja template, which is a stranger's program: it sees plain copies of the messages and no clock, and each
 * step that it takes is counted against limits on time, text and lists. A single step cannot be interrupted, so the last
 * word on time and memory has the process that calls this, which can be killed.
 */
export function compileChatTemplate(source: string, context: ChatTemplateContext): ChatTemplate {
  const failed = (error: unknown) =>
    chatTemplateFailed({ file: context.file, reason: error instanceof Error ? error.message : String(error) }, error);
  if (source.length > maxTemplateLength) {
    throw failed(new Error(`it has ${source.length} characters, more than ${maxTemplateLength}`));
  }
  let program: Program;
  try {
    // As transformers' own rendering does.
    program = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  } catch (error) {
    throw failed(error);
  }
  return {
    source,
    render: (messages) => {
      try {
        return render(program, messages, context);
      } catch (error) {
        throw failed(error);
      }
    },
  };
}

function render(program: Program, messages: readonly Message[], context: ChatTemplateContext): string {
  const environment = new Environment();
  const variables = {
    true: true,
    false: false,
    none: null,
    True: true,
    False: false,
    None: null,
    raise_exception: (reason: unknown) => {
      throw new Error(String(reason));
    },
    range: limitedRange,
    messages: messages.map(({ role, content }) => ({ role, content })),
    add_generation_prompt: true,
    bos_token: context.bosToken,
    eos_token: context.eosToken,
  };
  for (const [name, value] of Object.entries(variables)) environment.set(name, value);
  const { value } = new LimitedInterpreter(environment, context.deadlineMs ?? defaultDeadlineMs).run(program);
  if (typeof value !== 'string') throw new Error('it gave no text');
  checkLength(value);
  return value;
}

/** Looks at the clock and at the size of what was made after each step. */
class LimitedInterpreter extends Interpreter {
  readonly #deadlineMs: number;
  readonly #end: number;

  constructor(environment: Environment, deadlineMs: number) {
    super(environment);
    this.#deadlineMs = deadlineMs;
    this.#end = performance.now() + deadlineMs;
  }

  override evaluate(...step: Parameters<Interpreter['evaluate']>): ReturnType<Interpreter['evaluate']> {
    if (performance.now() > this.#end) throw new Error(`it took more than ${this.#deadlineMs} ms`);
    const result = super.evaluate(...step);
    checkLength(result.value);
    return result;
  }
}

function checkLength(value: unknown): void {
  if (typeof value === 'string' && value.length > maxOutputLength) {
    throw new Error(`it made a text of more than ${maxOutputLength} characters`);
  }
  if (Array.isArray(value)) checkListLength(value.length);
}

function checkListLength(length: number): void {
  if (!(length <= maxListLength)) throw new Error(`it made a list of more than ${maxListLength} items`);
}

/** Python's `range`, which Jinja has. */
function limitedRange(first: number, second?: number, step = 1): number[] {
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  if (step === 0) throw new Error('range() step must not be zero');
  const length = Math.max(0, Math.ceil((stop - start) / step));
  checkListLength(length);
  return Array.from({ length }, (_, index) => start + index * step);
}
