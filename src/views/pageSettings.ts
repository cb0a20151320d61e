import * as vscode from 'vscode';
import { plainLine, rubricOf, standardFlags, type Attribute, type ProjectConfig } from '../core/index.js';
import type { LabelingSettings } from '../protocol.js';
import type { Settings } from './settings.js';

/** What the labeling page needs to know of the project and the user's wishes. */
export function pageSettings(config: ProjectConfig | undefined, settings: Settings): LabelingSettings {
  const own = config?.flags ?? [];
  return {
    projectName: plainLine(config?.name ?? ''),
    locale: vscode.env.language,
    mode: config?.mode ?? 'rank',
    pair: { points: config?.pair.points ?? 7, goOn: settings.get('pairGoOn') },
    rubric: config === undefined ? [] : rubricOf(config).map(plainAttribute),
    steps: { judgeAll: config?.steps.judgeAll ?? false, judgeThoughts: config?.steps.judgeThoughts ?? false },
    // Standard flags have a letter; a project's own get digits, so that no key changes its meaning.
    flags: [
      ...standardFlags.map(({ id, key }) => ({ id, key, label: standardFlagLabel(id) })),
      ...own
        .filter(({ id }) => !standardFlags.some((flag) => flag.id === id))
        .slice(0, 9)
        .map(({ id, label }, index) => ({ id, key: String(index + 1), label: plainLine(label) })),
    ],
    partial: config?.partial ?? 'allow',
    rationale: config?.rationale ?? 'optional',
    impliedLast: settings.get('impliedLast'),
    hints: settings.get('hints'),
    singleKeys: settings.get('singleKeys'),
    keys: settings.get('keys'),
    layout: settings.get('layout'),
    readingWidth: settings.get('readingWidth'),
    fontSize: settings.get('fontSize'),
    strings: vscode.l10n.bundle ?? {},
  };
}

/** A project's words may come from a stranger: one line each, no character that can't be seen. */
const plainAttribute = (attribute: Attribute): Attribute => ({
  ...attribute,
  label: plainLine(attribute.label),
  anchors: Object.fromEntries(Object.entries(attribute.anchors ?? {}).map(([score, text]) => [score, plainLine(text)])),
});

function standardFlagLabel(id: (typeof standardFlags)[number]['id']): string {
  switch (id) {
    case 'hallucination':
      return vscode.l10n.t('Hallucination');
    case 'unsafe':
      return vscode.l10n.t('Unsafe');
    case 'refusal':
      return vscode.l10n.t('Refusal');
    case 'off-topic':
      return vscode.l10n.t('Off topic');
    case 'prompt-injection':
      return vscode.l10n.t('Prompt injection');
    case 'personal-data':
      return vscode.l10n.t('Personal data');
  }
}
