import type { FormatId } from '../datasets/index.js';
import type { ConfigValue } from './configText.js';

/** What a project and a person decide of a run; all of it goes into the configuration file. */
export interface TrainingFacts {
  /** Absolute path of the data set. */
  readonly dataset: string;
  /** The config of the data set that is trained on. */
  readonly format: FormatId;
  /** Whether rows are held out to look at while training. */
  readonly hasValidation: boolean;
  /** Hugging Face id or folder of the model that is tuned. */
  readonly model: string;
  /** Absolute path of the folder for what the training leaves. */
  readonly output: string;
}

/** What fills an argument, always a whole one: paths that Touchstone chose, absolute, so that none begins with `-`. */
export type Placeholder = '${config}' | '${dataset}' | '${output}';
export const placeholders: readonly Placeholder[] = ['${config}', '${dataset}', '${output}'];

/** A way to train: a program and its arguments, and the configuration file as the only thing that a project decides. */
export interface FineTunePreset {
  readonly id: 'trl-sft' | 'trl-dpo' | 'custom';
  /** Formats that it can train on; the first that a data set has is taken. */
  readonly formats: readonly FormatId[];
  /** Arguments after the user's Python; undefined: program and arguments are the user's own. */
  readonly pythonArguments: readonly (string | Placeholder)[] | undefined;
  /** Extension of the configuration file. */
  readonly config: 'yaml' | 'json';
  configOf(facts: TrainingFacts): Readonly<Record<string, ConfigValue>>;
}

/**
 * Common to the presets of TRL 1.16.0 (`trl/scripts/{sft,dpo}.py`, read by `TrlParser.parse_args_and_config`): a LoRA
 * adapter on all linear layers, for tens to hundreds of examples on one machine. Nothing leaves it, no code of a model runs.
 */
const trlConfig = ({ dataset, format, hasValidation, model, output }: TrainingFacts) => ({
  model_name_or_path: model,
  trust_remote_code: false,
  dataset_name: dataset,
  dataset_config: format,
  dataset_train_split: 'train',
  ...(hasValidation ? { dataset_test_split: 'validation', eval_strategy: 'epoch' } : { eval_strategy: 'no' }),
  output_dir: output,
  push_to_hub: false,
  report_to: 'none',
  // TRL would take bfloat16, which it refuses without a GPU; float32 runs on every device.
  bf16: false,
  num_train_epochs: 3,
  per_device_train_batch_size: 1,
  per_device_eval_batch_size: 1,
  gradient_accumulation_steps: 4,
  lr_scheduler_type: 'cosine',
  // Less than 1: the share of all steps.
  warmup_steps: 0.1,
  max_grad_norm: 1,
  max_length: 1024,
  logging_steps: 1,
  save_strategy: 'epoch',
  save_total_limit: 2,
  seed: 0,
  use_peft: true,
  lora_r: 16,
  lora_alpha: 32,
  lora_dropout: 0,
  lora_target_modules: ['all-linear'],
});

/**
 * `-P` keeps the working directory out of Python's search path: else a project that holds a folder `trl` would run its own
 * code. `-m` finds the module of the user's environment.
 */
const trlScript = (script: string): readonly (string | Placeholder)[] => [
  '-P',
  '-m',
  `trl.scripts.${script}`,
  '--config',
  '${config}',
];

export const presets: readonly FineTunePreset[] = [
  {
    id: 'trl-sft',
    formats: ['trl-sft', 'openai-chat'],
    pythonArguments: trlScript('sft'),
    config: 'yaml',
    // Ten times what full fine-tuning takes, as short runs of an adapter want it.
    configOf: (facts) => ({ ...trlConfig(facts), learning_rate: 2e-4 }),
  },
  {
    id: 'trl-dpo',
    formats: ['trl-preference'],
    pythonArguments: trlScript('dpo'),
    config: 'yaml',
    configOf: (facts) => ({ ...trlConfig(facts), learning_rate: 1e-4, beta: 0.1 }),
  },
  {
    id: 'custom',
    formats: [
      'trl-preference',
      'trl-sft',
      'trl-kto',
      'trl-reward',
      'trl-stepwise',
      'helpsteer',
      'openai-preference',
      'openai-chat',
      'touchstone',
    ],
    pythonArguments: undefined,
    config: 'json',
    configOf: ({ dataset, format, hasValidation, model, output }) => ({
      model,
      dataset,
      format,
      train: `${dataset}/${format}/train.jsonl`,
      ...(hasValidation ? { validation: `${dataset}/${format}/validation.jsonl` } : {}),
      output,
    }),
  },
];
