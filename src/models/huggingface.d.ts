/**
 * What we use of two libraries whose own declarations cannot be resolved from an ES module (they import without file
 * extensions; @huggingface/jinja 0.5.11, @huggingface/tokenizers 0.2.0).
 */

declare module '@huggingface/jinja' {
  export type Program = object;
  export type Statement = object;
  export interface RuntimeValue {
    readonly value: unknown;
  }
  export class Environment {
    set(name: string, value: unknown): RuntimeValue;
  }
  export class Interpreter {
    constructor(environment?: Environment);
    run(program: Program): RuntimeValue;
    /** Called for each expression and statement, by itself too. */
    evaluate(statement: Statement | undefined, environment: Environment): RuntimeValue;
  }
  export type Token = object;
  export function tokenize(source: string, options?: { lstrip_blocks?: boolean; trim_blocks?: boolean }): Token[];
  export function parse(tokens: Token[]): Program;
}

declare module '@huggingface/tokenizers' {
  export class BPE {
    constructor(config: {
      readonly type: 'BPE';
      readonly vocab: Readonly<Record<string, number>>;
      /** Each `left right`, best first. */
      readonly merges: readonly (readonly [string, string])[];
      readonly ignore_merges: boolean;
    });
    /** Merges one piece of text, as far as the merges go; the results need not be in the vocabulary. */
    bpe(piece: string): string[];
  }
}
