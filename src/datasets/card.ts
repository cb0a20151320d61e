import { splits } from '../core/index.js';
import { dropMeaning, dropReasons } from './dropped.js';
import { formats, isFormatId } from './formats/index.js';
import { cardName, filePaths, type Manifest } from './manifest.js';

/**
 * The data set card (`README.md`): what the folder holds, for people and for loaders. `configs` always, one a format: two
 * formats in one folder do not load without. English, whatever the editor speaks: the same export gives the same bytes.
 *
 * @param kept lines of the former card's head that are the owner's to decide, e.g. `license: cc-by-4.0`.
 */
export function cardOf(manifest: Manifest, kept: readonly string[]): string {
  const entries = Object.entries(manifest.formats);
  const withRows = entries.filter(([, { rows }]) => rows.train + rows.validation > 0);
  const nRows = Math.max(0, ...entries.map(([, { rows }]) => rows.train + rows.validation));
  const names = [...new Set(entries.map(([, { project }]) => project))];
  const head = [
    ...(kept.length > 0 ? kept : ['# license: choose one and write it here; Touchstone keeps it']),
    `pretty_name: ${JSON.stringify(names.join(', '))}`,
    'task_categories:',
    '- text-generation',
    'tags:',
    '- human-feedback',
    'size_categories:',
    `- ${sizeCategory(nRows)}`,
    ...(withRows.length === 0 ? [] : ['configs:']),
    ...withRows.flatMap(([format, { rows }], index) => [
      `- config_name: ${format}`,
      ...(index === 0 ? ['  default: true'] : []),
      '  data_files:',
      ...splits
        .filter((split) => rows[split] > 0)
        .flatMap((split) => [`  - split: ${split}`, `    path: ${filePaths.rows(format, split)}`]),
    ]),
    // Keys of these records differ from row to row, which only the type `json` allows.
    ...(withRows.some(([format]) => format === 'touchstone')
      ? [
          'dataset_info:',
          '- config_name: touchstone',
          '  features:',
          ...['prompt', 'candidates', 'judgements'].flatMap((name) => [`  - name: ${name}`, '    dtype: json']),
        ]
      : []),
  ];
  const sections = entries.map(([format, entry]) => {
    const known = isFormatId(format) ? formats[format] : undefined;
    const dropped = Object.entries(entry.dropped);
    return [
      `## ${format}`,
      ...(known ? [`One row is ${known.oneRow}. Read by ${known.readBy}.`] : []),
      [
        '| | train | validation |',
        '| --- | --- | --- |',
        `| rows | ${entry.rows.train} | ${entry.rows.validation} |`,
        `| prompts | ${entry.prompts.train} | ${entry.prompts.validation} |`,
      ].join('\n'),
      ...(dropped.length === 0 ? [] : [['Left out:', '', ...dropped.map(droppedLine)].join('\n')]),
    ].join('\n\n');
  });
  return `${['---', ...head, '---', ''].join('\n')}
# ${names.map(markdownText).join(', ')}

Made by Touchstone from people's judgements of a language model's answers. \`${cardName}\` and all other files are written anew by each export; the license above is kept.

${sections.join('\n\n')}

## Reading it

\`\`\`python
from datasets import load_dataset
dataset = load_dataset("path/of/this/folder", ${JSON.stringify(withRows[0]?.[0] ?? entries[0]?.[0] ?? '')})
\`\`\`

- The splits go by prompt: no prompt is in both, and all formats of one export hold out the same prompts.
- \`${filePaths.provenance('FORMAT')}\` has one line a row, first those of train, then those of validation: the prompt, the answers, the models that wrote them, the labelers. It and the format \`touchstone\` name the labelers: leave both out, or rename the people, before you publish.
- \`manifest.json\` has settings, counts and SHA-256 of every file; \`touchstone verify\` checks them.
- Looked for: empty and equal answers, turns that no chat template takes, broken characters, control tokens of chat templates, columns that look like dates. Not looked for: secrets, personal data, poisoned or wrong answers.
`;
}

const droppedLine = ([reason, count]: [string, number]): string => {
  const known = dropReasons.find((each) => each === reason);
  return `- ${reason}: ${count}${known === undefined ? '' : ` ${dropMeaning[known]}`}`;
};

/** The lines of a card's head that a new export keeps: the license is the owner's word. */
export function keptLines(card: string): string[] {
  const [head] = /^---\n[^]*?\n---\n/.exec(card) ?? [''];
  return head.split('\n').filter((line) => /^license(?:_name|_link)?: *[^\s]/.test(line));
}

/** The hub's classes. */
function sizeCategory(nRows: number): string {
  if (nRows < 1_000) return 'n<1K';
  if (nRows < 10_000) return '1K<n<10K';
  if (nRows < 100_000) return '10K<n<100K';
  return nRows < 1_000_000 ? '100K<n<1M' : '1M<n<10M';
}

/** A name in Markdown, whatever it holds. */
const markdownText = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>()#+\-.!|&~]/g, '\\$&');
