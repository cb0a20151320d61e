/** Languages whose code is coloured, by the names that people write after a fence. */
const names: Readonly<Record<string, string>> = {
  bash: 'bash sh shell zsh console',
  c: 'c h',
  cpp: 'cpp c++ cc hpp cxx',
  csharp: 'csharp cs c#',
  css: 'css scss less',
  diff: 'diff patch',
  go: 'go golang',
  java: 'java',
  javascript: 'javascript js jsx mjs cjs',
  json: 'json json5 jsonc jsonl',
  kotlin: 'kotlin kt',
  php: 'php',
  python: 'python py python3',
  r: 'r',
  ruby: 'ruby rb',
  rust: 'rust rs',
  sql: 'sql postgresql mysql sqlite',
  swift: 'swift',
  typescript: 'typescript ts tsx',
  xml: 'xml html svg xhtml vue',
  yaml: 'yaml yml',
};

const byAlias = new Map(
  Object.entries(names).flatMap(([name, aliases]) =>
    aliases.split(' ').map((alias): [string, string] => [alias, name]),
  ),
);

/** The language that is meant; undefined for one that is not coloured. */
export const codeLanguageOf = (alias: string): string | undefined => byAlias.get(alias.toLowerCase());
